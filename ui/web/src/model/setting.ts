/** Any part of a schema set or removed by its path, in the style of what stands there. */
import { applied, changesBetween, inTurn, type TextChange } from "./changes";
import { lineBreakOf, lineEnd, lineStart } from "./lines";
import { extentOf } from "./ownership";
import {
  type Collection,
  emptied,
  hasOwnComments,
  indentStep,
  inserted,
  type Layout,
  partsOf,
  removed,
  type Written,
  writtenLines,
} from "./parts";
import {
  type Entry,
  type Item,
  isNothing,
  meaningOf,
  type Node,
  type ScalarNode,
  treeOf,
  type Value,
} from "./tree";
import { flowText, isLiteral, keyText, literalLines, scalarText, WIDTH } from "./writing";

const ORDERS = {
  schema: ["backdraft", "name", "network", "components", "connections", "notes", "layout"],
  component: [
    ...[
      "kind",
      "note",
      "group",
      "image",
      "source",
      "settings",
      "environment",
      "command",
      "replicas",
      "publish",
    ],
    ...["ports", "volumes", "place", "limits", "health", "egress", "schedule", "relax"],
  ],
  connection: ["from", "to", "as", "path", "host", "weight", "algorithm"],
};
const SECTIONS = new Set(["components", "connections", "notes", "layout"]);

type Holder = Entry | Item;

/** Where something stands: `components/api/settings`, or its words where one of them may hold a `/`. */
export type Path = string | readonly string[];

export function wordsOf(path: Path): readonly string[] {
  return typeof path === "string" ? path.split("/").filter((word) => word !== "") : path;
}

/**
 * Sets what stands at `path`: `setAt(text, "components/api/settings/workers", 3)`.
 *
 * What is missing around it is made; a mapping takes the place of a mapping key by key. Null removes, as `unsetAt` does.
 */
export function setAt(text: string, path: Path, value: Value): TextChange[] {
  const words = wordsOf(path);
  if (value === null) return unsetAt(text, path);
  const { root } = treeOf(text);
  if (!root || !words.length) return [];
  return settled(text, changesFor(text, root, words, value), words);
}

/** Removes what stands at `path`, and what would be left empty around it. */
export function unsetAt(text: string, path: Path): TextChange[] {
  const words = wordsOf(path);
  const found = trail(treeOf(text).root, words);
  const last = found.at(-1);
  if (!last || found.length !== words.length) return [];
  return unsetParts(text, words.slice(0, -1), last.around, new Set([last.index]));
}

/** Removes parts of the collection at `path`, by their indexes. */
export function unsetParts(
  text: string,
  path: readonly string[],
  around: Collection,
  indexes: ReadonlySet<number>,
): TextChange[] {
  if (indexes.size < partsOf(around).length) return removed(text, around, indexes);
  const stays =
    path.length < 2 ? path[0] === "components" || !path.length : path.length === 2 && path[0] !== "layout";
  if (stays || hasOwnComments(text, around)) return emptied(text, around);
  return unsetAt(text, path);
}

/** Gives the last word of `path` another name: a variable, a port, a volume. */
export function renameAt(text: string, path: Path, name: string): TextChange[] {
  const words = wordsOf(path);
  const found = trail(treeOf(text).root, words);
  const last = found.at(-1);
  if (last?.around.sort !== "mapping" || found.length !== words.length || name === words.at(-1)) return [];
  const key = (last.holder as Entry).key;
  if (last.around.entries.some((entry) => entry.key.text === name)) return [];
  const insert = keyText(name, { flow: last.around.flow, style: key.style });
  return [{ from: key.from, to: key.to, insert }];
}

/** Puts parts that stood elsewhere into the mapping at `path`, line by line as they stood there. */
export function addLinesAt(text: string, path: Path, written: readonly Written[]): TextChange[] {
  const { root } = treeOf(text);
  const node = trail(root, wordsOf(path)).at(-1)?.holder.value;
  if (node?.sort === "mapping" && node.entries.length) {
    return inserted(text, root, node, node.entries.length - 1, written);
  }
  const [first, ...rest] = written;
  if (!root || !first?.key) return [];
  // a part of its own makes the mapping, and the lines then take its place
  const made = applied(text, setAt(text, path, { [first.key]: first.value }));
  const around = trail(treeOf(made).root, wordsOf(path)).at(-1)?.holder.value;
  if (around?.sort !== "mapping") return [];
  const { from, to } = extentOf(made, around.entries, 0);
  const pad = " ".repeat(around.column);
  const lines = (first.lines ?? []).map((line) => line && pad + line).join(lineBreakOf(text));
  const ending = made.slice(from, to).endsWith("\n") ? lineBreakOf(text) : "";
  const replaced = applied(made, [{ from, to, insert: lines + ending }]);
  return changesBetween(text, applied(replaced, addLinesAt(replaced, path, rest)));
}

/** Puts several entries into the mapping at `path`, behind those it has. */
export function addAt(
  text: string,
  path: string,
  entries: readonly (readonly [string, Value])[],
): TextChange[] {
  const { root } = treeOf(text);
  const words = wordsOf(path);
  const node = words.length ? trail(root, words).at(words.length - 1)?.holder.value : root;
  if (!root || !entries.length) return [];
  if (node?.sort !== "mapping" || !node.entries.length) return setAt(text, path, Object.fromEntries(entries));
  const written = entries.map(([key, value]) => {
    return { key, value, layout: layoutOf([...words, key], node), literal: words.some(isLiteral) };
  });
  return settled(text, inserted(text, root, node, node.entries.length - 1, written), words);
}

interface Step {
  around: Collection;
  index: number;
  holder: Holder;
}

/** The steps from the root to `words`, as far as there are any. */
export function trail(root: Node | null, words: readonly string[]): Step[] {
  const steps: Step[] = [];
  let node: Node | null | undefined = root;
  for (const word of words) {
    if (!node || node.sort === "scalar") break;
    const index: number =
      node.sort === "list"
        ? /^\d{1,9}$/.test(word)
          ? Number(word)
          : -1
        : node.entries.findIndex((entry) => entry.key.text === word);
    const holder: Holder | undefined = partsOf(node)[index];
    if (!holder) break;
    steps.push({ around: node, index, holder });
    node = holder.value;
  }
  return steps;
}

function changesFor(text: string, root: Node, words: readonly string[], value: Value): TextChange[] {
  const steps = trail(root, words);
  const last = steps.at(-1);
  if (steps.length === words.length && last) return replaced(text, root, words, last, value);
  const node = last ? last.holder.value : root;
  const rest = words.slice(steps.length);
  const [key = "", ...deeper] = rest;
  const path = words.slice(0, steps.length + 1);
  if (node.sort !== "scalar" && partsOf(node).length) {
    const written = {
      key: node.sort === "list" ? null : key,
      value: wrapped(deeper, value),
      layout: layoutOf(path, node),
      literal: words.slice(0, steps.length).some(isLiteral),
    };
    return inserted(text, root, node, placeOf(node, path), [written]);
  }
  if (!last) return [];
  return rewritten(text, root, words.slice(0, steps.length), last, wrapped(rest, value));
}

function wrapped(words: readonly string[], value: Value): Value {
  return words.reduceRight<Value>((inner, word) => (/^\d+$/.test(word) ? [inner] : { [word]: inner }), value);
}

/** The index of the part after which a new one belongs. */
function placeOf(node: Collection, path: readonly string[]): number {
  const last = partsOf(node).length - 1;
  if (node.sort === "list") return last;
  const order: readonly string[] =
    path.length === 1
      ? ORDERS.schema
      : path.length === 3 && path[0] === "components"
        ? ORDERS.component
        : path.length === 3 && path[0] === "connections"
          ? ORDERS.connection
          : [];
  const rank = order.indexOf(path.at(-1) ?? "");
  if (rank < 0) return last;
  let after = -1;
  node.entries.forEach((entry, index) => {
    const its = order.indexOf(entry.key.text);
    if (its >= 0 && its < rank) after = index;
  });
  return after < 0 && !node.entries.some((entry) => order.indexOf(entry.key.text) > rank) ? last : after;
}

/** How something new at `path` is laid out, between neighbours. */
export function layoutOf(path: readonly string[], around: Node | null): Layout {
  const [section = "", ...rest] = path;
  if (!SECTIONS.has(section)) return "fitting";
  if (!rest.length) return section === "components" ? "blocks" : "block";
  if (rest.length > 1 || (section !== "components" && section !== "connections")) return "fitting";
  const values = around && around.sort !== "scalar" ? partsOf(around).map((part) => part.value) : [];
  const mappings = values.filter((value) => value.sort === "mapping");
  if (section === "connections") return mappings.at(-1)?.flow === false ? "block" : "fitting";
  return mappings.length && mappings.every((value) => value.flow) ? "fitting" : "block";
}

function replaced(
  text: string,
  root: Node,
  words: readonly string[],
  step: Step,
  value: Value,
): TextChange[] {
  const node = step.holder.value;
  if (isSame(node, value, words.some(isLiteral))) return [];
  if (node.sort === "scalar" && !isNothing(node) && !isCollection(value)) {
    return rescaled(text, root, words, step, node, value);
  }
  if (node.sort === "list" && Array.isArray(value) && node.items.length === value.length && value.length) {
    const edits = value.map((each, index) => (now: string) => setPart(now, [...words, String(index)], each));
    return inTurn(text, edits);
  }
  if (node.sort === "mapping" && node.entries.length && isMapping(value) && Object.keys(value).length) {
    const gone = new Set(node.entries.flatMap((entry, index) => (entry.key.text in value ? [] : [index])));
    if (gone.size < node.entries.length) {
      const edits = Object.entries(value).map(
        ([key, each]) =>
          (now: string) =>
            setPart(now, [...words, key], each),
      );
      return inTurn(text, [(now) => (gone.size ? removed(now, node, gone) : []), ...edits]);
    }
  }
  return rewritten(text, root, words, step, value);
}

function setPart(text: string, words: readonly string[], value: Value): TextChange[] {
  const { root } = treeOf(text);
  return root ? changesFor(text, root, words, value) : [];
}

/** A scalar in the place of another, quoted the way that one was. */
function rescaled(
  text: string,
  root: Node,
  words: readonly string[],
  step: Step,
  node: ScalarNode,
  value: string | number | boolean | null,
): TextChange[] {
  const literal = words.some(isLiteral);
  const lines =
    typeof value === "string" && !step.around.flow && node.style !== "double" ? literalLines(value) : null;
  if (lines) {
    const pad = " ".repeat(innerIndent(step, root));
    const insert = [lines[0], ...lines.slice(1).map((line) => (line ? pad + line : ""))].join(
      lineBreakOf(text),
    );
    return [{ from: node.from, to: node.to, insert }];
  }
  const style = typeof value === "string" ? node.style : undefined;
  return [
    { from: node.from, to: node.to, insert: scalarText(value, { flow: step.around.flow, literal, style }) },
  ];
}

function innerIndent({ around }: Step, root: Node): number {
  return around.column + (around.sort === "list" ? 2 : indentStep(root));
}

/** Something else in the place of a value; a comment behind its key stays. */
function rewritten(
  text: string,
  root: Node,
  words: readonly string[],
  step: Step,
  value: Value,
): TextChange[] {
  const { holder, around } = step;
  const node = holder.value;
  const start = markEnd(holder);
  const literal = words.some(isLiteral);
  if (around.flow) {
    const insert = ` ${flowText(value, literal)}`;
    if (around.sort === "list") return [{ from: node.from, to: node.to, insert: insert.trimStart() }];
    return [{ from: start, to: Math.max(node.to, start), insert: hasColon(holder) ? insert : `:${insert}` }];
  }
  const eol = lineBreakOf(text);
  const key = "key" in holder ? holder.key.text : null;
  const layout = layoutOf(words, around);
  const written = writtenLines(
    { key, value, layout, literal: literal && key === null },
    around.column,
    indentStep(root),
  );
  const [first = "", ...rest] = written;
  const head = first.slice(key === null ? 1 : keyText(key, { flow: false }).length + 1);
  const more = rest.map((line) => eol + line).join("");
  const end = Math.max(node.to, start);
  const line = lineEnd(text, start);
  if (end <= line) {
    const changes = [{ from: start, to: end, insert: head }];
    if (!more) return changes;
    return line === end
      ? [{ from: start, to: end, insert: head + more }]
      : [...changes, { from: line, to: line, insert: more }];
  }
  const comment = /^\s+#.*$/.exec(text.slice(start, line))?.[0] ?? "";
  return [{ from: start, to: end, insert: head + comment + more }];
}

function markEnd(holder: Holder): number {
  if ("key" in holder) return hasColon(holder) ? holder.colon + 1 : holder.key.to;
  return holder.from + 1;
}

function hasColon(holder: Holder): boolean {
  return "key" in holder && holder.to > holder.key.to;
}

/** The changes, and those that spread what became too long for its line. */
function settled(text: string, changes: TextChange[], words: readonly string[]): TextChange[] {
  if (!changes.length) return changes;
  const after = applied(text, changes);
  const edit = spreadOut(after, words);
  if (!edit.length) return changes;
  return inTurn(text, [
    () => changes,
    () => edit,
    (now) => spreadOut(now, words),
    (now) => spreadOut(now, words),
  ]);
}

/** Spreads the outermost mapping or list in braces around `words` over lines, if its line is too long. */
function spreadOut(text: string, words: readonly string[]): TextChange[] {
  const { root } = treeOf(text);
  if (!root) return [];
  const step = trail(root, words).find(({ holder, around }) => {
    const { value } = holder;
    return !around.flow && value.sort !== "scalar" && value.flow && partsOf(value).length > 0;
  });
  if (!step) return [];
  const { holder, around } = step;
  const node = holder.value as Collection;
  const end = lineEnd(text, node.from);
  if (node.to > end || end - lineStart(text, node.from) <= WIDTH) return [];
  const eol = lineBreakOf(text);
  const pad = " ".repeat(innerIndent(step, root));
  const lines = partsOf(node).map((part) => {
    if (!("key" in part)) return `- ${text.slice(part.value.from, part.value.to)}`;
    const value = text.slice(part.value.from, part.value.to);
    return `${text.slice(part.key.from, part.key.to)}:${value ? ` ${value}` : ""}`;
  });
  if (around.sort === "list") {
    const rest = lines.slice(1).map((line) => eol + pad + line);
    return joined([
      { from: node.from, to: node.to, insert: lines[0] ?? "" },
      { from: end, to: end, insert: rest.join("") },
    ]);
  }
  return joined([
    { from: markEnd(holder), to: node.to, insert: "" },
    { from: end, to: end, insert: lines.map((line) => eol + pad + line).join("") },
  ]);
}

/** Two changes that touch as one. */
function joined([one, other]: [TextChange, TextChange]): TextChange[] {
  if (one.to < other.from) return [one, other];
  return [{ from: one.from, to: other.to, insert: one.insert + other.insert }];
}

function isCollection(value: Value): value is Value[] | { [key: string]: Value } {
  return value !== null && typeof value === "object";
}

function isMapping(value: Value): value is { [key: string]: Value } {
  return isCollection(value) && !Array.isArray(value);
}

/** Whether a node says `value` already. */
function isSame(node: Node, value: Value, literal: boolean): boolean {
  if (node.sort === "scalar") {
    if (isCollection(value)) return false;
    if (literal) return !isNothing(node) && node.text === String(value);
    return meaningOf(node) === value;
  }
  if (node.sort === "list") {
    return (
      Array.isArray(value) &&
      node.items.length === value.length &&
      node.items.every((item, index) => isSame(item.value, value[index] ?? null, literal))
    );
  }
  if (!isMapping(value) || Object.keys(value).length !== node.entries.length) return false;
  return node.entries.every(({ key, value: inner }) => {
    const its = value[key.text];
    return its !== undefined && isSame(inner, its, literal || isLiteral(key.text));
  });
}
