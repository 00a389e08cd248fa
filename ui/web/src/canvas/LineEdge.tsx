import {
  BaseEdge,
  EdgeLabelRenderer,
  type EdgeProps,
  getBezierPath,
  type InternalNode,
  Position,
  useInternalNode,
  useStore,
} from "@xyflow/react";
import { memo } from "react";
import { classes } from "@/look";
import type { Connection } from "@/model";
import { useDocument, useRemarks } from "./context";
import type { LineEdge as LineEdgeType } from "./flow/edges";
import { BOX, ends, type Rectangle, type Side } from "./flow/geometry";
import { useHovered } from "./hovering";
import { useGift } from "./useLegality";

const POSITIONS: Record<Side, Position> = {
  left: Position.Left,
  right: Position.Right,
  top: Position.Top,
  bottom: Position.Bottom,
};
const DASHES: Record<string, string> = { create: "6 4", remove: "2 5" };
const FAR = 0.45;

/** A connection, from the side of the client that faces the server. */
export const LineEdge = memo(function LineEdge({
  id,
  source,
  target,
  data,
  selected,
}: EdgeProps<LineEdgeType>) {
  const client = useInternalNode(source);
  const server = useInternalNode(target);
  const isHovered = useHovered(id);
  const isFar = useStore((state) => state.transform[2] < FAR);
  const { problems } = useRemarks(id);
  if (!client || !server || !data) return null;
  const { from, to } = ends(rectangleOf(client), rectangleOf(server));
  const [path, labelX, labelY] = getBezierPath({
    sourceX: from[0][0],
    sourceY: from[0][1],
    sourcePosition: POSITIONS[from[1]],
    targetX: to[0][0],
    targetY: to[0][1],
    targetPosition: POSITIONS[to[1]],
    curvature: 0.3,
  });
  const isLit = selected || isHovered;
  const colour = colourOf(problems.length > 0, Boolean(selected), data.change, isHovered);
  return (
    <>
      <BaseEdge
        id={id}
        path={path}
        interactionWidth={18}
        markerEnd={`url(#arrow-${colour})`}
        className="line"
        style={{
          stroke: `var(--color-${colour})`,
          strokeWidth: isLit ? 2 : 1.5,
          strokeDasharray: data.change ? DASHES[data.change] : undefined,
        }}
      />
      {!isFar && (
        <EdgeLabelRenderer>
          <div
            className={classes(
              "nodrag nopan pointer-events-none absolute flex max-w-64 flex-col items-center gap-0.5",
              isLit ? "z-10" : "",
            )}
            style={{ transform: `translate(-50%, -50%) translate(${labelX}px, ${labelY}px)` }}
          >
            <Route connection={data.connection} />
            {isLit && data.change !== "remove" && <Gift connection={data.connection} />}
            {isLit && data.change === "remove" && <Word tone="bad">is removed by the next deploy</Word>}
            {isLit && problems[0] && <Word tone="bad">{problems[0].fault}</Word>}
          </div>
        </EdgeLabelRenderer>
      )}
    </>
  );
});

function rectangleOf(node: InternalNode): Rectangle {
  const { x, y } = node.internals.positionAbsolute;
  return { x, y, width: node.measured.width ?? BOX.width, height: node.measured.height ?? BOX.height };
}

/** The colour says state: what is wrong, what is selected, what would change; else that it is pointed at, or nothing. */
function colourOf(isBad: boolean, isSelected: boolean, change: string | null, isHovered: boolean): string {
  if (isBad || change === "remove") return "bad-solid";
  if (isSelected) return "info-solid";
  if (change) return "staged-solid";
  return isHovered ? "ink" : "faint";
}

/** What a line of a proxy is for, always; of several lines to one proxy nobody could tell which is which. */
function Route({ connection }: { connection: Connection }) {
  const { path, host, weight } = connection;
  const told = [host, path && path !== "/" ? path : "", weight !== null ? `weight ${weight}` : ""]
    .filter(Boolean)
    .join(" ");
  if (!told) return null;
  return (
    <span className="max-w-40 truncate rounded-md border bg-raised px-1.5 font-mono text-2xs text-muted shadow-raised">
      {told}
    </span>
  );
}

/** What a line gives its client. */
function Gift({ connection }: { connection: Connection }) {
  const isProxy = useDocument((state) => state.drawing.components.get(connection.from)?.kind);
  const gift = useGift(connection);
  if (!isProxy || !gift || gift.names.length === 0) return null;
  const [first = "", ...others] = gift.names;
  return (
    <Word>
      gives <code className="text-ink">{first}</code>
      {others.length > 0 && ` and ${others.length} more`}
    </Word>
  );
}

function Word({ tone = "plain", children }: { tone?: "plain" | "bad"; children: React.ReactNode }) {
  return (
    <span
      className={classes(
        "rounded-md border px-1.5 py-0.5 text-2xs shadow-raised",
        tone === "bad" ? "border-bad-solid bg-bad-soft text-bad" : "bg-overlay text-muted",
      )}
    >
      {children}
    </span>
  );
}

/** The tips of all lines, in each of their colours. */
export function Arrows() {
  return (
    <svg aria-hidden className="absolute size-0">
      <defs>
        {["faint", "ink", "info-solid", "staged-solid", "bad-solid"].map((colour) => (
          <marker
            key={colour}
            id={`arrow-${colour}`}
            viewBox="0 0 10 10"
            refX="9"
            refY="5"
            markerWidth="7"
            markerHeight="7"
            markerUnits="userSpaceOnUse"
            orient="auto-start-reverse"
          >
            <path d="M0 0.5 L10 5 L0 9.5 Z" style={{ fill: `var(--color-${colour})` }} />
          </marker>
        ))}
      </defs>
    </svg>
  );
}
