/** Renames a component wherever its name stands: its key, its connections, its place and references to it. */
import { type TextChange, together } from "../changes";
import { mentionsOf } from "../references";
import { renameAt } from "../setting";
import { entryOf, nodeAt, treeOf } from "../tree";
import { scalarText } from "../writing";
import { componentAt } from "./remove";

/** Changes nothing where `to` is the name of another. */
export function renameComponent(text: string, name: string, to: string): TextChange[] {
  const { root } = treeOf(text);
  const components = entryOf(root, "components")?.value;
  if (name === to || !entryOf(components, name) || entryOf(components, to)) return [];
  return together(
    renameAt(text, `components/${name}`, to),
    renameAt(text, `layout/${name}`, to),
    renamedEnds(text, name, to),
    mentionsOf(text, [name]).map(({ from, target }) => ({
      from: from + 2,
      to: from + 2 + target.length,
      insert: to,
    })),
  );
}

function renamedEnds(text: string, name: string, to: string): TextChange[] {
  const lines = nodeAt(treeOf(text).root, ["connections"]);
  if (lines?.sort !== "list") return [];
  return lines.items.flatMap(({ value: line }) => {
    return ["from", "to"].flatMap((end): TextChange[] => {
      const node = entryOf(line, end)?.value;
      if (node?.sort !== "scalar" || componentAt(line, end) !== name) return [];
      const flow = line.sort === "mapping" && line.flow;
      const insert = scalarText(to + node.text.slice(name.length), { flow, style: node.style });
      return [{ from: node.from, to: node.to, insert }];
    });
  });
}
