/** The schema in the browser: its text, and the edits that change only the lines they mean. Pure: values in, values out. */
export { applied, changesBetween, type Edit, inTurn, type TextChange } from "./changes";
export {
  type Gift,
  gift,
  type KindOfClients,
  type Kinds,
  type Legality,
  legality,
  type PortOfKind,
  portsOf,
  referencesFor,
} from "./connecting";
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
export { addComponent, type NewComponent } from "./edits/add";
export { connect, type NewConnection } from "./edits/connect";
export { copied } from "./edits/copy";
export { disconnect } from "./edits/disconnect";
export { duplicateComponents } from "./edits/duplicate";
export { setGroup, setZone } from "./edits/gather";
export { moveBoxes } from "./edits/move";
export { addNote, changeNote, type NewNote, removeNotes } from "./edits/note";
export { type Pasted, pasted } from "./edits/paste";
export { setPublication } from "./edits/publish";
export { changeConnection } from "./edits/reconnect";
export { removeComponents } from "./edits/remove";
export { renameComponent } from "./edits/rename";
export { setReplicas } from "./edits/scale";
export { type Conflict, type Merge, merge, mergeWith } from "./merge";
export { asName, freeName, ownPrefix } from "./naming";
export { valueAt } from "./plain";
export { partOf, pathAt, rangeOf, readDrawing } from "./reading";
export { type Mention, mentionsOf } from "./references";
export { renameAt, setAt, unsetAt } from "./setting";
