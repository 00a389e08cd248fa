/** Draws a line. */
import type { TextChange } from "../changes";
import type { Value } from "../drawing";
import { setAt } from "../setting";
import { entryOf, treeOf } from "../tree";

export interface NewConnection {
  from: string;
  to: string;
  port?: string | null;
  as?: string | null;
  path?: string | null;
  host?: string | null;
  weight?: number | null;
  algorithm?: string | null;
}

export function connect(text: string, connection: NewConnection): TextChange[] {
  const lines = entryOf(treeOf(text).root, "connections")?.value;
  const line = asWritten(connection);
  if (lines?.sort === "list" && lines.items.length)
    return setAt(text, `connections/${lines.items.length}`, line);
  return setAt(text, "connections", [line]);
}

/** A connection as a schema has it. */
export function asWritten(connection: NewConnection): { [key: string]: Value } {
  const { from, to, port, as, path, host, weight, algorithm } = connection;
  const given = Object.entries({ as, path, host, weight, algorithm }).filter((each) => each[1] != null);
  return {
    from,
    to: port ? `${to}.${port}` : to,
    ...(Object.fromEntries(given) as { [key: string]: Value }),
  };
}
