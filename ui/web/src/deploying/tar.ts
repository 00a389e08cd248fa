/** A tar archive (POSIX ustar, with pax records where a name does not fit) of files in memory. */
export interface TarFile {
  path: string;
  content: Uint8Array;
  /** In seconds since 1970. */
  modified: number;
}

const BLOCK = 512;
const LONGEST_NAME = 100;
const encoder = new TextEncoder();

export function tar(files: readonly TarFile[]): Blob {
  const parts: BlobPart[] = [];
  const add = (bytes: Uint8Array) => parts.push(bytes as Uint8Array<ArrayBuffer>);
  for (const file of [...files].sort((one, other) => (one.path < other.path ? -1 : 1))) {
    const name = encoder.encode(file.path);
    if (name.length > LONGEST_NAME) {
      const record = paxRecord("path", file.path);
      add(header("pax", record.length, 0, "x"));
      add(padded(record));
    }
    add(header(name.slice(0, LONGEST_NAME), file.content.length, file.modified, "0"));
    add(padded(file.content));
  }
  add(new Uint8Array(2 * BLOCK));
  return new Blob(parts, { type: "application/x-tar" });
}

function header(name: string | Uint8Array, size: number, modified: number, type: string): Uint8Array {
  const block = new Uint8Array(BLOCK);
  const put = (at: number, text: string | Uint8Array) =>
    block.set(typeof text === "string" ? encoder.encode(text) : text, at);
  put(0, name);
  put(100, octal(0o644, 8));
  put(108, octal(0, 8));
  put(116, octal(0, 8));
  put(124, octal(size, 12));
  put(136, octal(Math.floor(modified), 12));
  put(148, " ".repeat(8));
  put(156, type);
  put(257, "ustar\x0000");
  put(
    148,
    `${octal(
      block.reduce((sum, byte) => sum + byte, 0),
      7,
    )} `,
  );
  return block;
}

function octal(value: number, width: number): string {
  return `${value.toString(8).padStart(width - 1, "0")}\x00`;
}

function padded(content: Uint8Array): Uint8Array {
  const full = new Uint8Array(Math.ceil(content.length / BLOCK) * BLOCK);
  full.set(content);
  return full;
}

/** `27 path=…\n`: the length counts itself. */
function paxRecord(key: string, value: string): Uint8Array {
  const rest = encoder.encode(` ${key}=${value}\n`);
  let length = rest.length + 1;
  while (String(length).length + rest.length !== length) length = String(length).length + rest.length;
  return new Uint8Array([...encoder.encode(String(length)), ...rest]);
}
