import type { Schemas } from "@/api";
import { classes } from "@/look";
import { kindIcon } from "@/look/KindIcon";

type Outline = Schemas["OutlineOut"];

const WIDTH = 200;
const HEIGHT = 64;
const MARGIN = 24;
const LONGEST_NAME = 16;

interface PictureProps {
  of: Outline;
  /** Read aloud in its stead. */
  label: string;
  className?: string;
}

/** A drawing, small: its boxes where they stand, and its lines. */
export function Picture({ of, label, className }: PictureProps) {
  const places = new Map(of.boxes.map((box) => [box.name, box]));
  const right = Math.max(...of.boxes.map((box) => box.x), 0) + WIDTH;
  const bottom = Math.max(...of.boxes.map((box) => box.y), 0) + HEIGHT;
  const left = Math.min(...of.boxes.map((box) => box.x), right);
  const top = Math.min(...of.boxes.map((box) => box.y), bottom);
  const view = [left - MARGIN, top - MARGIN, right - left + 2 * MARGIN, bottom - top + 2 * MARGIN];
  return (
    <svg
      viewBox={view.join(" ")}
      preserveAspectRatio="xMidYMid meet"
      role="img"
      aria-label={label}
      className={classes("size-full", className)}
    >
      {of.lines.map((line) => {
        const [from, to] = [places.get(line.client), places.get(line.server)];
        return from && to ? (
          <path
            key={`${line.client} ${line.server}`}
            d={curve(from, to)}
            fill="none"
            className="stroke-line-strong"
            strokeWidth={2.5}
          />
        ) : null;
      })}
      {of.boxes.map((box) => (
        <g key={box.name} transform={`translate(${box.x} ${box.y})`}>
          <rect
            width={WIDTH}
            height={HEIGHT}
            rx={12}
            className="fill-raised stroke-line-strong"
            strokeWidth={2}
          />
          <g
            transform="translate(18 20)"
            className="text-muted"
            // biome-ignore lint/security/noDangerouslySetInnerHtml: pictures of this repository
            dangerouslySetInnerHTML={{ __html: kindIcon(box.kind) }}
          />
          <text x={54} y={39} className="fill-ink font-medium" fontSize={18}>
            {box.name.length > LONGEST_NAME ? `${box.name.slice(0, LONGEST_NAME - 1)}…` : box.name}
          </text>
        </g>
      ))}
    </svg>
  );
}

type Place = { x: number; y: number };

/** A line from the right side of one box to the left side of another, or round where that one stands before it. */
export function curve(from: Place, to: Place): string {
  const start = { x: from.x + WIDTH, y: from.y + HEIGHT / 2 };
  const end = { x: to.x, y: to.y + HEIGHT / 2 };
  const reach = Math.max(40, Math.abs(end.x - start.x) / 2);
  return `M${start.x} ${start.y}C${start.x + reach} ${start.y} ${end.x - reach} ${end.y} ${end.x} ${end.y}`;
}
