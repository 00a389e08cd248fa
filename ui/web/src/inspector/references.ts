/** References in the values of an environment: `${db.url}`, `${secret.NAME}`. Pure. */

/** The secrets of the project that are named, each once. `$${` is a plain `${`. */
export function secretsIn(environment: Readonly<Record<string, string>>): string[] {
  const found = new Set<string>();
  for (const value of Object.values(environment)) {
    for (const [, name] of value.matchAll(/(?<!\$)\$\{secret\.([A-Za-z0-9_]+)\}/g)) if (name) found.add(name);
  }
  return [...found];
}

export interface Begun {
  /** Where `${` stands. */
  from: number;
  /** What is typed since. */
  typed: string;
}

/** The reference that is being typed at `caret`; null where none is. */
export function begun(text: string, caret: number): Begun | null {
  const before = text.slice(0, caret);
  const from = before.lastIndexOf("${");
  if (from < 0 || before[from - 1] === "$" || before.slice(from).includes("}")) return null;
  return { from, typed: before.slice(from + 2) };
}

/** `text` with the reference that is being typed completed. */
export function completed(text: string, { from, typed }: Begun, choice: string): string {
  const rest = text.slice(from + 2 + typed.length);
  return text.slice(0, from) + choice + (rest.startsWith("}") ? rest.slice(1) : rest);
}
