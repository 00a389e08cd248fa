/** Notes on the drawing: put there, changed, moved and taken away. */
import { inTurn, type TextChange } from "../changes";
import type { Point } from "../drawing";
import { addAt, setAt } from "../setting";
import { entryOf, treeOf } from "../tree";
import { placed } from "./move";
import { without } from "./remove";

export interface NewNote {
  name: string;
  text: string;
  at: Point;
}

export function addNote(text: string, note: NewNote): TextChange[] {
  return addAt(text, "notes", [[note.name, { text: note.text, at: placed(note.at) }]]);
}

export function changeNote(text: string, name: string, fields: Partial<Omit<NewNote, "name">>): TextChange[] {
  const path = `notes/${name}`;
  const edits = [
    (now: string) => (fields.text === undefined ? [] : setAt(now, `${path}/text`, fields.text)),
    (now: string) => (fields.at === undefined ? [] : setAt(now, `${path}/at`, placed(fields.at))),
  ];
  return entryOf(entryOf(treeOf(text).root, "notes")?.value, name) ? inTurn(text, edits) : [];
}

export function removeNotes(text: string, names: readonly string[]): TextChange[] {
  const gone = new Set(names);
  return without(text, "notes", entryOf(treeOf(text).root, "notes")?.value, (name) => gone.has(name));
}
