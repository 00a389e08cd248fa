/** Ties the stream to what is known: events go to the live store, and make stale what was looked up. */
import type { QueryClient, QueryKey } from "@tanstack/react-query";
import { keys } from "@/api";
import { live, withEntry } from "./store";
import { type Entry, stream } from "./stream";

/** Milliseconds in which what became stale is gathered: a deploy tells a hundred things a second. */
const TOGETHER = 200;

/** Begin the stream, until the function that comes back is called. */
export function connect(queries: QueryClient): () => void {
  const stale = new Map<string, QueryKey>();
  let timer: ReturnType<typeof setTimeout> | undefined;
  function lookAnew() {
    timer = undefined;
    for (const queryKey of stale.values()) void queries.invalidateQueries({ queryKey });
    stale.clear();
  }
  const end = stream.listen({
    entry: (entry) => {
      live.setState((state) => withEntry(state, entry));
      for (const key of staleAfter(entry)) stale.set(JSON.stringify(key), key);
      if (stale.size) timer ??= setTimeout(lookAnew, TOGETHER);
    },
    resync: () => void queries.invalidateQueries(),
    connection: (connection) => {
      live.setState({ connection });
      // the server ends the stream of whoever is signed in no more: ask who we are, and that is told
      if (connection === "broken") void queries.invalidateQueries({ queryKey: keys.me });
    },
  });
  stream.start();
  return () => {
    end();
    clearTimeout(timer);
    stream.stop();
  };
}

/** The keys of what is no longer as it was looked up. */
export function staleAfter({ kind, project }: Entry): QueryKey[] {
  const noun = kind.slice(0, kind.indexOf("."));
  switch (noun) {
    case "project":
      return [keys.projects, keys.project(project)];
    case "draft":
      return [keys.schema(project), keys.project(project), keys.projects];
    case "deploy":
      if (kind === "deploy.queued" || kind === "deploy.began") return [keys.deploys(project), keys.overview];
      if (kind !== "deploy.ended") return [];
      return [keys.deploys(project), keys.releases(project), keys.status(project), keys.overview];
    case "status":
    case "drift":
    case "component":
      return [keys.status(project), keys.overview];
    case "secret":
      return [keys.secrets(project)];
    case "member":
      return [keys.members(project), keys.invitations(project), keys.me, keys.projects];
    default:
      return [];
  }
}
