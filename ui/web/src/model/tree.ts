/**
 * YAML text as a tree of nodes that know where they stand, read by the same rules as the server's (`composer/reading`).
 *
 * Scalars stay the text that was written; `plainValue` reads them by the core schema of YAML 1.2 (`on` is a text).
 * Anchors, aliases, merge keys, tags, directives, second documents and keys given twice are faults.
 */
import {
  type Alias,
  isAlias,
  isMap,
  isPair,
  isScalar,
  isSeq,
  Lexer,
  type Node as Parsed,
  parseDocument,
  Scalar,
} from "yaml";
import { columnOf } from "./lines";

/** A stretch of text: `from` inclusive, `to` exclusive. */
export interface Range {
  from: number;
  to: number;
}

export type ScalarStyle = "plain" | "single" | "double" | "literal" | "folded";

export interface ScalarNode extends Range {
  sort: "scalar";
  /** What was written, unquoted. */
  text: string;
  style: ScalarStyle;
}

export interface Entry extends Range {
  key: ScalarNode;
  /** Where the `:` stands; the end of the key where there is none. */
  colon: number;
  value: Node;
}

export interface MappingNode extends Range {
  sort: "mapping";
  flow: boolean;
  /** How far its keys are indented. */
  column: number;
  entries: Entry[];
}

export interface Item extends Range {
  value: Node;
}

export interface ListNode extends Range {
  sort: "list";
  flow: boolean;
  /** How far its dashes are indented. */
  column: number;
  items: Item[];
}

/** A node of a tree. What was left out (`key:`) is an empty plain scalar. */
export type Node = ScalarNode | MappingNode | ListNode;

/** What a scalar can mean, and what can be made of it. */
export type Value = string | number | boolean | null | Value[] | { [key: string]: Value };

/** Something that is wrong with a text: where, what, and how to mend it. Line and column count from 1. */
export interface Fault extends Range {
  path: string;
  fault: string;
  remedy: string;
  line: number;
  column: number;
}

export interface Tree {
  /** Null where the text is not YAML, or is empty. */
  root: Node | null;
  faults: Fault[];
}

const TEXT_BYTES = 2 ** 20;
const LEXEMES = 400_000;
const NODES = 40_000;
const DEPTH = 64;
const FAULTS = 100;
/** The first character that YAML may not hold. */
export const UNREADABLE =
  /[^\t\n\r\x20-\x7e\xa0-\u2027\u202a-\ud7ff\ue000-\ufefe\uff00-\ufffd\u{10000}-\u{10ffff}]/u;
const NUMBER = /^(?:[-+]?(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)(?:[eE][-+]?[0-9]+)?|0o[0-7]+|0x[0-9a-fA-F]+)$/;
const NOT_FINITE = /^(?:[-+]?\.(?:inf|Inf|INF)|\.(?:nan|NaN|NAN))$/;
const WORDS = new Map<string, boolean | null>([
  ...["", "~", "null", "Null", "NULL"].map((word) => [word, null] as const),
  ...["true", "True", "TRUE"].map((word) => [word, true] as const),
  ...["false", "False", "FALSE"].map((word) => [word, false] as const),
]);

let remembered: { text: string; tree: Tree }[] = [];

/** The nodes of the one document in `text`. Throws nothing, whatever the text; the last few texts are remembered. */
export function treeOf(text: string): Tree {
  const known = remembered.find((each) => each.text === text);
  if (known) return known.tree;
  const tree = built(text);
  remembered = [{ text, tree }, ...remembered.slice(0, 3)];
  return tree;
}

/** What a scalar means: a number too large to be one stays a text. */
export function meaningOf(node: Node): Value {
  if (node.sort === "scalar") return node.style === "plain" ? plainValue(node.text) : node.text;
  if (node.sort === "list") return node.items.map((item) => meaningOf(item.value));
  const found: { [key: string]: Value } = Object.create(null);
  for (const entry of node.entries) found[entry.key.text] = meaningOf(entry.value);
  return found;
}

/** What a scalar without quotes means. */
export function plainValue(text: string): string | number | boolean | null {
  const word = WORDS.get(text);
  if (word !== undefined) return word;
  if (!NUMBER.test(text)) return text;
  const number = Number(text.replace(/^\+/, ""));
  return Number.isFinite(number) ? number : text;
}

/** Whether a scalar without quotes would mean something other than the text that is written. */
export function meansOther(text: string): boolean {
  return WORDS.has(text) || NUMBER.test(text) || NOT_FINITE.test(text);
}

/** Whether nothing was written, or `null`. */
export function isNothing(node: Node | null | undefined): boolean {
  return !node || (node.sort === "scalar" && node.style === "plain" && WORDS.get(node.text) === null);
}

/** The entry of a mapping; undefined where there is none, or `node` is no mapping. */
export function entryOf(node: Node | null | undefined, key: string): Entry | undefined {
  return node?.sort === "mapping" ? node.entries.find((entry) => entry.key.text === key) : undefined;
}

/** The node at a path such as `["components", "api", "settings"]`; undefined where there is none. */
export function nodeAt(root: Node | null | undefined, path: readonly string[]): Node | undefined {
  let node: Node | null | undefined = root;
  for (const word of path) {
    if (node?.sort === "list") node = /^\d{1,9}$/.test(word) ? node.items[Number(word)]?.value : undefined;
    else node = entryOf(node, word)?.value;
    if (!node) return undefined;
  }
  return node ?? undefined;
}

/** Line and column of an offset, both counted from 1. */
export function placeOf(text: string, offset: number): { line: number; column: number } {
  let line = 1;
  let begin = 0;
  for (let at = text.indexOf("\n"); at >= 0 && at < offset; at = text.indexOf("\n", at + 1)) {
    line += 1;
    begin = at + 1;
  }
  return { line, column: offset - begin + 1 };
}

/** A fault at a stretch of `text`. */
export function faultAt(text: string, range: Range, path: string, fault: string, remedy = ""): Fault {
  const from = Math.min(range.from, text.length);
  return {
    path,
    fault,
    remedy,
    from,
    to: Math.min(Math.max(range.to, from), text.length),
    ...placeOf(text, from),
  };
}

function built(text: string): Tree {
  const refused = refusal(text);
  if (refused) return { root: null, faults: [refused] };
  const start = text.startsWith("\ufeff") ? 1 : 0;
  const reader = new Reader(text);
  try {
    const document = parseDocument(start ? ` ${text.slice(1)}` : text, OPTIONS);
    for (const error of document.errors.slice(0, FAULTS)) {
      reader.note(
        { from: error.pos[0], to: error.pos[1] },
        ...explained(error.code, error.message, text, error.pos[0]),
      );
    }
    if (reader.faults.length) return { root: null, faults: reader.faults };
    if (!document.contents) {
      reader.note({ from: 0, to: 0 }, "the document is empty", "begin with `backdraft: 1`");
      return { root: null, faults: reader.faults };
    }
    const root = reader.node(document.contents as Parsed, 1);
    return { root, faults: reader.faults };
  } catch (error) {
    // deeply nested text overflows the stack of the parser, which is no fault of ours and told like any other
    const fault =
      error instanceof RangeError ? `nested deeper than ${DEPTH} levels` : `not YAML: ${String(error)}`;
    return { root: null, faults: [...reader.faults, faultAt(text, { from: 0, to: 0 }, "", fault)] };
  }
}

const OPTIONS = {
  version: "1.2",
  schema: "failsafe",
  merge: false,
  uniqueKeys: false,
  keepSourceTokens: true,
  prettyErrors: false,
  logLevel: "error",
} as const;

/** The first thing that keeps a text from being looked at as YAML at all. */
function refusal(text: string): Fault | null {
  if (text.length > TEXT_BYTES) {
    return faultAt(text, { from: 0, to: 0 }, "", "the text is longer than 1 MiB", "draw several projects");
  }
  const odd = UNREADABLE.exec(text.startsWith("\ufeff") ? ` ${text.slice(1)}` : text);
  if (odd) {
    const code = (odd[0].codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, "0");
    const range = { from: odd.index, to: odd.index + odd[0].length };
    return faultAt(text, range, "", `the character U+${code} cannot stand in a text`, "remove it");
  }
  const directive = /(?:^|[\r\n])%/.exec(text);
  if (directive) {
    const from = directive.index + directive[0].length - 1;
    return faultAt(text, { from, to: from + 1 }, "", "directives are not allowed", "remove the line");
  }
  if (text.length <= LEXEMES) return null;
  let lexemes = 0;
  for (const _ of new Lexer().lex(text)) {
    lexemes += 1;
    if (lexemes > LEXEMES) return tooMuch(text);
  }
  return null;
}

function tooMuch(text: string): Fault {
  const fault = `the document has more than ${NODES.toLocaleString("en")} keys and values`;
  return faultAt(text, { from: 0, to: 0 }, "", fault, "draw several projects");
}

class Reader {
  readonly faults: Fault[] = [];
  private nodes = 0;

  constructor(private readonly text: string) {}

  note(range: Range, fault: string, remedy = ""): void {
    if (this.faults.length < FAULTS) this.faults.push(faultAt(this.text, range, "", fault, remedy));
  }

  node(parsed: Parsed | null | undefined, depth: number, nothingAt = 0): Node {
    if (!parsed) return nothing(nothingAt);
    const range = { from: parsed.range?.[0] ?? nothingAt, to: parsed.range?.[1] ?? nothingAt };
    this.nodes += 1;
    if (this.nodes === NODES) this.faults.push(tooMuch(this.text));
    if (depth === DEPTH + 1) this.note(range, `nested deeper than ${DEPTH} levels`);
    if (isAlias(parsed)) {
      this.note(range, "aliases are not allowed", "write its content out");
      return { sort: "scalar", text: `*${(parsed as Alias).source}`, style: "double", ...range };
    }
    if (parsed.anchor !== undefined) this.note(range, "anchors are not allowed", "write its content out");
    if (parsed.tag !== undefined) this.note(range, `the tag '${parsed.tag}' is not allowed`, "remove it");
    if (isMap(parsed)) return this.mapping(parsed, range, depth);
    if (isSeq(parsed)) return this.list(parsed, range, depth);
    // where nothing is written, the parser tells a place behind the spaces, or behind a comment
    if ((parsed as Scalar).value === "" && range.from === range.to) return nothing(nothingAt);
    return this.scalar(parsed as Scalar, range);
  }

  private scalar(parsed: Scalar, range: Range): ScalarNode {
    const text = typeof parsed.value === "string" ? parsed.value : String(parsed.value ?? "");
    if (text.includes("\0")) this.note(range, "text cannot hold the character NUL", "remove \\0");
    const style = STYLES.get(parsed.type ?? "") ?? "plain";
    if (style === "literal" || style === "folded") range = { from: range.from, to: this.endOfBlock(range) };
    return { sort: "scalar", text, style, ...range };
  }

  /** Where the last line of a literal ends; blank lines below it are the document's, unless the literal keeps them. */
  private endOfBlock({ from, to }: Range): number {
    const written = this.text.slice(from, to);
    if (/^[|>][0-9]?\+/.test(written)) return from + written.replace(/\r?\n$/, "").length;
    return from + written.trimEnd().length;
  }

  private mapping(parsed: Parsed, range: Range, depth: number): MappingNode {
    if (!isMap(parsed)) throw new TypeError("no mapping");
    const entries: Entry[] = [];
    const seen = new Map<string, ScalarNode>();
    for (const pair of parsed.items) {
      const key = pair.key as Parsed | null;
      const separator = pair.srcToken?.sep?.find((token) => token.type === "map-value-ind");
      if (key && !isScalar(key)) {
        const at = key.range ?? [range.from, range.to];
        if (isAlias(key))
          this.note({ from: at[0], to: at[1] }, "aliases are not allowed", "write its content out");
        else
          this.note({ from: at[0], to: at[1] }, "a mapping or a list cannot be a key", "write a word as key");
        continue;
      }
      const read = this.node(key, depth, separator?.offset ?? range.from) as ScalarNode;
      const colon = separator?.offset ?? read.to;
      const value = this.node(pair.value as Parsed | null, depth + 1, separator ? colon + 1 : colon);
      const before = seen.get(read.text);
      if (read.text === "<<" && read.style === "plain") {
        this.note(read, "merge keys are not allowed", "write its content out");
      } else if (before) {
        const { line } = placeOf(this.text, before.from);
        this.note(read, `the key '${read.text}' was already given in line ${line}`, "keep one of them");
        continue;
      }
      seen.set(read.text, read);
      const to = Math.max(value.to, separator ? colon + 1 : read.to);
      entries.push({ key: read, colon, value, from: read.from, to });
    }
    const flow = parsed.flow === true;
    const column = columnOf(this.text, range.from);
    return {
      sort: "mapping",
      flow,
      column,
      entries,
      from: range.from,
      to: flow ? range.to : (entries.at(-1)?.to ?? range.to),
    };
  }

  private list(parsed: Parsed, range: Range, depth: number): ListNode {
    if (!isSeq(parsed)) throw new TypeError("no list");
    const flow = parsed.flow === true;
    const tokens = parsed.srcToken && "items" in parsed.srcToken ? parsed.srcToken.items : [];
    const items = parsed.items.map((each, index): Item => {
      const dash = flow ? undefined : tokens[index]?.start.find((token) => token.type === "seq-item-ind");
      const inner = isPair(each) ? undefined : (each as Parsed | null);
      if (isPair(each)) this.note(range, "a pair cannot stand in a list", "write {key: value}");
      const value = this.node(inner, depth + 1, dash ? dash.offset + 1 : range.to);
      return {
        value,
        from: dash?.offset ?? value.from,
        to: Math.max(value.to, dash ? dash.offset + 1 : value.to),
      };
    });
    const column = columnOf(this.text, range.from);
    return {
      sort: "list",
      flow,
      column,
      items,
      from: range.from,
      to: flow ? range.to : (items.at(-1)?.to ?? range.to),
    };
  }
}

const STYLES = new Map<string, ScalarStyle>([
  [Scalar.PLAIN, "plain"],
  [Scalar.QUOTE_SINGLE, "single"],
  [Scalar.QUOTE_DOUBLE, "double"],
  [Scalar.BLOCK_LITERAL, "literal"],
  [Scalar.BLOCK_FOLDED, "folded"],
]);

function nothing(at: number): ScalarNode {
  return { sort: "scalar", text: "", style: "plain", from: at, to: at };
}

/** What the parser found, in words of ours where it is a mistake that people make. */
function explained(code: string, message: string, text: string, at: number): [string, string] {
  if (text.startsWith("\t", at)) return ["a tab cannot stand here", "indent with spaces"];
  const known = EXPLANATIONS[code];
  if (known) return known;
  const first = message.split("\n")[0] ?? "";
  return [`not YAML: ${first.charAt(0).toLowerCase()}${first.slice(1)}`, ""];
}

const EXPLANATIONS: Readonly<Record<string, [string, string]>> = {
  MULTIPLE_DOCS: ["there is a second document", "keep one in a file"],
  BLOCK_AS_IMPLICIT_KEY: [
    "not YAML: a mapping cannot stand in the line of another",
    "put text that holds ': ' in quotes, or look for a wrong indent",
  ],
  BAD_INDENT: ["not YAML: wrong indent", "give entries of one mapping the same indent"],
  TAB_AS_INDENT: ["a tab cannot stand here", "indent with spaces"],
  MISSING_CHAR: ["not YAML: something is not closed here", "look for a missing quote, bracket or colon"],
};
