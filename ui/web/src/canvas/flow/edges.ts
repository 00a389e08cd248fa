/** The edges of React Flow, derived from a drawing. What stayed the same is the very same object. */
import type { Edge } from "@xyflow/react";
import type { Connection, Drawing } from "@/model";
import { boxId } from "./nodes";

export type Change = "create" | "change" | "remove";
export type LineEdge = Edge<{ connection: Connection; change: Change | null }, "line">;

export interface EdgesInput {
  drawing: Drawing;
  /** What the last release drew; null where nothing was deployed. */
  released: Drawing | null;
  /** Whether differences to the last release are shown. */
  showsChanges: boolean;
  selected: ReadonlySet<string>;
}

/** What a connection is called: its ends, and its number where several are alike. */
export function lineIds(connections: readonly Connection[]): string[] {
  const counts = new Map<string, number>();
  return connections.map((each) => {
    const ends = endsOf(each);
    const count = (counts.get(ends) ?? 0) + 1;
    counts.set(ends, count);
    return count === 1 ? `line:${ends}` : `line:${ends}#${count}`;
  });
}

function endsOf({ from, to, port }: Connection): string {
  return `${from}>${to}${port ? `.${port}` : ""}`;
}

export function edgesOf(input: EdgesInput, before: readonly LineEdge[] = []): LineEdge[] {
  const { drawing, selected } = input;
  const known = new Map(before.map((each) => [each.id, each]));
  const ids = lineIds(drawing.connections);
  const changes = input.showsChanges ? changesOf(drawing, input.released) : null;
  const edges = drawing.connections.flatMap((connection, index): LineEdge[] => {
    const id = ids[index] ?? "";
    if (!drawing.components.has(connection.from) || !drawing.components.has(connection.to)) return [];
    const change = changes?.get(id) ?? null;
    return [edgeOf(id, connection, change, selected.has(id))];
  });
  return [...edges, ...(changes ? goneEdges(drawing, input.released) : [])].map((edge) => {
    const same = known.get(edge.id);
    return same && isSame(same, edge) ? same : edge;
  });
}

function edgeOf(id: string, connection: Connection, change: Change | null, selected: boolean): LineEdge {
  return {
    id,
    type: "line",
    source: boxId(connection.from),
    target: boxId(connection.to),
    data: { connection, change },
    selected,
    ariaLabel: `Connection from ${connection.from} to ${connection.to}`,
    zIndex: selected ? 1 : 0,
  };
}

function changesOf(drawing: Drawing, released: Drawing | null): ReadonlyMap<string, Change> {
  const before = new Map(
    released ? lineIds(released.connections).map((id, index) => [id, released.connections[index]]) : [],
  );
  const changes = new Map<string, Change>();
  lineIds(drawing.connections).forEach((id, index) => {
    const was = before.get(id);
    if (!was) changes.set(id, "create");
    else if (!saysSame(was, drawing.connections[index])) changes.set(id, "change");
  });
  return changes;
}

/** Lines of the last release that are no longer drawn, between boxes that still are. */
function goneEdges(drawing: Drawing, released: Drawing | null): LineEdge[] {
  if (!released) return [];
  const now = new Set(lineIds(drawing.connections));
  const ids = lineIds(released.connections);
  return released.connections.flatMap((connection, index): LineEdge[] => {
    const id = ids[index] ?? "";
    const isBetweenBoxes = drawing.components.has(connection.from) && drawing.components.has(connection.to);
    if (now.has(id) || !isBetweenBoxes) return [];
    return [
      {
        ...edgeOf(`gone:${id}`, connection, "remove", false),
        selectable: false,
        deletable: false,
        focusable: false,
      },
    ];
  });
}

function saysSame(one: Connection, other: Connection | undefined): boolean {
  if (!other) return false;
  const { index: _, ...said } = one;
  const { index: __, ...now } = other;
  return JSON.stringify(said) === JSON.stringify(now);
}

function isSame(one: LineEdge, other: LineEdge): boolean {
  return (
    one.source === other.source &&
    one.target === other.target &&
    one.selected === other.selected &&
    one.data?.connection === other.data?.connection &&
    one.data?.change === other.data?.change
  );
}
