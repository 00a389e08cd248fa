/** Where things stand: sizes of boxes, frames around them, and lines that snap. Pure. */
import type { Point } from "@/model";

export const BOX = { width: 220, height: 76 } as const;
export const NOTE = { width: 220, height: 110 } as const;
/** What boxes snap to. */
export const GRID = 20;
/** The steps of a drawing that nobody has laid out; the server's small pictures use the same. */
export const COLUMN = 280;
export const ROW = 160;

export interface Rectangle {
  x: number;
  y: number;
  width: number;
  height: number;
}

export function boxAt([x, y]: Point): Rectangle {
  return { x, y, ...BOX };
}

export function onGrid([x, y]: Point, grid: number = GRID): Point {
  return [Math.round(x / grid) * grid, Math.round(y / grid) * grid];
}

export function around(rectangles: readonly Rectangle[], margin = 0): Rectangle | null {
  if (rectangles.length === 0) return null;
  const left = Math.min(...rectangles.map((each) => each.x)) - margin;
  const top = Math.min(...rectangles.map((each) => each.y)) - margin;
  const right = Math.max(...rectangles.map((each) => each.x + each.width)) + margin;
  const bottom = Math.max(...rectangles.map((each) => each.y + each.height)) + margin;
  return { x: left, y: top, width: right - left, height: bottom - top };
}

export function overlap(one: Rectangle, other: Rectangle, margin = 0): boolean {
  return (
    one.x < other.x + other.width + margin &&
    other.x < one.x + one.width + margin &&
    one.y < other.y + other.height + margin &&
    other.y < one.y + one.height + margin
  );
}

/** The nearest place to `wanted`, on the grid, where a box covers no other. */
export function freePlace(wanted: Point, taken: readonly Point[]): Point {
  const others = taken.map(boxAt);
  const fits = (at: Point) => !others.some((each) => overlap(boxAt(at), each, GRID));
  const [x, y] = onGrid(wanted);
  for (let ring = 0; ring < 60; ring += 1) {
    // down first, then to the sides: a column of boxes reads better than a scatter
    for (const [across, down] of [
      [0, ring],
      [ring, 0],
      [0, -ring],
      [-ring, 0],
      [ring, ring],
      [-ring, ring],
    ] as const) {
      const at: Point = [x + across * GRID * 2, y + down * GRID * 2];
      if (fits(at)) return at;
    }
  }
  return [x, y];
}

/** A line that shows that edges or middles of boxes stand on it. */
export interface Guide {
  axis: "x" | "y";
  at: number;
  from: number;
  to: number;
}

export interface Aligned {
  /** How far what is dragged has to move so that it stands in line. */
  shift: Point;
  guides: readonly Guide[];
}

/** Lines up `moving` with the nearest of `others`, within `reach`, for each axis by itself. */
export function aligned(moving: Rectangle, others: readonly Rectangle[], reach: number): Aligned {
  const across = nearest(moving, others, "x", reach);
  const down = nearest(moving, others, "y", reach);
  const moved = { ...moving, x: moving.x + (across?.shift ?? 0), y: moving.y + (down?.shift ?? 0) };
  const guides = [
    ...(across ? [guide("x", across.at, moved, across.other)] : []),
    ...(down ? [guide("y", down.at, moved, down.other)] : []),
  ];
  return { shift: [across?.shift ?? 0, down?.shift ?? 0], guides };
}

function stops(rectangle: Rectangle, axis: "x" | "y"): readonly number[] {
  const start = rectangle[axis];
  const length = axis === "x" ? rectangle.width : rectangle.height;
  return [start, start + length / 2, start + length];
}

function nearest(moving: Rectangle, others: readonly Rectangle[], axis: "x" | "y", reach: number) {
  let best: { shift: number; at: number; other: Rectangle } | null = null;
  for (const other of others) {
    for (const at of stops(other, axis)) {
      for (const stop of stops(moving, axis)) {
        const shift = at - stop;
        if (Math.abs(shift) <= reach && (!best || Math.abs(shift) < Math.abs(best.shift)))
          best = { shift, at, other };
      }
    }
  }
  return best;
}

function guide(axis: "x" | "y", at: number, one: Rectangle, other: Rectangle): Guide {
  const both = around([one, other], 12) ?? one;
  return axis === "x"
    ? { axis, at, from: both.y, to: both.y + both.height }
    : { axis, at, from: both.x, to: both.x + both.width };
}

export type Side = "left" | "right" | "top" | "bottom";

/** Where a line leaves one box and where it enters the other: on the sides that face each other. */
export function ends(from: Rectangle, to: Rectangle): { from: [Point, Side]; to: [Point, Side] } {
  const gapX = Math.max(to.x - (from.x + from.width), from.x - (to.x + to.width));
  const gapY = Math.max(to.y - (from.y + from.height), from.y - (to.y + to.height));
  const isAcross = gapX >= gapY || gapX > GRID;
  const isForward = isAcross ? to.x >= from.x : to.y >= from.y;
  const [out, into]: [Side, Side] = isAcross
    ? isForward
      ? ["right", "left"]
      : ["left", "right"]
    : isForward
      ? ["bottom", "top"]
      : ["top", "bottom"];
  return { from: [middleOf(from, out), out], to: [middleOf(to, into), into] };
}

function middleOf({ x, y, width, height }: Rectangle, side: Side): Point {
  if (side === "left") return [x, y + height / 2];
  if (side === "right") return [x + width, y + height / 2];
  if (side === "top") return [x + width / 2, y];
  return [x + width / 2, y + height];
}

/** The next box from `from` in a direction: what is nearest, and more so what stands in line. */
export function neighbour<T>(
  from: Rectangle,
  others: readonly (readonly [T, Rectangle])[],
  direction: Side,
): T | null {
  let best: T | null = null;
  let least = Number.POSITIVE_INFINITY;
  const [startX, startY] = [from.x + from.width / 2, from.y + from.height / 2];
  for (const [name, rectangle] of others) {
    const x = rectangle.x + rectangle.width / 2 - startX;
    const y = rectangle.y + rectangle.height / 2 - startY;
    const [ahead, aside] =
      direction === "right"
        ? [x, y]
        : direction === "left"
          ? [-x, y]
          : direction === "bottom"
            ? [y, x]
            : [-y, x];
    if (ahead <= 0) continue;
    const distance = ahead + 2 * Math.abs(aside);
    if (distance < least) {
      least = distance;
      best = name;
    }
  }
  return best;
}
