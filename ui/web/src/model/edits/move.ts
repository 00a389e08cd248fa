/** Moves boxes: what is written of their places in `layout`, and nothing else. */
import { type TextChange, together } from "../changes";
import type { Point } from "../drawing";
import { addAt, setAt } from "../setting";
import { entryOf, meaningOf, type Node, treeOf } from "../tree";

export function moveBoxes(text: string, places: ReadonlyMap<string, Point>): TextChange[] {
  const layout = entryOf(treeOf(text).root, "layout")?.value;
  const isKnown = (name: string) => entryOf(layout, name) !== undefined;
  const moved = [...places]
    .filter(([name]) => isKnown(name))
    .map(
      ([name, at]) =>
        numbersChanged(entryOf(layout, name)?.value, placed(at)) ?? setAt(text, ["layout", name], placed(at)),
    );
  const added = [...places]
    .filter(([name]) => !isKnown(name))
    .map(([name, at]) => [name, placed(at)] as const);
  return together(...moved, addAt(text, "layout", added));
}

/** Both numbers in their places, as nearly all are written: of hundreds of boxes each takes no time. */
function numbersChanged(node: Node | undefined, at: readonly [number, number]): TextChange[] | null {
  if (node?.sort !== "list" || node.items.length !== 2) return null;
  const changes: TextChange[] = [];
  for (const [index, { value }] of node.items.entries()) {
    if (value.sort !== "scalar" || value.style !== "plain" || typeof meaningOf(value) !== "number")
      return null;
    if (meaningOf(value) !== at[index])
      changes.push({ from: value.from, to: value.to, insert: String(at[index]) });
  }
  return changes;
}

/** A place as it is written: whole numbers, which is finer than anybody sees. */
export function placed([x, y]: Point): [number, number] {
  return [Math.round(x) + 0, Math.round(y) + 0];
}
