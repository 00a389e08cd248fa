/** Where boxes stand that nobody has given a place. */
import type { Connection, Drawing, Point } from "@/model";
import { COLUMN, ROW } from "./geometry";

const MOST_ROUNDS = 12;

/** The place of every box. Those without one stand below the others, clients left of their servers. */
export function placesOf(drawing: Drawing): ReadonlyMap<string, Point> {
  const places = new Map<string, Point>();
  for (const [name, at] of drawing.layout) if (drawing.components.has(name)) places.set(name, at);
  if (places.size === drawing.components.size) return places;
  const top = Math.max(-ROW, ...[...places.values()].map(([, y]) => y)) + ROW;
  const columns = columnsOf([...drawing.components.keys()], drawing.connections);
  const filled = new Map<number, number>();
  for (const name of drawing.components.keys()) {
    if (places.has(name)) continue;
    const column = columns.get(name) ?? 0;
    const row = filled.get(column) ?? 0;
    filled.set(column, row + 1);
    places.set(name, [column * COLUMN, top + row * ROW]);
  }
  return places;
}

/** How many clients stand one behind another before each; a circle is cut where it closes. */
function columnsOf(
  names: readonly string[],
  connections: readonly Connection[],
): ReadonlyMap<string, number> {
  const columns = new Map(names.map((name) => [name, 0]));
  for (let round = 0; round < Math.min(names.length, MOST_ROUNDS); round += 1) {
    let hasMoved = false;
    for (const { from, to } of connections) {
      const client = columns.get(from);
      const server = columns.get(to);
      if (client === undefined || server === undefined || from === to) continue;
      const column = Math.min(Math.max(server, client + 1), names.length - 1);
      hasMoved ||= column !== server;
      columns.set(to, column);
    }
    if (!hasMoved) break;
  }
  return columns;
}
