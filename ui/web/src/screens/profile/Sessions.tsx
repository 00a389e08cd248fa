import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { MonitorSmartphone } from "lucide-react";
import { api, body } from "@/api";
import { Loaded } from "@/app/Loaded";
import { Badge, Button, Moment, Section, toast, toastFault } from "@/look";
import { browserOf } from "./browser";

const KEY = ["sessions"] as const;

export function Sessions() {
  const queries = useQueryClient();
  const sessions = useQuery({
    queryKey: KEY,
    queryFn: async () => (await body(api.GET("/api/v1/me/sessions"))).sessions,
  });
  const end = useMutation({
    mutationFn: (session: string) =>
      body(api.DELETE("/api/v1/me/sessions/{session}", { params: { path: { session } } })),
    onError: toastFault,
    onSuccess: () => toast("That browser is signed out."),
    onSettled: () => queries.invalidateQueries({ queryKey: KEY }),
  });
  const endOthers = useMutation({
    mutationFn: () => body(api.DELETE("/api/v1/me/sessions", { params: { query: { but_this: true } } })),
    onError: toastFault,
    onSuccess: () => toast("Every other browser is signed out."),
    onSettled: () => queries.invalidateQueries({ queryKey: KEY }),
  });
  return (
    <div className="pt-5">
      <Section
        title="Where you are signed in"
        lead="A browser that you do not know? Sign it out, and change the password."
        actions={
          (sessions.data?.length ?? 0) > 1 ? (
            <Button busy={endOthers.isPending} onClick={() => endOthers.mutate()}>
              Sign out all others
            </Button>
          ) : undefined
        }
      >
        <Loaded of={sessions} what="sessions">
          {(found) => (
            <ul className="-my-2 divide-y">
              {found.map((each) => (
                <li key={each.id} className="flex items-center gap-3 py-2.5">
                  <MonitorSmartphone aria-hidden className="size-5 shrink-0 text-faint" />
                  <div className="min-w-0 flex-1">
                    <p className="flex items-center gap-2 font-medium" title={each.program}>
                      <span className="truncate">{browserOf(each.program)}</span>
                      {each.is_this && <Badge tone="ok">this one</Badge>}
                    </p>
                    <p className="truncate text-muted text-xs">
                      {each.address}; used <Moment at={each.seen} />, signed in <Moment at={each.made} />
                    </p>
                  </div>
                  {!each.is_this && (
                    <Button
                      size="small"
                      aria-label={`Sign out ${browserOf(each.program)}`}
                      busy={end.isPending && end.variables === each.id}
                      onClick={() => end.mutate(each.id)}
                    >
                      Sign out
                    </Button>
                  )}
                </li>
              ))}
            </ul>
          )}
        </Loaded>
      </Section>
    </div>
  );
}
