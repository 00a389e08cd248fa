/** What a schema calls itself, read and written in its text, without parsing the rest: the server judges that. */

const LINE = /^name[ \t]*:[ \t]*(?:"([^"\n]*)"|'([^'\n]*)'|([^#\n]*?))[ \t]*(#.*)?$/m;

/** The name in a schema's text; empty where it has none. */
export function nameOf(text: string): string {
  const found = LINE.exec(text);
  return (found?.[1] ?? found?.[2] ?? found?.[3] ?? "").trim();
}

/** The same text with another name; comments and everything else stay. */
export function renamed(text: string, name: string): string {
  const found = LINE.exec(text);
  if (found) {
    const comment = found[4] ? ` ${found[4]}` : "";
    return `${text.slice(0, found.index)}name: ${name}${comment}${text.slice(found.index + found[0].length)}`;
  }
  const version = /^backdraft[ \t]*:.*$/m.exec(text);
  if (!version) return `name: ${name}\n${text}`;
  const end = version.index + version[0].length;
  return `${text.slice(0, end)}\nname: ${name}${text.slice(end)}`;
}

/** A name of our form that is like the name of a file; empty where nothing of it is left. */
export function nameLike(file: string): string {
  return file
    .replace(/(\.backdraft)?\.ya?ml$/i, "")
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, "-")
    .replace(/^[^a-z]+/, "")
    .slice(0, 40)
    .replace(/-+$/, "");
}
