/** Moves boxes: what is written of their places in `layout`, and nothing else. */
import { type TextChange, together } from "../changes";
import type { Point } from "../drawing";
import { addAt, setAt } from "../setting";
import { entryOf, treeOf } from "../tree";

export function moveBoxes(text: string, places: ReadonlyMap<string, Point>): TextChange[] {
  const layout = entryOf(treeOf(text).root, "layout")?.value;
  const isKnown = (name: string) => entryOf(layout, name) !== undefined;
  const moved = [...places]
    .filter(([name]) => isKnown(name))
    .map(([name, at]) => setAt(text, `layout/${name}`, placed(at)));
  const added = [...places]
    .filter(([name]) => !isKnown(name))
    .map(([name, at]) => [name, placed(at)] as const);
  return together(...moved, addAt(text, "layout", added));
}

/** A place as it is written: whole numbers, which is finer than anybody sees. */
export function placed([x, y]: Point): [number, number] {
  return [Math.round(x) + 0, Math.round(y) + 0];
}
