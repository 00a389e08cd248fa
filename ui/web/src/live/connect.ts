/** Ties the stream to what is known: events go to the live store, and make stale what was looked up. */
import type { QueryClient, QueryKey } from "@tanstack/react-query";
import { keys } from "@/api";
import { live, withEntry } from "./store";
import { type Entry, stream } from "./stream";

/** Begin the stream, until the function that comes back is called. */
export function connect(queries: QueryClient): () => void {
  const end = stream.listen({
    entry: (entry) => {
      live.setState((state) => withEntry(state, entry));
      for (const queryKey of staleAfter(entry)) void queries.invalidateQueries({ queryKey });
    },
    resync: () => void queries.invalidateQueries(),
    connection: (connection) => {
      // what happened while it was broken is told when it comes back; what began before it, is not
      live.setState({ connection });
    },
  });
  stream.start();
  return () => {
    end();
    stream.stop();
  };
}

/** The keys of what is no longer as it was looked up. */
export function staleAfter({ kind, project }: Entry): QueryKey[] {
  const noun = kind.slice(0, kind.indexOf("."));
  switch (noun) {
    case "project":
      return [keys.projects];
    case "draft":
      return [keys.schema(project), keys.project(project), keys.projects];
    case "deploy":
      if (kind === "deploy.queued" || kind === "deploy.began") return [keys.deploys(project)];
      if (kind === "deploy.ended")
        return [keys.deploys(project), keys.releases(project), keys.status(project)];
      return [];
    case "status":
    case "drift":
    case "component":
      return [keys.status(project)];
    case "secret":
      return [keys.secrets(project)];
    case "member":
      return [keys.members(project), keys.invitations(project), keys.me];
    default:
      return [];
  }
}
