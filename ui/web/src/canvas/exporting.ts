/** The drawing as a picture that stands by itself: SVG, and PNG made of it. */
import type { Kind } from "@/api";
import { kindIcon, toast, toastFault } from "@/look";
import type { Drawing } from "@/model";
import { around, boxAt, ends, NOTE, type Rectangle } from "./flow/geometry";
import { placesOf } from "./flow/places";

const MARGIN = 40;
const SCALE = 2;
const FONT = "Inter, ui-sans-serif, system-ui, sans-serif";
const INK = "#15181e";
const MUTED = "#555d6b";
const LINE = "#8a93a3";

/** By kind, how a box is titled. */
type Titles = ReadonlyMap<string, Pick<Kind, "title" | "icon">>;

/** Hands the person a picture of the drawing. */
export async function exportPicture(
  drawing: Drawing,
  kinds: ReadonlyMap<string, Kind>,
  project: string,
  form: "svg" | "png",
): Promise<void> {
  const svg = pictureOf(drawing, kinds);
  try {
    const blob = form === "svg" ? new Blob([svg], { type: "image/svg+xml" }) : await rasterised(svg);
    const link = window.document.createElement("a");
    link.href = URL.createObjectURL(blob);
    link.download = `${project}.${form}`;
    link.click();
    setTimeout(() => URL.revokeObjectURL(link.href), 10_000);
    toast(`${link.download} is among your downloads.`);
  } catch {
    toastFault("The picture could not be made: try SVG instead.");
  }
}

/** The picture as SVG, in the colours of paper. */
export function pictureOf(drawing: Drawing, known: Titles): string {
  const places = placesOf(drawing);
  const boxes = [...places].map(([name, at]) => [name, boxAt(at)] as const);
  const notes = [...drawing.notes.values()].map((note) => ({
    text: note.text,
    at: { x: note.at[0], y: note.at[1], ...NOTE },
  }));
  const all = [...boxes.map(([, at]) => at), ...notes.map((each) => each.at)];
  const { x, y, width, height } = around(all, MARGIN) ?? { x: 0, y: 0, width: 200, height: 100 };
  const rectangles = new Map(boxes);
  const parts = [
    ...frames(drawing, rectangles),
    ...drawing.connections.flatMap(({ from, to }) => {
      const client = rectangles.get(from);
      const server = rectangles.get(to);
      return client && server && from !== to ? [line(client, server)] : [];
    }),
    ...boxes.map(([name, at]) => box(name, drawing.components.get(name)?.kind ?? "", at, known)),
    ...notes.map(({ text, at }) => note(text, at)),
  ];
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="${x} ${y} ${width} ${height}" width="${width}" height="${height}" font-family="${FONT}">
<title>${escaped(drawing.name)}</title>
<defs><marker id="tip" viewBox="0 0 10 10" refX="9" refY="5" markerWidth="8" markerHeight="8" orient="auto" markerUnits="userSpaceOnUse"><path d="M0 .5 10 5 0 9.5Z" fill="${LINE}"/></marker></defs>
<rect x="${x}" y="${y}" width="${width}" height="${height}" fill="#ffffff"/>
${parts.join("\n")}
</svg>
`;
}

function frames(drawing: Drawing, rectangles: ReadonlyMap<string, Rectangle>): string[] {
  const members = new Map<string, Rectangle[]>();
  for (const each of drawing.components.values()) {
    const at = rectangles.get(each.name);
    for (const label of [each.group, each.place.zone]) {
      if (label && at) members.set(label, [...(members.get(label) ?? []), at]);
    }
  }
  return [...members].map(([label, inside]) => {
    const { x, y, width, height } = around(inside, 26) ?? { x: 0, y: 0, width: 0, height: 0 };
    return `<g><rect x="${x}" y="${y}" width="${width}" height="${height}" rx="16" fill="#f4f5f7" stroke="#c3c8d0" stroke-dasharray="5 4"/><text x="${x + 14}" y="${y + 17}" font-size="11" fill="${MUTED}">${escaped(label)}</text></g>`;
  });
}

function box(name: string, kind: string, { x, y, width, height }: Rectangle, known: Titles): string {
  const { title, icon } = known.get(kind) ?? { title: kind, icon: "container" };
  return `<g><rect x="${x}" y="${y}" width="${width}" height="${height}" rx="12" fill="#ffffff" stroke="#c3c8d0"/>${placed(icon, x + 16, y + (height - 24) / 2, 24)}<text x="${x + 54}" y="${y + height / 2 - 3}" font-size="14" font-weight="600" fill="${INK}">${escaped(cut(name, 20))}</text><text x="${x + 54}" y="${y + height / 2 + 15}" font-size="12" fill="${MUTED}">${escaped(cut(title, 24))}</text></g>`;
}

/** An icon of ours at a place: an SVG within the SVG. */
function placed(icon: string, x: number, y: number, size: number): string {
  return kindIcon(icon)
    .replace(/<\?xml[^>]*>/, "")
    .replace(/<svg([^>]*)>/, (_: string, attributes: string) => {
      const kept = attributes.replace(/\s(width|height|x|y)="[^"]*"/g, "");
      return `<svg${kept} x="${x}" y="${y}" width="${size}" height="${size}" color="${INK}">`;
    });
}

function line(client: Rectangle, server: Rectangle): string {
  const { from, to } = ends(client, server);
  const [[x1, y1], out] = from;
  const [[x2, y2]] = to;
  const isAcross = out === "left" || out === "right";
  const bend = isAcross ? Math.max(30, Math.abs(x2 - x1) / 2) : Math.max(30, Math.abs(y2 - y1) / 2);
  const sign = out === "right" || out === "bottom" ? 1 : -1;
  const curve = isAcross
    ? `C${x1 + sign * bend} ${y1} ${x2 - sign * bend} ${y2} ${x2} ${y2}`
    : `C${x1} ${y1 + sign * bend} ${x2} ${y2 - sign * bend} ${x2} ${y2}`;
  return `<path d="M${x1} ${y1}${curve}" fill="none" stroke="${LINE}" stroke-width="1.5" marker-end="url(#tip)"/>`;
}

function note(text: string, { x, y, width, height }: Rectangle): string {
  const lines = text.split("\n").slice(0, 5);
  const told = lines
    .map((each, index) => `<tspan x="${x + 10}" y="${y + 22 + index * 17}">${escaped(cut(each, 34))}</tspan>`)
    .join("");
  return `<g><rect x="${x}" y="${y}" width="${width}" height="${height}" rx="8" fill="#fdf7e6" stroke="#d9c88f"/><text font-size="12" fill="${INK}">${told}</text></g>`;
}

function cut(text: string, most: number): string {
  return text.length > most ? `${text.slice(0, most - 1)}…` : text;
}

function escaped(text: string): string {
  return text.replace(
    /[&<>"]/g,
    (each) => ({ "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;" })[each] ?? each,
  );
}

async function rasterised(svg: string): Promise<Blob> {
  const image = new Image();
  const address = URL.createObjectURL(new Blob([svg], { type: "image/svg+xml" }));
  try {
    image.src = address;
    await image.decode();
    const canvas = window.document.createElement("canvas");
    canvas.width = image.naturalWidth * SCALE;
    canvas.height = image.naturalHeight * SCALE;
    canvas.getContext("2d")?.drawImage(image, 0, 0, canvas.width, canvas.height);
    return await new Promise((resolve, reject) =>
      canvas.toBlob((blob) => (blob ? resolve(blob) : reject(new Error("no picture"))), "image/png"),
    );
  } finally {
    URL.revokeObjectURL(address);
  }
}
