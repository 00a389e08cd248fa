/** Coming in: who we are is known, and the page that was asked for is shown. */
import { useQueryClient } from "@tanstack/react-query";
import { useLocation } from "wouter";
import { keys, knownAs, type Me } from "@/api";

export function useEntry(): (me: Me, to?: string) => void {
  const queries = useQueryClient();
  const [, go] = useLocation();
  return (me, to) => {
    queries.clear();
    queries.setQueryData(keys.me, knownAs(me));
    go(to ?? whereFrom(history.state), { replace: true });
  };
}

/** The page that sent somebody to sign in; never one of another server. */
export function whereFrom(state: unknown): string {
  const back = (state as { back?: unknown } | null)?.back;
  return typeof back === "string" && /^\/(?!\/)/.test(back) ? back : "/";
}
