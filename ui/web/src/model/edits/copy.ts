/** Components as a schema of their own, with the connections among them and their places: what a clipboard holds. */
import { indentOf, isBlank } from "../lines";
import { extentOf, type Part } from "../ownership";
import { partsOf } from "../parts";
import { type Entry, entryOf, type Node, treeOf } from "../tree";
import { componentAt } from "./remove";

export function copied(text: string, names: readonly string[]): string {
  const { root } = treeOf(text);
  const wanted = new Set(names);
  const section = (name: string) => entryOf(root, name)?.value;
  const lines = ["backdraft: 1", "name: fragment", "components:"];
  for (const entry of entriesOf(section("components"))) {
    if (wanted.has(entry.key.text)) lines.push(...linesOf(text, section("components"), entry).map(indented));
  }
  const connections = section("connections");
  const among =
    connections?.sort === "list" ? connections.items.filter(({ value }) => isAmong(value, wanted)) : [];
  if (among.length) lines.push("connections:");
  for (const item of among) lines.push(...linesOf(text, connections, item).map(indented));
  const places = entriesOf(section("layout")).filter((entry) => wanted.has(entry.key.text));
  if (places.length) lines.push("layout:");
  for (const entry of places) lines.push(...linesOf(text, section("layout"), entry).map(indented));
  return `${lines.join("\n")}\n`;
}

/** The lines of a part, with its comments, as if it stood at the begin of the line. */
export function linesOf(text: string, around: Node | undefined, part: Part): string[] {
  if (!around || around.sort === "scalar") return [];
  if (around.flow) {
    if ("key" in part) {
      const value = text.slice(part.value.from, part.value.to);
      return `${text.slice(part.key.from, part.key.to)}: ${value}`.split(/\r?\n/);
    }
    return `- ${text.slice(part.from, part.to)}`.split(/\r?\n/);
  }
  const parts = partsOf(around);
  const { from, to } = extentOf(text, parts, parts.indexOf(part));
  const lines = text
    .slice(from, to)
    .replace(/\r?\n$/, "")
    .split(/\r?\n/);
  return lines.map((line) => (isBlank(line) ? "" : line.slice(Math.min(indentOf(line), around.column))));
}

function isAmong(line: Node, names: ReadonlySet<string>): boolean {
  return ["from", "to"].every((end) => names.has(componentAt(line, end)));
}

function entriesOf(node: Node | undefined): readonly Entry[] {
  return node?.sort === "mapping" ? node.entries : [];
}

function indented(line: string): string {
  return line && `  ${line}`;
}
