/** What a text says, as plain values; what is always text, such as an environment, is taken as it is written. */
import { meaningOf, type Node, treeOf, type Value } from "./tree";
import { isLiteral } from "./writing";

export type Mapping = { [key: string]: Value };

/** The whole text; null where it cannot be read, or is no mapping. */
export function plainOf(text: string): Mapping | null {
  const { root, faults } = treeOf(text);
  return root?.sort === "mapping" && !faults.length ? (plain(root, false) as Mapping) : null;
}

function plain(node: Node, literal: boolean): Value {
  if (node.sort === "list") return node.items.map((item) => plain(item.value, literal));
  if (node.sort === "scalar") {
    const value = meaningOf(node);
    return literal && value !== null ? node.text : value;
  }
  const found: Mapping = Object.create(null);
  for (const { key, value } of node.entries) found[key.text] = plain(value, literal || isLiteral(key.text));
  return found;
}

/** What stands at a path, such as `components/api/settings`; undefined where nothing does. */
export function valueAt(text: string, path: string): Value | undefined {
  let found: Value | undefined = plainOf(text) ?? undefined;
  for (const word of path.split("/")) {
    if (typeof found !== "object" || found === null) return undefined;
    found = Array.isArray(found) ? found[Number(word)] : found[word];
  }
  return found;
}
