/** Changes what a line says: its ends, its prefix, its route. What is null is removed, what is left out stays. */
import { inTurn, type TextChange } from "../changes";
import type { Value } from "../drawing";
import { readDrawing } from "../reading";
import { setAt } from "../setting";
import type { NewConnection } from "./connect";

export function changeConnection(text: string, index: number, fields: Partial<NewConnection>): TextChange[] {
  const { to, port, ...rest } = fields;
  const wanted: [string, Value][] = Object.entries(rest).map(([key, value]) => [key, value ?? null]);
  const line = readDrawing(text).drawing?.connections[index];
  if (!line) return [];
  if (to !== undefined || port !== undefined) {
    const name = to ?? line.to;
    // a port belongs to the server it was named for
    const named = port === undefined ? (name === line.to ? line.port : null) : port;
    wanted.push(["to", named ? `${name}.${named}` : name]);
  }
  const edits = wanted.map(
    ([key, value]) =>
      (now: string) =>
        setAt(now, `connections/${index}/${key}`, value),
  );
  return edits.length === 1
    ? setAt(text, `connections/${index}/${wanted[0]?.[0]}`, wanted[0]?.[1] ?? null)
    : inTurn(text, edits);
}
