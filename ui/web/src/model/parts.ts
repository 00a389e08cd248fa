/** The parts of a mapping or a list put in, taken out and replaced, in the style of what is around them. */
import type { TextChange } from "./changes";
import {
  beginsLine,
  columnOf,
  isBlank,
  isComment,
  lineAt,
  lineBreakOf,
  lineEnd,
  lineStart,
  nextLine,
} from "./lines";
import { extentOf, gapAbove, gapBelow, linesBetween, type Part } from "./ownership";
import type { ListNode, MappingNode, Node, Value } from "./tree";
import { flowText, isLiteral, keyText, literalLines, scalarText, WIDTH } from "./writing";

export type Collection = MappingNode | ListNode;

/** How a new value is laid out: in its line where it fits, a line for each part, or for each part of its parts. */
export type Layout = "fitting" | "block" | "blocks";

/** An entry to be written; `key` is null for an item of a list. */
export interface Written {
  key: string | null;
  value: Value;
  layout: Layout;
  /** Whether the server takes its texts as they are written. */
  literal?: boolean;
  /** How it stood elsewhere, line by line: what it is written like where it gets lines of its own. */
  lines?: readonly string[];
}

export function partsOf(node: Collection): readonly Part[] {
  return node.sort === "list" ? node.items : node.entries;
}

/** How many spaces one level of `text` is indented by. */
export function indentStep(root: Node | null): number {
  if (root?.sort !== "mapping" || root.flow) return 2;
  for (const entry of root.entries) {
    const value = entry.value;
    if (value.sort === "mapping" && !value.flow && value.entries.length) {
      const step = value.column - root.column;
      if (step > 0 && step <= 8) return step;
    }
  }
  return 2;
}

/** The lines of an entry or an item; all but the first begin with their indent. */
export function writtenLines(
  { key, value, layout, literal = false }: Written,
  indent: number,
  step: number,
): string[] {
  const pad = " ".repeat(indent);
  const deeper = literal || (key !== null && isLiteral(key));
  const start = key === null ? "-" : `${keyText(key, { flow: false })}:`;
  if (typeof value === "string") {
    const lines = literalLines(value);
    const inner = " ".repeat(indent + step);
    if (lines) return [`${start} ${lines[0]}`, ...lines.slice(1).map((line) => (line ? inner + line : ""))];
    return [`${start} ${scalarText(value, { flow: false, literal })}`];
  }
  const flow = `${start} ${flowText(value, deeper)}`;
  const children = childrenOf(value);
  const spreads =
    layout !== "fitting" || (pad + flow).length > WIDTH || children.some((child) => isLong(child.value));
  if (!children.length || !spreads) return [flow];
  const inner = key === null ? indent + 2 : indent + step;
  const deep = layout === "blocks" ? "block" : "fitting";
  const lines = children.flatMap((child) => {
    const [first = "", ...rest] = writtenLines({ ...child, layout: deep, literal: deeper }, inner, step);
    return [" ".repeat(inner) + first, ...rest];
  });
  return key === null && !Array.isArray(value)
    ? [`- ${(lines[0] ?? "").trimStart()}`, ...lines.slice(1)]
    : [start, ...lines];
}

/** Whether a value is a text that reads better in lines of its own. */
function isLong(value: Value): boolean {
  if (typeof value === "string") return literalLines(value) !== null;
  return childrenOf(value).some((child) => isLong(child.value));
}

function childrenOf(value: Value): { key: string | null; value: Value }[] {
  if (Array.isArray(value)) return value.map((each) => ({ key: null, value: each }));
  if (value === null || typeof value !== "object") return [];
  return Object.entries(value).map(([key, each]) => ({ key, value: each }));
}

/** Puts parts in after the one at `after`; -1 puts them before the first. The collection has parts already. */
export function inserted(
  text: string,
  root: Node | null,
  into: Collection,
  after: number,
  written: readonly Written[],
): TextChange[] {
  if (!written.length) return [];
  return into.flow
    ? insertedInFlow(text, into, after, written)
    : insertedInLines(text, root, into, after, written);
}

function insertedInFlow(
  text: string,
  into: Collection,
  after: number,
  written: readonly Written[],
): TextChange[] {
  const parts = partsOf(into);
  const texts = written.map(({ key, value, literal = false }) => {
    const deeper = literal || (key !== null && isLiteral(key));
    return key === null
      ? flowText(value, deeper)
      : `${keyText(key, { flow: true })}: ${flowText(value, deeper)}`;
  });
  const before = parts[after];
  if (!before) {
    const at = parts[0]?.from ?? into.from + 1;
    return [{ from: at, to: at, insert: `${texts.join(", ")}, ` }];
  }
  if (!beginsLine(text, before.from))
    return [{ from: before.to, to: before.to, insert: `, ${texts.join(", ")}` }];
  const eol = lineBreakOf(text);
  const pad = " ".repeat(columnOf(text, before.from));
  const comma = commaAfter(text, before.to);
  const last = after === parts.length - 1;
  const lines = texts.map((each, index) => {
    return `${eol}${pad}${each}${index < texts.length - 1 || !last || comma >= 0 ? "," : ""}`;
  });
  const end = comma >= 0 ? comma + 1 : before.to;
  const at = restIsComment(text, end) ? lineEnd(text, end) : end;
  const changes = [{ from: at, to: at, insert: lines.join("") }];
  return comma >= 0 ? changes : [{ from: before.to, to: before.to, insert: "," }, ...changes];
}

function insertedInLines(
  text: string,
  root: Node | null,
  into: Collection,
  after: number,
  written: readonly Written[],
): TextChange[] {
  const parts = partsOf(into);
  const eol = lineBreakOf(text);
  const step = indentStep(root);
  const blocks = written.map((each) => {
    if (each.lines) return each.lines.map((line) => (line ? " ".repeat(into.column) + line : line));
    const [first = "", ...rest] = writtenLines(each, into.column, step);
    return [" ".repeat(into.column) + first, ...rest];
  });
  const gap = blocks.some((lines) => lines.length > 1) && areApart(text, parts);
  const lines = blocks.flatMap((block, index) => (index && gap ? ["", ...block] : block));
  if (after < 0) {
    const head = parts[0];
    const at = head ? extentOf(text, parts, 0).from : into.from;
    if (head && !beginsLine(text, head.from)) {
      const joined = lines.join(eol).trimStart();
      return [{ from: at, to: at, insert: joined + eol + " ".repeat(into.column) }];
    }
    return [{ from: at, to: at, insert: [...lines, ...(gap ? [""] : [])].join(eol) + eol }];
  }
  const at = extentOf(text, parts, after).to;
  const all = gap ? ["", ...lines] : lines;
  if (at === text.length && !text.endsWith("\n")) return [{ from: at, to: at, insert: eol + all.join(eol) }];
  return [{ from: at, to: at, insert: all.join(eol) + eol }];
}

/** Whether blank lines stand between neighbours that are spread over lines; where no two are, between any. */
function areApart(text: string, parts: readonly Part[]): boolean {
  const pairs = parts.slice(1).map((part, index) => {
    const before = parts[index] as Part;
    const spread = [before, part].every((each) => lineStart(text, each.from) !== lineStart(text, each.to));
    const to = extentOf(text, parts, index).to;
    return { spread, apart: gapBelow(text, to) > to };
  });
  const counted = pairs.some((pair) => pair.spread) ? pairs.filter((pair) => pair.spread) : pairs;
  return counted.length > 0 && counted.filter((pair) => pair.apart).length * 2 > counted.length;
}

/** Takes parts out, by their indexes. The collection keeps others; `emptied` is for when it does not. */
export function removed(text: string, from: Collection, indexes: ReadonlySet<number>): TextChange[] {
  return runsOf(indexes).flatMap(([first, last]) => {
    return from.flow ? removedInFlow(text, from, first, last) : [removedLines(text, from, first, last)];
  });
}

function removedLines(text: string, collection: Collection, first: number, last: number): TextChange {
  const parts = partsOf(collection);
  const head = parts[first] as Part;
  const next = parts[last + 1];
  const { from, to } = extentOf(text, parts, first, last);
  if (!beginsLine(text, head.from)) {
    if (!next) return { from, to: (parts[last] as Part).to, insert: "" };
    const begin = extentOf(text, parts, last + 1).from;
    // what follows moves up to the dash, unless comments stand above it
    return begin === lineStart(text, next.from)
      ? { from, to: next.from, insert: "" }
      : { from: from, to: lineEnd(text, (parts[last] as Part).to), insert: "" };
  }
  const before = parts[first - 1];
  const top = gapAbove(text, from, before ? nextLine(text, before.to) : 0);
  const bottom = gapBelow(text, to);
  if (!before) return { from, to: next ? bottom : to, insert: "" };
  if (!next) {
    // a text that ends without a line break goes on doing so
    const begin = to === text.length && !text.endsWith("\n") ? lineEnd(text, lineStart(text, top - 1)) : top;
    return { from: begin, to, insert: "" };
  }
  const above = linesBetween(text, top, from);
  const below = linesBetween(text, to, bottom);
  return below <= above ? { from, to: bottom, insert: "" } : { from: top, to, insert: "" };
}

function removedInFlow(text: string, collection: Collection, first: number, last: number): TextChange[] {
  const parts = partsOf(collection);
  const head = parts[first] as Part;
  const tail = parts[last] as Part;
  const before = parts[first - 1];
  const next = parts[last + 1];
  const comma = commaAfter(text, tail.to);
  const end = comma >= 0 ? comma + 1 : tail.to;
  const ownLines =
    beginsLine(text, head.from) && (restIsComment(text, end) || isBlank(text.slice(end, lineEnd(text, end))));
  if (ownLines) {
    const extent = { from: extentOf(text, parts, first).from, to: nextLine(text, end) };
    const changes = [{ ...extent, insert: "" }];
    const kept = before && !next && comma < 0 ? commaAfter(text, before.to) : -1;
    return kept >= 0 ? [{ from: kept, to: kept + 1, insert: "" }, ...changes] : changes;
  }
  if (next) return [{ from: head.from, to: next.from, insert: "" }];
  return [{ from: before ? before.to : head.from, to: tail.to, insert: "" }];
}

/** Takes every part out: what is left is `{}` or `[]`, and the comments that belong to none of them. */
export function emptied(text: string, collection: Collection): TextChange[] {
  const parts = partsOf(collection);
  const insert = collection.sort === "list" ? "[]" : "{}";
  if (collection.flow || !parts.length) return [{ from: collection.from, to: collection.to, insert }];
  const { from, to } = extentOf(text, parts, 0, parts.length - 1);
  if (!beginsLine(text, (parts[0] as Part).from))
    return [{ from: collection.from, to: collection.to, insert }];
  const end = endOfHolder(text, from);
  const start = to === text.length && !text.endsWith("\n") ? lineEnd(text, lineStart(text, from - 1)) : from;
  return [
    { from: end, to: end, insert: ` ${insert}` },
    { from: Math.max(start, end), to, insert: "" },
  ];
}

/** Whether comments stand in a collection that belong to none of its parts. */
export function hasOwnComments(text: string, collection: Collection): boolean {
  const parts = partsOf(collection);
  if (collection.flow || !parts.length) return false;
  let at = extentOf(text, parts, 0).from;
  for (let index = 0; index < parts.length; index += 1) {
    const extent = extentOf(text, parts, index);
    if (holdsComment(text, at, extent.from)) return true;
    at = extent.to;
  }
  return false;
}

function holdsComment(text: string, from: number, to: number): boolean {
  for (let at = from; at < to; at = nextLine(text, at)) if (isComment(lineAt(text, at))) return true;
  return false;
}

/** The end of the `key:` above a collection whose own lines begin at `from`. */
function endOfHolder(text: string, from: number): number {
  let start = lineStart(text, from - 1);
  while (start > 0 && (isBlank(lineAt(text, start)) || isComment(lineAt(text, start))))
    start = lineStart(text, start - 1);
  const line = lineAt(text, start);
  const comment = /\s+#.*$/.exec(line);
  return start + (comment ? comment.index : line.trimEnd().length);
}

/** Where the comma after a part of a flow collection stands; -1 where there is none. */
function commaAfter(text: string, at: number): number {
  let here = at;
  while (here < text.length) {
    const rest = /^(?:\s+|(?<=\s)#[^\n]*)/.exec(text.slice(here, here + 2000));
    if (text[here] === ",") return here;
    if (text[here] === "#") here = lineEnd(text, here);
    else if (rest) here += rest[0].length;
    else return -1;
  }
  return -1;
}

function restIsComment(text: string, at: number): boolean {
  return /^[ \t]+#/.test(text.slice(at, lineEnd(text, at)));
}

/** Neighbouring indexes as runs. */
function runsOf(indexes: ReadonlySet<number>): [number, number][] {
  const runs: [number, number][] = [];
  for (const index of [...indexes].sort((one, other) => one - other)) {
    const run = runs.at(-1);
    if (run && run[1] === index - 1) run[1] = index;
    else runs.push([index, index]);
  }
  return runs;
}
