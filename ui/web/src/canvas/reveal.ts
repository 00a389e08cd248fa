import type { ReactFlowInstance } from "@xyflow/react";
import type { Point } from "@/model";
import { BOX } from "./flow/geometry";

type Flow = Pick<ReactFlowInstance, "flowToScreenPosition" | "getZoom" | "setCenter">;

/** Moves the view so far that the box at `at` is wholly in sight; not at all where it is. */
export function reveal(flow: Flow, [x, y]: Point): void {
  const pane = document.querySelector(".react-flow")?.getBoundingClientRect();
  if (!pane) return;
  const start = flow.flowToScreenPosition({ x, y });
  const end = flow.flowToScreenPosition({ x: x + BOX.width, y: y + BOX.height });
  const isInSight =
    start.x >= pane.left && start.y >= pane.top && end.x <= pane.right && end.y <= pane.bottom;
  if (isInSight) return;
  const middle = [x + BOX.width / 2, y + BOX.height / 2] as const;
  void flow.setCenter(...middle, { zoom: flow.getZoom(), duration: 200 });
}
