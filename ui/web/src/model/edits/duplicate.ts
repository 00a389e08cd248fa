/** Makes the same components once more: with the lines among them, and the lines by which they use others. */
import { applied, changesBetween } from "../changes";
import type { Point } from "../drawing";
import { readDrawing } from "../reading";
import { connect } from "./connect";
import { copied } from "./copy";
import { type Pasted, pasted } from "./paste";

export function duplicateComponents(text: string, names: readonly string[], at?: Point): Pasted {
  const { changes, names: made } = pasted(text, copied(text, names), at);
  const lines = readDrawing(text).drawing?.connections ?? [];
  const outward = lines.filter((line) => made.has(line.from) && !made.has(line.to));
  const after = outward.reduce(
    (now, line) => applied(now, connect(now, { ...line, from: made.get(line.from) ?? line.from })),
    applied(text, changes),
  );
  return { changes: changesBetween(text, after), names: made };
}
