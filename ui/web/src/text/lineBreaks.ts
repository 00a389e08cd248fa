/**
 * A text and how an editor shows it: each of its line breaks as one `\n`.
 *
 * What is changed in the editor changes the text there and nowhere else, so that a file of Windows stays one.
 */
import { applied, type TextChange } from "@/model";

/** `text` with each line break as the editor has it. */
export function shownText(text: string): string {
  return text.replace(/\r\n?/g, "\n");
}

/** Where an offset of the text is in what is shown. */
export function toShown(text: string, offset: number): number {
  return offset - pairs(text, offset);
}

/** Where an offset of what is shown is in the text. */
export function toText(text: string, offset: number): number {
  let at = offset;
  for (let found = text.indexOf("\r\n"); found >= 0 && found < at; found = text.indexOf("\r\n", found + 2))
    at += 1;
  return at;
}

/** `text` after changes of what is shown. New lines end as its first one does. */
export function afterShown(text: string, changes: readonly TextChange[]): string {
  const breaks = /^[^\n]*\r\n/.test(text) ? "\r\n" : "\n";
  return applied(
    text,
    changes.map(({ from, to, insert }) => {
      return { from: toText(text, from), to: toText(text, to), insert: insert.replaceAll("\n", breaks) };
    }),
  );
}

function pairs(text: string, end: number): number {
  let count = 0;
  for (let at = text.indexOf("\r\n"); at >= 0 && at + 1 < end; at = text.indexOf("\r\n", at + 2)) count += 1;
  return count;
}
