/**
 * Where in a schema a place of its text is, told by indents and brackets alone, so that it is known in a text that is
 * being typed and is no YAML yet.
 */

export interface Where {
  /** The path of what stands here; of a key that is being typed, that of the mapping it belongs to. */
  path: readonly string[];
  sort: "key" | "value";
  /** Where what is being typed begins. */
  from: number;
  /** The keys that stand beside it. */
  beside: readonly string[];
  /** Inside of braces or brackets. */
  inFlow: boolean;
  /** The word is in quotes, and this is the sign. */
  quote: "" | '"' | "'";
}

interface Row {
  start: number;
  text: string;
  /** The columns of its dashes. */
  dashes: readonly number[];
  /** The column of what stands behind them. */
  column: number;
  key: string | null;
  /** What stands behind the colon, and where. */
  value: string;
  valueAt: number;
}

const KEY = /^(?:"((?:[^"\\]|\\.)*)"|'((?:[^']|'')*)'|([^\s#,[\]{}"'][^#,[\]{}]*?))\s*:(?=\s|$)/;

export function whereAt(text: string, offset: number): Where | null {
  const rows = rowsOf(text);
  const index = rows.findLastIndex((row) => row.start <= offset);
  const row = rows[index];
  if (!row) return null;
  const before = text.slice(row.start, offset);
  const typedAt = offset - row.start;
  const isBlank = row.text.trim() === "";
  if (/(?:^|\s)#/.test(withoutQuotes(before))) return null;
  if (isInLiteral(rows, index, isBlank ? typedAt : indent(row))) return null;
  if (row.key !== null && typedAt >= row.valueAt) {
    const path = [...pathTo(rows, index, row.column), row.key];
    return inValue(row.start + row.valueAt, text.slice(row.start + row.valueAt, offset), path, true);
  }
  const column = Math.min(isBlank ? typedAt : row.column, Math.max(typedAt, 0));
  const rest = before.slice(column);
  const path = pathTo(rows, index, column);
  if (/^\s*[[{"']/.test(rest)) return inValue(row.start + column, rest, path, false);
  const isItem = row.dashes.length > 0;
  const word = /\S*$/.exec(rest)?.[0] ?? "";
  return {
    path,
    sort: isItem && isWords(path) ? "value" : "key",
    from: offset - word.length,
    beside: besides(rows, index, column),
    inFlow: false,
    quote: "",
  };
}

/** Lists of words, whose items are no mappings. */
function isWords(path: readonly string[]): boolean {
  return path.at(-2) === "command";
}

function rowsOf(text: string): Row[] {
  let start = 0;
  return text.split("\n").map((line) => {
    const row = rowOf(start, line.replace(/\r$/, ""));
    start += line.length + 1;
    return row;
  });
}

function rowOf(start: number, text: string): Row {
  const dashes: number[] = [];
  let column = /^[\ufeff ]*/.exec(text)?.[0].length ?? 0;
  for (let dash = /^-(?: +|$)/.exec(text.slice(column)); dash; dash = /^-(?: +|$)/.exec(text.slice(column))) {
    dashes.push(column);
    column += dash[0].length;
  }
  const found = KEY.exec(text.slice(column));
  const key = found ? (found[1] ?? found[2] ?? found[3] ?? "") : null;
  const valueAt = column + (found?.[0].length ?? 0);
  return { start, text, dashes, column, key, value: found ? text.slice(valueAt).trim() : "", valueAt };
}

function isNothing(row: Row): boolean {
  return /^\s*(?:#|$)/.test(row.text);
}

/** The keys and indexes around the row at `index`, for something that stands at `column`. */
function pathTo(rows: readonly Row[], index: number, column: number): string[] {
  const path: string[] = [];
  let inner = column;
  let isItem = false;
  for (let at = index; at >= 0 && (inner > 0 || isItem); at -= 1) {
    const row = rows[at];
    if (!row || (at !== index && isNothing(row))) continue;
    // a list may stand at the column of the key that holds it
    const holds = row.column < inner || (isItem && row.column === inner && !row.dashes.length);
    if (at !== index && row.key !== null && holds) {
      path.unshift(row.key);
      inner = row.column;
      isItem = false;
    }
    for (const dash of [...row.dashes].reverse()) {
      if (dash >= inner) continue;
      path.unshift(String(itemsAbove(rows, at, dash)));
      inner = dash;
      isItem = true;
    }
  }
  return path;
}

function itemsAbove(rows: readonly Row[], index: number, dash: number): number {
  let count = 0;
  for (let at = index - 1; at >= 0; at -= 1) {
    const row = rows[at];
    if (!row || isNothing(row)) continue;
    if (row.dashes.includes(dash)) count += 1;
    else if (row.column <= dash) break;
  }
  return count;
}

/** The keys of the mapping that something at `column` of the row at `index` belongs to. */
function besides(rows: readonly Row[], index: number, column: number): string[] {
  const found: string[] = [];
  const take = (row: Row | undefined): boolean => {
    if (!row || isNothing(row)) return true;
    if (row.column === column && row.key !== null) found.push(row.key);
    return row.column >= column && !row.dashes.includes(column);
  };
  const own = rows[index];
  if (!own?.dashes.length) {
    for (let at = index - 1; at >= 0 && take(rows[at]); at -= 1)
      if (rows[at]?.dashes.length && rows[at]?.column === column) break;
  }
  for (let at = index + 1; at < rows.length; at += 1) {
    const row = rows[at];
    if (row && !isNothing(row) && row.dashes.some((dash) => dash < column)) break;
    if (!take(row)) break;
  }
  return found;
}

/** Whether something at `column` of the row at `index` is of a text that began with `|` or `>` above. */
function isInLiteral(rows: readonly Row[], index: number, column: number): boolean {
  let inner = column;
  for (let at = index - 1; at >= 0 && inner > 0; at -= 1) {
    const row = rows[at];
    if (!row || row.text.trim() === "" || indent(row) >= inner) continue;
    if (/^[|>][-+0-9]*\s*(?:#.*)?$/.test(row.value)) return true;
    inner = indent(row);
  }
  return false;
}

function indent(row: Row): number {
  return row.dashes[0] ?? row.column;
}

/** Where the end of `typed` is, which is a value that begins at `start`: brackets may have been opened in it. */
function inValue(start: number, typed: string, path: readonly string[], isValue: boolean): Where | null {
  interface Open {
    path: string[];
    isMapping: boolean;
    key: string | null;
    index: number;
    beside: string[];
  }
  const open: Open[] = [];
  let quote: Where["quote"] = "";
  let word = 0;
  const here = () => {
    const top = open.at(-1);
    if (!top) return [...path];
    return top.isMapping
      ? top.key === null
        ? top.path
        : [...top.path, top.key]
      : [...top.path, String(top.index)];
  };
  for (let at = 0; at < typed.length; at += 1) {
    const sign = typed[at] ?? "";
    const top = open.at(-1);
    if (quote) {
      if (quote === '"' && sign === "\\") at += 1;
      else if (sign === quote) quote = "";
    } else if ((sign === '"' || sign === "'") && typed.slice(word, at).trim() === "") {
      quote = sign;
      word = at + 1;
    } else if (sign === "{" && (top || typed.slice(0, at).trim() === "") && typed[at - 1] !== "$") {
      open.push({ path: here(), isMapping: true, key: null, index: 0, beside: [] });
      word = at + 1;
    } else if (sign === "[" && (top || typed.slice(0, at).trim() === "")) {
      open.push({ path: here(), isMapping: false, key: null, index: 0, beside: [] });
      word = at + 1;
    } else if (top && (sign === "}" || sign === "]")) {
      open.pop();
      word = at + 1;
    } else if (top && sign === ",") {
      top.index += 1;
      top.key = null;
      word = at + 1;
    } else if (top?.isMapping && sign === ":" && /^\s?$/.test(typed[at + 1] ?? "") && top.key === null) {
      top.key = typed.slice(word, at).trim().replace(/["']$/, "");
      top.beside.push(top.key);
      word = at + 1;
    } else if (!top && sign === "#" && /\s/.test(typed[at - 1] ?? "")) return null;
  }
  const top = open.at(-1);
  if (!top && !isValue) return null;
  const from = start + word + (/^\s*/.exec(typed.slice(word))?.[0].length ?? 0);
  const sort = top?.isMapping && top.key === null ? "key" : "value";
  return {
    path: here(),
    sort,
    from,
    beside: sort === "key" ? (top?.beside ?? []) : [],
    inFlow: top !== undefined,
    quote,
  };
}

function withoutQuotes(text: string): string {
  return text.replace(/"(?:[^"\\]|\\.)*"|'(?:[^']|'')*'/g, "");
}
