/** The edits of a drawing, a verb each. All give changes of `text`; none throws for a name that is not there. */

import type { TextChange } from "../changes";
import type { Point, Publication, Replicas, Value } from "../drawing";

export interface NewComponent {
  name: string;
  kind: string;
  /** Further fields, as they would be read: `{settings: {database: "shop"}, group: "orders"}`. */
  fields?: Readonly<Record<string, Value>>;
  at?: Point;
}

export interface NewConnection {
  from: string;
  to: string;
  port?: string | null;
  as?: string | null;
  path?: string | null;
  host?: string | null;
  weight?: number | null;
  algorithm?: string | null;
}

/** What a paste or a duplicate does: its changes, and under which name each component arrives. */
export interface Pasted {
  changes: TextChange[];
  names: ReadonlyMap<string, string>;
}

/** A reference in an environment, such as `${old.url}`. */
export interface Mention {
  component: string;
  path: string;
  reference: string;
}

export type AddComponent = (text: string, component: NewComponent) => TextChange[];
/** With its connections and its place. */
export type RemoveComponents = (text: string, names: readonly string[]) => TextChange[];
/** References to `names` that stand in other components. */
export type MentionsOf = (text: string, names: readonly string[]) => Mention[];
/** With its connections, references to it and its place. */
export type RenameComponent = (text: string, name: string, to: string) => TextChange[];
export type DuplicateComponents = (text: string, names: readonly string[], offset?: Point) => Pasted;
/** What goes to the clipboard: a schema of these components and the connections among them. */
export type Copied = (text: string, names: readonly string[]) => string;
/** `fragment` is what `copied` gave; its boxes are moved so that their corner is at `at`. */
export type PasteFragment = (text: string, fragment: string, at?: Point) => Pasted;
export type Connect = (text: string, connection: NewConnection) => TextChange[];
/** By their place in the list. */
export type Disconnect = (text: string, indexes: readonly number[]) => TextChange[];
/** What is null is removed; what is left out stays. */
export type ChangeConnection = (text: string, index: number, fields: Partial<NewConnection>) => TextChange[];
/** `setAt(text, "components/api/settings/workers", 3)`; what is around it is made where it is missing. */
export type SetAt = (text: string, path: string, value: Value) => TextChange[];
/** Removes an entry, and what would be empty around it. */
export type UnsetAt = (text: string, path: string) => TextChange[];
/** Renames the last word of a path: a variable, a port, a volume. */
export type RenameAt = (text: string, path: string, name: string) => TextChange[];
/** As shortly as it can be said: nothing for one, a number, or min and max. */
export type SetReplicas = (text: string, name: string, replicas: Replicas) => TextChange[];
export type SetPublication = (
  text: string,
  name: string,
  port: string,
  publication: Publication | null,
) => TextChange[];
export type MoveBoxes = (text: string, places: ReadonlyMap<string, Point>) => TextChange[];
export type SetZone = (text: string, names: readonly string[], zone: string | null) => TextChange[];
export type SetGroup = (text: string, names: readonly string[], group: string | null) => TextChange[];
export type AddNote = (text: string, note: { name: string; text: string; at: Point }) => TextChange[];
export type ChangeNote = (text: string, name: string, fields: { text?: string; at?: Point }) => TextChange[];
export type RemoveNotes = (text: string, names: readonly string[]) => TextChange[];
/** A name that is free among components (or notes): `api`, `api-2`, … */
export type FreeName = (taken: Iterable<string>, wanted: string) => string;
