/** What a person does to the drawing, as edits of the document. Shared by the mouse, the keyboard and the palette. */
import type { Kind } from "@/api";
import { toastFault } from "@/look";
import {
  addComponent,
  addNote,
  connect,
  copied,
  disconnect,
  duplicateComponents,
  type Edit,
  freeName,
  inTurn,
  mentionsOf,
  moveBoxes,
  type Pasted,
  type Point,
  pasted,
  removeComponents,
  removeNotes,
  type Value,
} from "@/model";
import type { SchemaDocument } from "./document/document";
import { lineIds } from "./flow/edges";
import { COLUMN, freePlace, GRID, NOTE } from "./flow/geometry";
import { boxId, meaningOf, noteId } from "./flow/nodes";
import { placesOf } from "./flow/places";
import { legalityIn } from "./useLegality";

type Kinds = ReadonlyMap<string, Kind>;

/** What people call a component of such a category, or of such a kind. */
const USUAL_NAMES: Readonly<Record<string, string>> = {
  proxy: "front",
  database: "db",
  cache: "cache",
  messaging: "queue",
  storage: "files",
  mail: "mail",
  python: "api",
  node: "web",
  static: "pages",
  container: "app",
};
const FIRST_PORT = 8080;

interface Beginning {
  /** Where its corner stands; near the others unless given. */
  at?: Point;
  /** The component that a line is drawn from, to the new one. */
  from?: string | null;
}

/** Add a component of a kind, and a line to it: its name. */
export function addKind(
  document: SchemaDocument,
  kinds: Kinds,
  kindName: string,
  { at, from }: Beginning,
): string {
  const { drawing } = document.store.getState();
  const kind = kinds.get(kindName);
  const wanted = USUAL_NAMES[kindName] ?? USUAL_NAMES[kind?.category ?? ""] ?? kindName;
  const name = freeName(drawing.components.keys(), wanted);
  const places = placesOf(drawing);
  const start = from ? places.get(from) : undefined;
  const wished: Point = at ?? (start ? [start[0] + COLUMN, start[1]] : [0, 0]);
  const place = freePlace(wished, [...places.values()]);
  document.edit(`Add ${name}`, (text) =>
    inTurn(text, [
      (now) =>
        addComponent(now, { name, kind: kindName, fields: firstFields(name, kind, document), at: place }),
      ...(from ? [lineTo(document, kinds, from, name, kindName)] : []),
    ]),
  );
  document.select([boxId(name)]);
  return name;
}

/** What a new component cannot do without, so that a drawing of a few boxes runs: where its code lies, a way in. */
function firstFields(name: string, kind: Kind | undefined, document: SchemaDocument): Record<string, Value> {
  if (!kind) return {};
  if (kind.needs_source && kind.image !== null) return { source: { directory: name } };
  const port = Object.keys(kind.ports)[0];
  const { components } = document.store.getState().drawing;
  const isFirstWayIn = ![...components.values()].some((each) => Object.keys(each.publish).length > 0);
  if (kind.routes && port && isFirstWayIn) return { publish: { [port]: FIRST_PORT } };
  return {};
}

/** The line to a component that has just been added: the text says of which kind it is, the drawing not yet. */
function lineTo(document: SchemaDocument, kinds: Kinds, from: string, to: string, kindName: string): Edit {
  const { drawing } = document.store.getState();
  const client = kinds.get(drawing.components.get(from)?.kind ?? "");
  const fitting = Object.entries(kinds.get(kindName)?.ports ?? {}).filter(
    ([, port]) => !client?.accepts || client.accepts.includes(port.protocol),
  );
  const port = fitting.length > 1 ? (fitting[0]?.[0] ?? null) : null;
  return (text) => connect(text, { from, to, port });
}

/** The kinds that a line from `from` may lead to; all of them where nothing is drawn from. */
export function fittingKinds(document: SchemaDocument, kinds: Kinds, from: string | null): Kind[] {
  const all = [...kinds.values()];
  if (!from) return all;
  const client = kinds.get(document.store.getState().drawing.components.get(from)?.kind ?? "");
  return all.filter((kind) =>
    Object.values(kind.ports).some((port) => !client?.accepts || client.accepts.includes(port.protocol)),
  );
}

export function drawLine(document: SchemaDocument, kinds: Kinds, from: string, to: string): void {
  const legality = legalityIn(document.store.getState().drawing, kinds, from, to);
  if (!legality.isLegal) {
    toastFault(legality.why);
    return;
  }
  document.edit(`Connect ${from} to ${to}`, (text) => connect(text, { from, to, port: legality.port }));
}

export interface Chosen {
  boxes: string[];
  notes: string[];
  /** Of connections, their places in the list. */
  lines: number[];
}

/** What is selected, by what it is. */
export function chosen(document: SchemaDocument): Chosen {
  const { selected, drawing } = document.store.getState();
  const ids = lineIds(drawing.connections);
  const found: Chosen = { boxes: [], notes: [], lines: [] };
  for (const id of selected) {
    const { sort, name } = meaningOf(id);
    if (sort === "box" && drawing.components.has(name)) found.boxes.push(name);
    if (sort === "note" && drawing.notes.has(name)) found.notes.push(name);
    if (sort === "line" && ids.includes(id)) found.lines.push(ids.indexOf(id));
  }
  return found;
}

/** Remove what is selected, from the drawing alone: what runs goes with the next deploy. */
export function removeChosen(document: SchemaDocument): void {
  const { boxes, notes, lines } = chosen(document);
  const mentions = mentionsOf(document.store.getState().text, boxes);
  document.edit(labelled("Remove", boxes, notes, lines), (text) =>
    inTurn(text, [
      // lines first: their places in the list are those of now
      (now) => disconnect(now, lines),
      (now) => removeComponents(now, boxes),
      (now) => removeNotes(now, notes),
    ]),
  );
  if (mentions.length > 0) {
    const [first] = mentions;
    toastFault(
      `${first?.reference} in ${first?.component} refers to what is removed${mentions.length > 1 ? `, and ${mentions.length - 1} more do` : ""}. Undo brings it back.`,
    );
  }
}

function labelled(verb: string, boxes: string[], notes: string[], lines: number[]): string {
  if (boxes.length === 1 && notes.length + lines.length === 0) return `${verb} ${boxes[0]}`;
  if (lines.length === 1 && boxes.length + notes.length === 0) return `${verb} a line`;
  return `${verb} ${boxes.length + notes.length + lines.length} things`;
}

export function duplicateChosen(document: SchemaDocument): void {
  const { boxes } = chosen(document);
  if (boxes.length === 0) return;
  arrive(document, "Duplicate", (text) => duplicateComponents(text, boxes, [GRID * 2, GRID * 2]));
}

/** What the clipboard is given: a schema of what is selected; empty where no box is. */
export function copyChosen(document: SchemaDocument): string {
  const { boxes } = chosen(document);
  return boxes.length > 0 ? copied(document.store.getState().text, boxes) : "";
}

export function paste(document: SchemaDocument, fragment: string, at: Point): void {
  const places = placesOf(document.store.getState().drawing);
  arrive(document, "Paste", (text) => pasted(text, fragment, freePlace(at, [...places.values()])));
}

function arrive(document: SchemaDocument, label: string, act: (text: string) => Pasted): void {
  let names: readonly string[] = [];
  document.edit(label, (text) => {
    const arrived = act(text);
    names = [...arrived.names.values()];
    return arrived.changes;
  });
  document.select(names.map(boxId));
}

/** Move what is selected by so much. */
export function moveChosen(document: SchemaDocument, across: number, down: number): void {
  const { drawing } = document.store.getState();
  const { boxes, notes } = chosen(document);
  const places = placesOf(drawing);
  const moved = new Map<string, Point>();
  for (const name of boxes) {
    const [x, y] = places.get(name) ?? [0, 0];
    moved.set(name, [x + across, y + down]);
  }
  if (boxes.length + notes.length === 0) return;
  document.edit("Move", (text) => moveBoxes(text, moved), "move");
}

/** Over once it is laid out: what finds the places is loaded for it. */
export async function layOut(document: SchemaDocument): Promise<void> {
  const { laidOut } = await import("./flow/layout");
  document.edit("Lay out", (text) => moveBoxes(text, laidOut(document.store.getState().drawing)));
}

export function addNoteAt(document: SchemaDocument, at: Point): void {
  const { notes } = document.store.getState().drawing;
  const name = freeName(notes.keys(), "note");
  const place: Point = [Math.round(at[0] - NOTE.width / 2), Math.round(at[1] - NOTE.height / 2)];
  document.edit("Add a note", (text) => addNote(text, { name, text: "", at: place }));
  document.select([noteId(name)]);
}
