import type { Schemas } from "@/api";
import { classes } from "@/look";
import { kindIcon } from "@/look/KindIcon";

type Outline = Schemas["OutlineOut"];

const WIDTH = 200;
const HEIGHT = 64;
const MARGIN = 24;
/** A drawing of one box is not shown larger than one of three. */
const LEAST_WIDTH = 760;
const LEAST_HEIGHT = 240;
const LONGEST_NAME = 12;

interface PictureProps {
  of: Outline;
  /** Read aloud in its stead. */
  label: string;
  className?: string;
}

/** A drawing, small: its boxes where they stand, and its lines. */
export function Picture({ of, label, className }: PictureProps) {
  const places = new Map(of.boxes.map((box) => [box.name, box]));
  const [left, width] = span(
    of.boxes.map((box) => box.x),
    WIDTH,
    LEAST_WIDTH,
  );
  const [top, height] = span(
    of.boxes.map((box) => box.y),
    HEIGHT,
    LEAST_HEIGHT,
  );
  return (
    <svg
      viewBox={`${left} ${top} ${width} ${height}`}
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
            transform="translate(18 17) scale(1.25)"
            className="text-muted"
            // biome-ignore lint/security/noDangerouslySetInnerHtml: pictures of this repository
            dangerouslySetInnerHTML={{ __html: kindIcon(box.kind) }}
          />
          <text x={62} y={40} className="fill-ink font-medium" fontSize={23}>
            {box.name.length > LONGEST_NAME ? `${box.name.slice(0, LONGEST_NAME - 1)}…` : box.name}
          </text>
        </g>
      ))}
    </svg>
  );
}

/** From where to where the view goes, in one direction, with what is shown in its middle. */
function span(starts: readonly number[], size: number, least: number): [start: number, length: number] {
  if (!starts.length) return [0, least];
  const [first, last] = [Math.min(...starts), Math.max(...starts)];
  const length = Math.max(last - first + size + 2 * MARGIN, least);
  return [(first + last + size - length) / 2, length];
}

type Place = { x: number; y: number };

/** A line between the sides of two boxes that look at each other. */
export function curve(from: Place, to: Place): string {
  const [x, y] = [to.x - from.x, to.y - from.y];
  if (Math.abs(x) < WIDTH) {
    const down = Math.sign(y) || 1;
    const start = { x: from.x + WIDTH / 2, y: from.y + (down > 0 ? HEIGHT : 0) };
    const end = { x: to.x + WIDTH / 2, y: to.y + (down > 0 ? 0 : HEIGHT) };
    const reach = (down * Math.abs(end.y - start.y)) / 2;
    return `M${start.x} ${start.y}C${start.x} ${start.y + reach} ${end.x} ${end.y - reach} ${end.x} ${end.y}`;
  }
  const right = Math.sign(x);
  const start = { x: from.x + (right > 0 ? WIDTH : 0), y: from.y + HEIGHT / 2 };
  const end = { x: to.x + (right > 0 ? 0 : WIDTH), y: to.y + HEIGHT / 2 };
  const reach = (right * Math.abs(end.x - start.x)) / 2;
  return `M${start.x} ${start.y}C${start.x + reach} ${start.y} ${end.x - reach} ${end.y} ${end.x} ${end.y}`;
}
