import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, it } from "vitest";
import { tar } from "./tar";

const encoder = new TextEncoder();

it("makes an archive that tar unpacks to the very same", async () => {
  const long = `${"deep/".repeat(30)}file.txt`;
  const files = [
    { path: "api/app.py", content: encoder.encode("app = 1\n"), modified: 1_700_000_000 },
    { path: "api/ünïcode.txt", content: encoder.encode("ü".repeat(700)), modified: 1_700_000_000 },
    { path: "empty", content: new Uint8Array(), modified: 0 },
    { path: long, content: encoder.encode("deep"), modified: 1_700_000_000 },
  ];
  const folder = mkdtempSync(join(tmpdir(), "tar-"));
  writeFileSync(join(folder, "made.tar"), new Uint8Array(await tar(files).arrayBuffer()));
  execFileSync("tar", ["xf", "made.tar"], { cwd: folder });
  for (const { path, content } of files)
    expect(new Uint8Array(readFileSync(join(folder, path)))).toEqual(content);
});
