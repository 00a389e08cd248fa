/**
 * Text to drawing: whatever can be read of it, and the faults that keep it from being YAML.
 *
 * What is odd is read as if it were not there (a number where a mapping belongs); the server says what is wrong with it.
 */
import type {
  Component,
  Connection,
  Drawing,
  Health,
  Limits,
  Network,
  Note,
  Point,
  Port,
  Publication,
  Reading,
  Replicas,
  Source,
} from "./drawing";
import { entryOf, meaningOf, type Node, nodeAt, type Range, treeOf, type Value } from "./tree";

const NETWORKS: readonly string[] = ["isolated", "pairs", "shared"];

/**
 * The drawing that `text` describes. Throws nothing, whatever the text.
 *
 * What is the same as in `before` is the same object, so that who shows a component need not look into it.
 */
export function readDrawing(text: string, before?: Drawing | null): Reading {
  const { root, faults } = treeOf(text);
  if (!root) return { drawing: null, faults };
  const drawing: Drawing = {
    name: textOf(entryOf(root, "name")?.value) ?? "",
    network: networkOf(entryOf(root, "network")?.value),
    components: named(entryOf(root, "components")?.value, component),
    connections: listOf(entryOf(root, "connections")?.value).map(connection),
    notes: named(entryOf(root, "notes")?.value, note),
    layout: named(entryOf(root, "layout")?.value, (_, node) => pointOf(node)),
  };
  return { drawing: before ? shared(drawing, before) : drawing, faults };
}

/** Where a part of a text stands: `components/api` with its key, a value from its first to its last character. */
export function rangeOf(text: string, path: string): Range | null {
  const { root } = treeOf(text);
  const words = path.split("/").filter(Boolean);
  const last = words.at(-1);
  const around = nodeAt(root, words.slice(0, -1));
  if (last === undefined || !around) return root && !path ? { from: root.from, to: root.to } : null;
  if (around.sort === "list") {
    const item = /^\d{1,9}$/.test(last) ? around.items[Number(last)] : undefined;
    return item ? { from: item.from, to: item.to } : null;
  }
  const entry = entryOf(around, last);
  return entry ? { from: entry.from, to: entry.to } : null;
}

/** Where people look for a part: a value at itself, and what has parts of its own at its key. */
export function partOf(text: string, path: string): Range | null {
  const { root } = treeOf(text);
  const words = path.split("/").filter(Boolean);
  const around = nodeAt(root, words.slice(0, -1));
  const entry = entryOf(around, words.at(-1) ?? "");
  if (!entry) return rangeOf(text, path);
  const { key, value } = entry;
  const isValue = value.sort === "scalar" && value.to > value.from;
  return isValue ? { from: value.from, to: value.to } : { from: key.from, to: key.to };
}

/** The longest path whose part holds `offset`, such as `components/api/settings/workers`; empty where there is none. */
export function pathAt(text: string, offset: number): string {
  const words: string[] = [];
  let node: Node | null | undefined = treeOf(text).root;
  while (node && node.sort !== "scalar") {
    const parts: readonly { from: number; to: number; value: Node }[] =
      node.sort === "list" ? node.items : node.entries;
    const index = parts.findIndex((part) => part.from <= offset && offset <= part.to);
    const part = parts[index];
    if (!part) break;
    words.push(node.sort === "list" ? String(index) : (node.entries[index]?.key.text ?? ""));
    node = part.value;
  }
  return words.join("/");
}

function component(name: string, node: Node): Component {
  const field = (key: string) => entryOf(node, key)?.value;
  return {
    name,
    kind: textOf(field("kind")) ?? "",
    settings: valuesOf(field("settings"), meaningOf),
    environment: valuesOf(field("environment"), literalOf),
    image: textOf(field("image")),
    command: wordsOf(field("command")),
    source: sourceOf(field("source")),
    replicas: replicasOf(field("replicas")),
    publish: valuesOf(field("publish"), publicationOf),
    ports: valuesOf(field("ports"), portOf),
    volumes: valuesOf(field("volumes"), literalOf),
    place: {
      zone: literalOf(entryOf(field("place"), "zone")?.value),
      host: literalOf(entryOf(field("place"), "host")?.value),
    },
    limits: limitsOf(field("limits")),
    health: healthOf(field("health")),
    egress: truthOf(field("egress")),
    schedule: textOf(field("schedule")),
    relax: valuesOf(field("relax"), literalOf),
    note: literalOf(field("note")) ?? "",
    group: literalOf(field("group")),
    written: node.sort === "mapping" ? node.entries.map((entry) => entry.key.text) : [],
  };
}

function connection(node: Node, index: number): Connection {
  const field = (key: string) => entryOf(node, key)?.value;
  const [to, port] = targetOf(literalOf(field("to")) ?? "");
  return {
    index,
    from: literalOf(field("from")) ?? "",
    to,
    port,
    as: literalOf(field("as")),
    path: literalOf(field("path")),
    host: literalOf(field("host")),
    weight: numberOf(field("weight")),
    algorithm: literalOf(field("algorithm")),
  };
}

/** `db.primary` is the port `primary` of `db`. */
function targetOf(target: string): [name: string, port: string | null] {
  const dot = target.indexOf(".");
  return dot < 0 ? [target, null] : [target.slice(0, dot), target.slice(dot + 1) || null];
}

function note(name: string, node: Node): Note {
  if (node.sort === "scalar") return { name, text: node.text, at: [0, 0] };
  return {
    name,
    text: literalOf(entryOf(node, "text")?.value) ?? "",
    at: pointOf(entryOf(node, "at")?.value) ?? [0, 0],
  };
}

function networkOf(node: Node | undefined): Network {
  const found = textOf(node);
  return found !== null && NETWORKS.includes(found) ? (found as Network) : "isolated";
}

function sourceOf(node: Node | undefined): Source | null {
  if (node?.sort !== "mapping") return null;
  return {
    directory: literalOf(entryOf(node, "directory")?.value) ?? ".",
    git: literalOf(entryOf(node, "git")?.value),
    branch: literalOf(entryOf(node, "branch")?.value),
  };
}

function replicasOf(node: Node | undefined): Replicas {
  const alone = numberOf(node);
  if (alone !== null) return { min: alone, max: alone, cpu: null };
  const written = numberOf(entryOf(node, "max")?.value);
  const min = numberOf(entryOf(node, "min")?.value) ?? Math.min(1, written ?? 1);
  return { min, max: written ?? Math.max(1, min), cpu: numberOf(entryOf(node, "cpu")?.value) };
}

function publicationOf(node: Node): Publication | null {
  const number = numberOf(node);
  if (number !== null) return { number, address: "127.0.0.1" };
  const found = /^(?:\[([0-9A-Fa-f:]+)\]|([^:[\]]+)):([0-9]{1,5})$/.exec(literalOf(node) ?? "");
  return found ? { number: Number(found[3]), address: found[1] ?? found[2] ?? "" } : null;
}

function portOf(node: Node): Port | null {
  const number = numberOf(entryOf(node, "number")?.value);
  const protocol = literalOf(entryOf(node, "protocol")?.value);
  return number === null || protocol === null ? null : { protocol, number };
}

function limitsOf(node: Node | undefined): Limits {
  return {
    memory: literalOf(entryOf(node, "memory")?.value),
    cpus: numberOf(entryOf(node, "cpus")?.value),
    pids: numberOf(entryOf(node, "pids")?.value),
  };
}

function healthOf(node: Node | undefined): Health | null {
  if (node?.sort !== "mapping") return null;
  const http = entryOf(node, "http")?.value;
  const port = literalOf(http) ?? literalOf(entryOf(http, "port")?.value);
  return {
    tcp: literalOf(entryOf(node, "tcp")?.value),
    http: port === null ? null : { port, path: literalOf(entryOf(http, "path")?.value) ?? "/" },
    command: wordsOf(entryOf(node, "command")?.value),
    timeout: numberOf(entryOf(node, "timeout")?.value),
  };
}

function textOf(node: Node | undefined): string | null {
  if (node?.sort !== "scalar") return null;
  const value = meaningOf(node);
  return typeof value === "string" ? value : null;
}

/** The very text that was written, whether it looks like a text or like a number: `08` stays `08`. */
function literalOf(node: Node | undefined): string | null {
  if (node?.sort !== "scalar") return null;
  return node.style === "plain" && meaningOf(node) === null ? null : node.text;
}

function numberOf(node: Node | undefined): number | null {
  const value = node?.sort === "scalar" ? meaningOf(node) : null;
  return typeof value === "number" ? value : null;
}

function truthOf(node: Node | undefined): boolean | null {
  const value = node?.sort === "scalar" ? meaningOf(node) : null;
  return typeof value === "boolean" ? value : null;
}

function pointOf(node: Node | undefined): Point | null {
  if (node?.sort !== "list") return null;
  const [x, y] = node.items.map((item) => numberOf(item.value));
  return typeof x === "number" && typeof y === "number" ? [x, y] : null;
}

function listOf(node: Node | undefined): Node[] {
  return node?.sort === "list" ? node.items.map((item) => item.value) : [];
}

function wordsOf(node: Node | undefined): string[] {
  return listOf(node).map((each) => (each.sort === "scalar" ? each.text : ""));
}

function named<T>(node: Node | undefined, read: (name: string, node: Node) => T | null): Map<string, T> {
  const found = new Map<string, T>();
  for (const entry of node?.sort === "mapping" ? node.entries : []) {
    const value = read(entry.key.text, entry.value);
    if (value !== null) found.set(entry.key.text, value);
  }
  return found;
}

function valuesOf<T>(node: Node | undefined, read: (node: Node) => T | null): Record<string, T> {
  // without a prototype, a name such as `__proto__` is a name like any other
  const found: Record<string, T> = Object.create(null);
  for (const entry of node?.sort === "mapping" ? node.entries : []) {
    const value = read(entry.value);
    if (value !== null || read === (meaningOf as unknown)) found[entry.key.text] = value as T;
  }
  return found;
}

function shared(drawing: Drawing, before: Drawing): Drawing {
  const components = sharedMap(drawing.components, before.components);
  const notes = sharedMap(drawing.notes, before.notes);
  const layout = sharedMap(drawing.layout, before.layout);
  const connections = sharedList(drawing.connections, before.connections);
  const parts = { components, notes, layout, connections };
  const same =
    drawing.name === before.name &&
    drawing.network === before.network &&
    Object.entries(parts).every(([key, part]) => part === before[key as keyof typeof parts]);
  return same ? before : { ...drawing, ...parts };
}

function sharedMap<T>(now: ReadonlyMap<string, T>, before: ReadonlyMap<string, T>): ReadonlyMap<string, T> {
  const names = [...before.keys()];
  let same = now.size === before.size;
  const found = new Map<string, T>();
  let at = 0;
  for (const [name, value] of now) {
    const known = before.get(name);
    const kept = known !== undefined && isSame(value, known) ? known : value;
    same &&= kept === known && names[at] === name;
    at += 1;
    found.set(name, kept);
  }
  return same ? before : found;
}

function sharedList<T>(now: readonly T[], before: readonly T[]): readonly T[] {
  const found = now.map((value, index) => {
    const known = before[index];
    return known !== undefined && isSame(value, known) ? known : value;
  });
  return now.length === before.length && found.every((value, index) => value === before[index])
    ? before
    : found;
}

/** Whether two values hold the same, in the same order. */
function isSame(one: unknown, other: unknown): boolean {
  return one === other || JSON.stringify(one) === JSON.stringify(other);
}

export type { Value };
