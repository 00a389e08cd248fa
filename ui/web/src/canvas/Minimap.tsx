import { MiniMap } from "@xyflow/react";

/** The whole drawing, small, with what is in sight. */
export default function Minimap() {
  return (
    <MiniMap
      pannable
      zoomable
      ariaLabel="Overview of the drawing"
      position="bottom-right"
      nodeBorderRadius={10}
      nodeColor={(node) => (node.type === "frame" ? "transparent" : "var(--color-line-strong)")}
      nodeStrokeColor={(node) => (node.type === "frame" ? "var(--color-line-strong)" : "transparent")}
      maskColor="color-mix(in srgb, var(--color-ground) 70%, transparent)"
      bgColor="var(--color-raised)"
      style={{ width: 168, height: 112 }}
      className="overflow-hidden rounded-lg border shadow-raised"
    />
  );
}
