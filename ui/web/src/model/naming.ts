/** Names that are free, in the form that names have. */

const LONGEST = 40;
/** First words of references; a component of that name could not be referred to. */
const RESERVED: readonly string[] = ["secret", "env", "settings", "server", "component", "port"];

/** `wanted` if no one has it, or else the first of `wanted-2`, `wanted-3`, … that is free. */
export function freeName(taken: Iterable<string>, wanted: string): string {
  const names = new Set([...taken, ...RESERVED]);
  const base = asName(wanted) || "component";
  if (!names.has(base)) return base;
  const stem = base.replace(/-[0-9]+$/, "");
  for (let number = 2; ; number += 1) {
    const ending = `-${number}`;
    const name = stem.slice(0, LONGEST - ending.length).replace(/-+$/, "") + ending;
    if (!names.has(name)) return name;
  }
}

/** What somebody typed as a name: `My API` -> `my-api`; empty where nothing of it can stand in one. */
export function asName(text: string): string {
  const words = text.toLowerCase().replace(/[^a-z0-9]+/g, "-");
  return words
    .replace(/^[-0-9]+/, "")
    .slice(0, LONGEST)
    .replace(/-+$/, "");
}

/** The first word of the variables that a component's own name makes: `my-db` -> `MY_DB`. */
export function ownPrefix(name: string): string {
  return name.toUpperCase().replaceAll("-", "_");
}
