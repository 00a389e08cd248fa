/** References in environments: `${db.url}`; `$${` is a plain `${`. */
import { type Entry, entryOf, type Node, type Range, type ScalarNode, treeOf } from "./tree";

/** A reference to a component, and where it stands. */
export interface Mention extends Range {
  /** The component whose environment it stands in, and the variable. */
  component: string;
  path: string;
  /** `db` in `${db.url}`. */
  target: string;
  /** The whole of it, as it is written. */
  reference: string;
}

const TOKEN = /\$\$\{|\$\{([A-Za-z][A-Za-z0-9_-]*)((?:\.[A-Za-z0-9_-]+){1,2})\}/g;

/** The references to `names` in the environments of all components. */
export function mentionsOf(text: string, names: Iterable<string>): Mention[] {
  const wanted = new Set(names);
  const components = entryOf(treeOf(text).root, "components")?.value;
  return entriesOf(components).flatMap((component) => {
    return entriesOf(entryOf(component.value, "environment")?.value).flatMap((variable) => {
      if (variable.value.sort !== "scalar") return [];
      const path = `components/${component.key.text}/environment/${variable.key.text}`;
      return mentionsIn(text, variable.value)
        .filter((each) => wanted.has(each.target))
        .map((each) => ({ ...each, component: component.key.text, path }));
    });
  });
}

function mentionsIn(text: string, node: ScalarNode): Omit<Mention, "component" | "path">[] {
  const written = text.slice(node.from, node.to);
  return [...written.matchAll(TOKEN)].flatMap((found) => {
    const target = found[1];
    if (target === undefined) return [];
    const from = node.from + found.index;
    return [{ target, reference: found[0], from, to: from + found[0].length }];
  });
}

function entriesOf(node: Node | undefined): readonly Entry[] {
  return node?.sort === "mapping" ? node.entries : [];
}
