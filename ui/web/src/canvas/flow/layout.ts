/** A layout for all boxes of a drawing. Loaded when somebody asks for it. */
import { Graph, layout } from "@dagrejs/dagre";
import type { Drawing, Point } from "@/model";
import { BOX, onGrid } from "./geometry";

/** A layout of all boxes, from clients at the left to servers at the right, with few lines that cross. */
export function laidOut(drawing: Drawing): ReadonlyMap<string, Point> {
  const graph = new Graph({ multigraph: true });
  graph.setGraph({ rankdir: "LR", nodesep: 44, ranksep: 88, marginx: 0, marginy: 0 });
  for (const name of drawing.components.keys()) graph.setNode(name, { ...BOX });
  for (const { from, to, index } of drawing.connections) {
    if (drawing.components.has(from) && drawing.components.has(to) && from !== to)
      graph.setEdge(from, to, {}, String(index));
  }
  layout(graph);
  return new Map(
    [...drawing.components.keys()].map((name) => {
      const { x = 0, y = 0 } = graph.node(name);
      return [name, onGrid([x - BOX.width / 2, y - BOX.height / 2])];
    }),
  );
}
