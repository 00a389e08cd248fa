/** The schema in the browser: its text, and the edits that change only the lines they mean. Pure: values in, values out. */
export { applied, changesBetween, type Edit, inTurn, type TextChange } from "./changes";
export type {
  Component,
  Connection,
  Drawing,
  Fault,
  Health,
  Limits,
  Network,
  Note,
  Point,
  Port,
  Publication,
  Range,
  Reading,
  Replicas,
  Source,
  Value,
} from "./drawing";
// the edits: their forms are settled, and each arrives under the same name in lower case (AddComponent: addComponent)
export type * from "./edits";
export { pathAt, rangeOf, readDrawing } from "./reading";
