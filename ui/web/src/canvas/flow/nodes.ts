/** The nodes of React Flow, derived from a drawing. What stayed the same is the very same object. */
import type { Node } from "@xyflow/react";
import type { Component, Drawing, Point } from "@/model";
import { around, BOX, boxAt, NOTE } from "./geometry";

export type BoxNode = Node<{ name: string }, "box">;
/** A component that runs and is no longer drawn. */
export type GhostNode = Node<{ name: string; kind: string }, "ghost">;
export type NoteNode = Node<{ name: string; text: string }, "note">;
/** A frame around the boxes of a zone or of a group. */
export type FrameNode = Node<{ label: string; sort: "zone" | "group"; members: readonly string[] }, "frame">;
export type CanvasNode = BoxNode | GhostNode | NoteNode | FrameNode;

export interface NodesInput {
  drawing: Drawing;
  places: ReadonlyMap<string, Point>;
  /** Where what is dragged stands meanwhile, by the id of its node. */
  dragged: ReadonlyMap<string, Point>;
  selected: ReadonlySet<string>;
  /** What a deploy would remove. */
  ghosts: readonly { name: string; kind: string; at: Point }[];
  mayDraw: boolean;
}

export const boxId = (name: string) => `box:${name}`;
export const noteId = (name: string) => `note:${name}`;
export const frameId = (sort: string, label: string) => `${sort}:${label}`;

/** What an id of a node means. */
export function meaningOf(id: string): { sort: string; name: string } {
  const colon = id.indexOf(":");
  return { sort: id.slice(0, colon), name: id.slice(colon + 1) };
}

export function nodesOf(input: NodesInput, before: readonly CanvasNode[] = []): CanvasNode[] {
  const known = new Map(before.map((each) => [each.id, each]));
  return [...frames(input), ...boxes(input), ...ghosts(input), ...notes(input)].map((node) => {
    const same = known.get(node.id);
    return same && isSame(same, node) ? same : node;
  });
}

function boxes({ drawing, places, dragged, selected, mayDraw }: NodesInput): BoxNode[] {
  return [...drawing.components.keys()].map((name) => {
    const id = boxId(name);
    const [x, y] = dragged.get(id) ?? places.get(name) ?? [0, 0];
    return {
      id,
      type: "box",
      position: { x, y },
      data: { name },
      ...BOX,
      selected: selected.has(id),
      draggable: mayDraw,
      connectable: mayDraw,
      ariaLabel: labelOf(name, drawing.components.get(name)),
      zIndex: selected.has(id) ? 3 : 2,
    };
  });
}

function labelOf(name: string, component: Component | undefined): string {
  return `Component ${name}, ${component?.kind || "of no kind"}`;
}

function ghosts(input: NodesInput): GhostNode[] {
  return input.ghosts.map(({ name, kind, at: [x, y] }) => ({
    id: `ghost:${name}`,
    type: "ghost",
    position: { x, y },
    data: { name, kind },
    ...BOX,
    draggable: false,
    connectable: false,
    selectable: false,
    deletable: false,
    focusable: false,
    zIndex: 1,
  }));
}

function notes({ drawing, dragged, selected, mayDraw }: NodesInput): NoteNode[] {
  return [...drawing.notes.values()].map(({ name, text, at }) => {
    const id = noteId(name);
    const [x, y] = dragged.get(id) ?? at;
    return {
      id,
      type: "note",
      position: { x, y },
      data: { name, text },
      ...NOTE,
      selected: selected.has(id),
      draggable: mayDraw,
      connectable: false,
      ariaLabel: `Note: ${text.slice(0, 60)}`,
      zIndex: selected.has(id) ? 3 : 2,
    };
  });
}

const MARGIN = { zone: 44, group: 24 } as const;

function frames(input: NodesInput): FrameNode[] {
  const { drawing } = input;
  const sorts = [
    ["zone", (each: Component) => each.place.zone],
    ["group", (each: Component) => each.group],
  ] as const;
  return sorts.flatMap(([sort, labelIn]) => {
    const members = new Map<string, string[]>();
    for (const each of drawing.components.values()) {
      const label = labelIn(each);
      if (label) members.set(label, [...(members.get(label) ?? []), each.name]);
    }
    return [...members].map(([label, names]) => frame(input, sort, label, names));
  });
}

function frame(
  { places, dragged, mayDraw }: NodesInput,
  sort: "zone" | "group",
  label: string,
  members: readonly string[],
): FrameNode {
  const inside = members.map((name) => boxAt(dragged.get(boxId(name)) ?? places.get(name) ?? [0, 0]));
  const { x, y, width, height } = around(inside, MARGIN[sort]) ?? { x: 0, y: 0, ...BOX };
  return {
    id: frameId(sort, label),
    type: "frame",
    position: { x, y },
    data: { label, sort, members },
    width,
    height,
    draggable: mayDraw,
    dragHandle: ".frame-handle",
    connectable: false,
    selectable: false,
    deletable: false,
    focusable: false,
    zIndex: sort === "zone" ? -2 : -1,
  };
}

function isSame(one: CanvasNode, other: CanvasNode): boolean {
  return (
    one.position.x === other.position.x &&
    one.position.y === other.position.y &&
    one.width === other.width &&
    one.height === other.height &&
    one.selected === other.selected &&
    one.draggable === other.draggable &&
    one.ariaLabel === other.ariaLabel &&
    JSON.stringify(one.data) === JSON.stringify(other.data)
  );
}

/** What runs, as the last release drew it, and is no longer drawn. */
export function ghostsOf(
  drawing: Drawing,
  released: Drawing | null,
  removed: readonly string[],
): { name: string; kind: string; at: Point }[] {
  return removed
    .filter((name) => !drawing.components.has(name))
    .map((name) => ({
      name,
      kind: released?.components.get(name)?.kind ?? "",
      at: released?.layout.get(name) ?? ([0, 0] as const),
    }));
}
