/** Changes of a text, in the form CodeMirror takes: stretches of the text before, in order, that do not overlap. */

export interface TextChange {
  from: number;
  to: number;
  insert: string;
}

/** An edit of a text: what would be changed in it. */
export type Edit = (text: string) => TextChange[];

/** `text` with `changes` made. */
export function applied(text: string, changes: readonly TextChange[]): string {
  let made = "";
  let at = 0;
  for (const { from, to, insert } of changes) {
    made += text.slice(at, from) + insert;
    at = to;
  }
  return made + text.slice(at);
}

/** The changes of several edits, each made to what those before it left. */
export function inTurn(text: string, edits: readonly Edit[]): TextChange[] {
  return changesBetween(
    text,
    edits.reduce((now, edit) => applied(now, edit(now)), text),
  );
}

/** Changes of parts that have nothing to do with each other, as one; those at the same place in the order given. */
export function together(...changes: readonly (readonly TextChange[])[]): TextChange[] {
  const sorted = changes.flat().sort((one, other) => one.from - other.from || one.to - other.to);
  const made: TextChange[] = [];
  for (const change of sorted) {
    const before = made.at(-1);
    // two that take out the same line break
    if (before && change.from < before.to) {
      before.to = Math.max(before.to, change.to);
      before.insert += change.insert;
    } else made.push({ ...change });
  }
  return made;
}

/** The changes that make `before` into `after`: lines that both have stay untouched. */
export function changesBetween(before: string, after: string): TextChange[] {
  if (before === after) return [];
  const old = linesOf(before);
  const now = linesOf(after);
  let start = 0;
  while (start < old.length && start < now.length && old[start] === now[start]) start += 1;
  let end = 0;
  while (end < old.length - start && end < now.length - start && old.at(-1 - end) === now.at(-1 - end))
    end += 1;
  const changes: TextChange[] = [];
  let offset = lengthOf(old, 0, start);
  for (const [removed, added] of differences(
    old.slice(start, old.length - end),
    now.slice(start, now.length - end),
  )) {
    const gone = removed.join("");
    const come = added.join("");
    if (gone !== come) changes.push(trimmed({ from: offset, to: offset + gone.length, insert: come }, gone));
    offset += gone.length;
  }
  return changes;
}

/** What both `yours` and `theirs` make of `base`, line by line; null where both changed the same lines, or neighbours. */
export function mergedLines(base: string, yours: string, theirs: string): string | null {
  const own = lineHunks(base, yours);
  const its = lineHunks(base, theirs);
  if (own.some((one) => its.some((other) => touch(one, other) && !isEqual(one, other)))) return null;
  const extra = its.filter((other) => !own.some((one) => isEqual(one, other)));
  return applied(base, together(own, extra));
}

function touch(one: TextChange, other: TextChange): boolean {
  return one.from <= other.to && other.from <= one.to;
}

function isEqual(one: TextChange, other: TextChange): boolean {
  return one.from === other.from && one.to === other.to && one.insert === other.insert;
}

/** The changes between two texts by whole lines. */
function lineHunks(before: string, after: string): TextChange[] {
  const hunks: TextChange[] = [];
  let offset = 0;
  for (const [removed, added] of differences(linesOf(before), linesOf(after))) {
    const gone = removed.join("");
    if (gone !== added.join(""))
      hunks.push({ from: offset, to: offset + gone.length, insert: added.join("") });
    offset += gone.length;
  }
  return hunks;
}

/** A change without what stays the same at its begin and its end. */
function trimmed({ from, to, insert }: TextChange, gone: string): TextChange {
  let start = 0;
  while (start < gone.length && start < insert.length && gone[start] === insert[start]) start += 1;
  let end = 0;
  const most = Math.min(gone.length, insert.length) - start;
  while (end < most && gone.at(-1 - end) === insert.at(-1 - end)) end += 1;
  // half of a surrogate pair, or of a line's end, is nothing that an editor can hold
  while (start > 0 && splits(gone, start)) start -= 1;
  while (end > 0 && (splits(gone, gone.length - end) || splits(insert, insert.length - end))) end -= 1;
  return { from: from + start, to: to - end, insert: insert.slice(start, insert.length - end) };
}

function splits(text: string, at: number): boolean {
  return /^(?:[\ud800-\udbff][\udc00-\udfff]|\r\n)$/.test(text.slice(at - 1, at + 1));
}

function linesOf(text: string): string[] {
  return text.match(/[^\n]*\n|[^\n]+$/g) ?? [];
}

function lengthOf(lines: readonly string[], from: number, to: number): number {
  let length = 0;
  for (let at = from; at < to; at += 1) length += lines[at]?.length ?? 0;
  return length;
}

const LARGEST_TABLE = 4_000_000;

/** Runs of lines as pairs of what they were and what they are; a run that stayed is a pair of the same. */
function differences(
  old: readonly string[],
  now: readonly string[],
): [readonly string[], readonly string[]][] {
  if (!old.length || !now.length || old.length * now.length > LARGEST_TABLE) return [[old, now]];
  const width = now.length + 1;
  const common = new Uint32Array((old.length + 1) * width);
  const at = (row: number, column: number) => common[row * width + column] ?? 0;
  for (let row = old.length - 1; row >= 0; row -= 1) {
    for (let column = now.length - 1; column >= 0; column -= 1) {
      common[row * width + column] =
        old[row] === now[column]
          ? at(row + 1, column + 1) + 1
          : Math.max(at(row + 1, column), at(row, column + 1));
    }
  }
  const runs: [string[], string[]][] = [];
  let run: [string[], string[]] = [[], []];
  const close = () => {
    if (run[0].length || run[1].length) runs.push(run);
    run = [[], []];
  };
  let row = 0;
  let column = 0;
  while (row < old.length || column < now.length) {
    const line = old[row];
    const other = now[column];
    if (line !== undefined && line === other) {
      close();
      runs.push([[line], [other]]);
      row += 1;
      column += 1;
    } else if (other === undefined || (line !== undefined && at(row + 1, column) >= at(row, column + 1))) {
      run[0].push(line ?? "");
      row += 1;
    } else {
      run[1].push(other);
      column += 1;
    }
  }
  close();
  return runs;
}
