/** The documents of this tab: one stays open while other screens of its project are looked at, with its history. */
import type { QueryClient } from "@tanstack/react-query";
import { api, body, keys } from "@/api";
import { toast } from "@/look";
import { type Saved, SchemaDocument } from "./document";

const documents = new Map<string, SchemaDocument>();

export function opened(
  project: string,
  saved: Saved,
  mayDraw: boolean,
  queries: QueryClient,
): SchemaDocument {
  const key = `${project} ${mayDraw}`;
  const known = documents.get(key);
  if (known) return known;
  const made = new SchemaDocument(saved, mayDraw, {
    save: async (text, version) => {
      const draft = await body(
        api.PUT("/api/v1/projects/{project}/schema", {
          params: { path: { project }, header: { "If-Match": `"v${version}"` } },
          body: { text },
        }),
      );
      // what was looked up is this now: the event that tells of it has nothing new
      queries.setQueryData(keys.schema(project), { draft, tag: `"v${draft.version}"` });
      return draft;
    },
    check: (text) => body(api.POST("/api/v1/check", { body: { text } })),
    tell: toast,
    now: Date.now,
    later: (act, milliseconds) => setTimeout(act, milliseconds),
    forget: (timer) => clearTimeout(timer),
  });
  documents.set(key, made);
  return made;
}

/** The project is gone: what one called so later is another. */
export function forget(project: string): void {
  for (const key of documents.keys()) if (key.startsWith(`${project} `)) documents.delete(key);
}
