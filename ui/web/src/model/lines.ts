/** A text by its lines: where they begin and end, and which are blank or comments. */

/** How lines of `text` end, by its first line. */
export function lineBreakOf(text: string): string {
  const at = text.indexOf("\n");
  return at > 0 && text[at - 1] === "\r" ? "\r\n" : "\n";
}

/** Where the line that holds `at` begins. */
export function lineStart(text: string, at: number): number {
  return text.lastIndexOf("\n", at - 1) + 1;
}

/** Where the line that holds `at` ends, before its line break. */
export function lineEnd(text: string, at: number): number {
  const found = text.indexOf("\n", at);
  if (found < 0) return text.length;
  return found > at && text[found - 1] === "\r" ? found - 1 : found;
}

/** Where the line after the one that holds `at` begins; the end of the text where there is none. */
export function nextLine(text: string, at: number): number {
  const found = text.indexOf("\n", at);
  return found < 0 ? text.length : found + 1;
}

/** How far from the begin of its line `at` is. */
export function columnOf(text: string, at: number): number {
  const start = lineStart(text, at);
  return at - start - (start === 0 && text.startsWith("\ufeff") ? 1 : 0);
}

/** Whether nothing but spaces stands before `at` in its line. */
export function beginsLine(text: string, at: number): boolean {
  return /^[\ufeff ]*$/.test(text.slice(lineStart(text, at), at));
}

/** The line that begins at `start`, without its line break. */
export function lineAt(text: string, start: number): string {
  return text.slice(start, lineEnd(text, start));
}

export function isBlank(line: string): boolean {
  return /^\s*$/.test(line);
}

export function isComment(line: string): boolean {
  return /^\s*#/.test(line);
}

/** How far a line is indented; a tab can only stand before a comment, and counts as one. */
export function indentOf(line: string): number {
  return /^[ \t]*/.exec(line)?.[0].length ?? 0;
}
