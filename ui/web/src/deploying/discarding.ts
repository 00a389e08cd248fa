/** Taking one staged change back: one component is again as the last release had it. */
import type { Effect } from "@/canvas/context";
import {
  type Connection,
  connect,
  copied,
  type Drawing,
  disconnect,
  type Edit,
  inTurn,
  pasted,
  readDrawing,
  removeComponents,
  setAt,
  unsetAt,
  type Value,
  valueAt,
} from "@/model";

/** The edit that takes the change of a component back; null where the text is not what changes. */
export function discarded(text: string, released: string | null, { component, change }: Effect): Edit | null {
  if (change === "restart" || change === "adjust") return null;
  const now = readDrawing(text).drawing;
  const before = released === null ? null : readDrawing(released).drawing;
  const isDrawn = now?.components.has(component) ?? false;
  const was = before?.components.get(component);
  if (isDrawn && !was) return (current) => removeComponents(current, [component]);
  if (!was || !before || !now || released === null) return null;
  const edits = isDrawn
    ? [...fieldsBack(text, released, component), ...linesBack(now, before, component)]
    : broughtBack(now, before, released, component);
  return edits.length > 0 ? (current) => inTurn(current, edits) : null;
}

/** Each field that differs is again what it was: everything else of the text stays as it is. */
function fieldsBack(text: string, released: string, component: string): Edit[] {
  const path = `components/${component}`;
  const [now, was] = [fieldsAt(text, path), fieldsAt(released, path)];
  return [...new Set([...Object.keys(was), ...Object.keys(now)])]
    .filter((field) => JSON.stringify(now[field]) !== JSON.stringify(was[field]))
    .map((field) => {
      const value = was[field];
      return (current: string) =>
        value === undefined
          ? unsetAt(current, `${path}/${field}`)
          : setAt(current, `${path}/${field}`, value);
    });
}

function fieldsAt(text: string, path: string): Record<string, Value> {
  const found = valueAt(text, path);
  return typeof found === "object" && found !== null && !Array.isArray(found) ? found : {};
}

function linesBack(now: Drawing, before: Drawing, component: string): Edit[] {
  const [drawn, released] = [linesOf(now, component), linesOf(before, component)];
  const isIn = (line: Connection, lines: readonly Connection[]) =>
    lines.some((each) => said(each) === said(line));
  const gone = drawn.filter((each) => !isIn(each, released)).map(({ index }) => index);
  return [
    ...(gone.length > 0 ? [(current: string) => disconnect(current, gone)] : []),
    ...connected(
      now,
      component,
      released.filter((each) => !isIn(each, drawn)),
    ),
  ];
}

function broughtBack(now: Drawing, before: Drawing, released: string, component: string): Edit[] {
  const fragment = copied(released, [component]);
  const at = before.layout.get(component);
  return [
    (current) => pasted(current, fragment, at).changes,
    ...connected(now, component, linesOf(before, component)),
  ];
}

/** Lines between the component and others that are still drawn. */
function connected(now: Drawing, component: string, lines: readonly Connection[]): Edit[] {
  return lines
    .filter(({ from, to }) => [from, to].every((end) => end === component || now.components.has(end)))
    .map(
      ({ index: _, ...line }): Edit =>
        (current) =>
          connect(current, line),
    );
}

function linesOf(drawing: Drawing, component: string): Connection[] {
  return drawing.connections.filter((each) => each.from === component || each.to === component);
}

function said({ index: _, ...line }: Connection): string {
  return JSON.stringify(line);
}
