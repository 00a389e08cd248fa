/** Removes components with their connections and their places; references to them stay, and `mentionsOf` tells them. */
import { applied, changesBetween, type TextChange, together } from "../changes";
import { unsetParts } from "../setting";
import { entryOf, type Node, treeOf } from "../tree";

export function removeComponents(text: string, names: readonly string[]): TextChange[] {
  const { root } = treeOf(text);
  const gone = new Set(names);
  const section = (name: string) => entryOf(root, name)?.value;
  const touches = (line: Node) => ["from", "to"].some((end) => gone.has(componentAt(line, end)));
  const changes = together(
    without(text, "components", section("components"), (name) => gone.has(name)),
    without(text, "connections", section("connections"), (_, line) => touches(line)),
    without(text, "layout", section("layout"), (name) => gone.has(name)),
  );
  const after = applied(text, changes);
  if (text.endsWith("\n") || !after.endsWith("\n")) return changes;
  // a text that ends without a line break goes on doing so
  return changesBetween(text, after.replace(/\r?\n$/, ""));
}

/** Removes the parts of a section that `isGone` says so of, by key (for a list, its index) and value. */
export function without(
  text: string,
  name: string,
  section: Node | undefined,
  isGone: (key: string, value: Node) => boolean,
): TextChange[] {
  if (!section || section.sort === "scalar") return [];
  const parts =
    section.sort === "list"
      ? section.items.map(({ value }, index) => isGone(String(index), value))
      : section.entries.map(({ key, value }) => isGone(key.text, value));
  const indexes = new Set(parts.flatMap((gone, index) => (gone ? [index] : [])));
  return indexes.size ? unsetParts(text, [name], section, indexes) : [];
}

/** The component at an end (`from` or `to`) of a line: of `db.primary`, `db`. */
export function componentAt(line: Node, end: string): string {
  const node = entryOf(line, end)?.value;
  return node?.sort === "scalar" ? (node.text.split(".")[0] ?? "") : "";
}
