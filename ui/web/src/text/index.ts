/**
 * The text of a schema, to be written beside the drawing, and two texts compared. It brings CodeMirror with it: load it
 * when it is first shown.
 *
 * What has to be shown while a text cannot be read, the canvas shows: `readDrawing` tells the faults and their places.
 */
export { DiffView, type DiffViewProps } from "./DiffView";
export type { Advice, Problem } from "./marking";
export type { Knowledge, Rule } from "./rules";
export { SchemaText, type SchemaTextProps } from "./SchemaText";
