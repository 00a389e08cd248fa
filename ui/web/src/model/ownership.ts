/**
 * Who owns what around an entry of a mapping, or an item of a list, that is spread over lines.
 *
 * 1. A comment at the end of a line belongs to what the line says.
 * 2. Comment lines right above an entry belong to it, unless they are indented deeper than it and another stands before.
 * 3. Comment lines below an entry that are indented deeper than it belong to it, blank lines in between included.
 * 4. Any other comment stands for itself: no edit removes it, but one that removes all that is around it.
 * 5. Blank lines belong to nobody. Where an entry goes, the smaller of the gaps above and below it goes along; where it
 *    was the first, the gap below; where it was the last, the gap above.
 */
import { beginsLine, columnOf, indentOf, isBlank, isComment, lineAt, lineStart, nextLine } from "./lines";
import type { Entry, Item, Range } from "./tree";

export type Part = Entry | Item;

/** The lines that belong to a run of neighbours, from the begin of the first line to the begin of the one after. */
export function extentOf(text: string, parts: readonly Part[], first: number, last = first): Range {
  const head = parts[first];
  const tail = parts[last];
  if (!head || !tail) throw new RangeError("no such part");
  const column = columnOf(text, head.from);
  return { from: above(text, parts, first, column), to: below(text, parts, last, tail, column) };
}

function above(text: string, parts: readonly Part[], first: number, column: number): number {
  const head = parts[first] as Part;
  if (!beginsLine(text, head.from)) return head.from;
  const before = parts[first - 1];
  const least = before ? nextLine(text, before.to) : 0;
  let from = lineStart(text, head.from);
  while (from > least) {
    const start = lineStart(text, from - 1);
    const line = lineAt(text, start);
    if (!isComment(line) || (before && indentOf(line) > column)) break;
    from = start;
  }
  return from;
}

function below(text: string, parts: readonly Part[], last: number, tail: Part, column: number): number {
  let to = nextLine(text, tail.to);
  const most = parts[last + 1]?.from ?? text.length;
  for (let at = to; at < most; at = nextLine(text, at)) {
    const line = lineAt(text, at);
    if (isComment(line) && indentOf(line) > column) to = nextLine(text, at);
    else if (!isBlank(line)) break;
    if (nextLine(text, at) === at) break;
  }
  return to;
}

/** Where the blank lines above `from` begin, not further up than `least`. */
export function gapAbove(text: string, from: number, least: number): number {
  let at = from;
  while (at > least && isBlank(lineAt(text, lineStart(text, at - 1)))) at = lineStart(text, at - 1);
  return at;
}

/** Where the blank lines below `to` end. */
export function gapBelow(text: string, to: number): number {
  let at = to;
  while (at < text.length && isBlank(lineAt(text, at))) at = nextLine(text, at);
  return at;
}

/** How many lines stand between two offsets that begin lines. */
export function linesBetween(text: string, from: number, to: number): number {
  let count = 0;
  for (let at = from; at < to; at = nextLine(text, at)) count += 1;
  return count;
}
