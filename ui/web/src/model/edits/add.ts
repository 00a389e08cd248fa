/** Adds a component, and its place in the drawing. */
import { type TextChange, together } from "../changes";
import type { Point, Value } from "../drawing";
import { addAt, setAt } from "../setting";
import { placed } from "./move";

export interface NewComponent {
  name: string;
  kind: string;
  /** Further fields as a schema has them: `{settings: {database: "shop"}, group: "orders"}`. */
  fields?: Readonly<Record<string, Value>>;
  at?: Point;
}

export function addComponent(text: string, { name, kind, fields = {}, at }: NewComponent): TextChange[] {
  const added = addAt(text, "components", [[name, { kind, ...fields }]]);
  return at ? together(added, setAt(text, `layout/${name}`, placed(at))) : added;
}
