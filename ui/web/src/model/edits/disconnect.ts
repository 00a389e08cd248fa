/** Takes lines away, by their places in the list. */
import type { TextChange } from "../changes";
import { entryOf, treeOf } from "../tree";
import { without } from "./remove";

export function disconnect(text: string, indexes: readonly number[]): TextChange[] {
  const gone = new Set(indexes.map(String));
  return without(text, "connections", entryOf(treeOf(text).root, "connections")?.value, (index) =>
    gone.has(index),
  );
}
