import { useInfiniteQuery, useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { CircleStop, GitCompareArrows, History as HistoryIcon, Undo2, Workflow } from "lucide-react";
import { useState } from "react";
import { Link, useLocation } from "wouter";
import { api, body, type Deploy, keys, may, meQuery, type Release, releasesQuery, statusQuery } from "@/api";
import { Loaded } from "@/app/Loaded";
import { useUnderway } from "@/live";
import {
  Badge,
  Button,
  buttonLook,
  duration,
  EmptyState,
  IconButton,
  Moment,
  Page,
  Table,
  toast,
  toastFault,
} from "@/look";
import { Outcome } from "./Outcome";
import { RollBack } from "./RollBack";

export function History({ project }: { project: string }) {
  const releases = useInfiniteQuery(releasesQuery(project));
  const { data: status } = useQuery(statusQuery(project));
  const { data: me } = useQuery(meQuery);
  const mayDeploy = Boolean(me && may(me, "deploy", project));
  const [chosen, choose] = useState<readonly number[]>([]);
  const [back, goBack] = useState<Release | null>(null);
  const [, go] = useLocation();
  const base = `/projects/${encodeURIComponent(project)}/releases`;
  const [one, other] = [...chosen].sort((a, b) => a - b);
  return (
    <Page
      title="Releases"
      lead="Every deploy that changed something: what it meant, who did it and why. Any of them can be run again as it was."
      actions={
        releases.data?.pages[0]?.releases.length ? (
          <Button
            icon={GitCompareArrows}
            disabled={chosen.length !== 2}
            onClick={() => go(`${base}/${one}/compare/${other}`)}
          >
            {chosen.length === 2 ? `Compare ${one} with ${other}` : "Compare two"}
          </Button>
        ) : undefined
      }
    >
      <Queue project={project} mayDeploy={mayDeploy} />
      <Loaded of={releases} what="releases">
        {({ pages }) => {
          const found = pages.flatMap((page) => page.releases);
          return found.length ? (
            <>
              <Table
                label="Releases"
                rows={found}
                id={(each) => each.number}
                columns={[
                  {
                    key: "choose",
                    title: <span className="sr-only">Compare</span>,
                    cell: (each) => (
                      <input
                        type="checkbox"
                        aria-label={`Compare release ${each.number}`}
                        className="accent-ink"
                        checked={chosen.includes(each.number)}
                        onChange={(event) =>
                          choose(
                            event.target.checked
                              ? [...chosen, each.number].slice(-2)
                              : chosen.filter((number) => number !== each.number),
                          )
                        }
                      />
                    ),
                    className: "w-8",
                  },
                  {
                    key: "number",
                    title: "Release",
                    cell: (each) => (
                      <span className="flex items-center gap-2">
                        <Link
                          href={`${base}/${each.number}`}
                          className="font-semibold underline-offset-2 hover:underline"
                        >
                          {each.number}
                        </Link>
                        {status?.release === each.number && <Badge tone="ok">runs now</Badge>}
                      </span>
                    ),
                  },
                  { key: "outcome", title: "Outcome", cell: (each) => <Outcome of={each} /> },
                  {
                    key: "why",
                    title: "Why",
                    cell: (each) => (
                      <span className="block max-w-md">
                        <span className="line-clamp-2 break-words">
                          {each.why || <span className="text-faint">no reason given</span>}
                        </span>
                        {each.message && each.outcome !== "done" && (
                          <span className="line-clamp-2 break-words text-bad text-xs">{each.message}</span>
                        )}
                      </span>
                    ),
                  },
                  { key: "who", title: "Who", cell: (each) => each.who, className: "whitespace-nowrap" },
                  {
                    key: "began",
                    title: "When",
                    cell: (each) => <Moment at={each.began} />,
                    className: "text-muted",
                  },
                  {
                    key: "took",
                    title: "Took",
                    align: "right",
                    cell: (each) => (each.ended ? duration(each.ended - each.began) : "–"),
                    className: "whitespace-nowrap text-muted",
                  },
                  {
                    key: "acts",
                    title: <span className="sr-only">Acts</span>,
                    align: "right",
                    cell: (each) =>
                      mayDeploy && each.outcome === "done" && status?.release !== each.number ? (
                        <IconButton
                          icon={Undo2}
                          label={`Roll back to ${each.number}`}
                          onClick={() => goBack(each)}
                        />
                      ) : null,
                  },
                ]}
              />
              {releases.hasNextPage && (
                <Button
                  className="self-center"
                  busy={releases.isFetchingNextPage}
                  onClick={() => releases.fetchNextPage()}
                >
                  Show older
                </Button>
              )}
            </>
          ) : (
            <div className="rounded-lg border bg-raised shadow-raised">
              <EmptyState
                icon={HistoryIcon}
                title="Nothing was deployed yet"
                action={
                  <Link href={`/projects/${encodeURIComponent(project)}`} className={buttonLook()}>
                    <Workflow aria-hidden className="size-4" /> To the canvas
                  </Link>
                }
              >
                Each deploy that changes something becomes a release: the drawing, the very images, who and
                why. From here you compare them, and go back to one.
              </EmptyState>
            </div>
          );
        }}
      </Loaded>
      {back && <RollBack project={project} release={back} onClose={() => goBack(null)} />}
    </Page>
  );
}

const OVER = new Set(["done", "failed", "interrupted", "cancelled", "replaced"]);

/** What is being done, and what waits behind it. */
function Queue({ project, mayDeploy }: { project: string; mayDeploy: boolean }) {
  const queries = useQueryClient();
  const underway = useUnderway(project);
  const { data } = useQuery({
    queryKey: keys.deploys(project),
    queryFn: () =>
      body(
        api.GET("/api/v1/projects/{project}/deploys", {
          params: { path: { project }, query: { limit: 20 } },
        }),
      ),
  });
  const cancel = useMutation({
    mutationFn: (deploy: number) =>
      body(
        api.POST("/api/v1/projects/{project}/deploys/{deploy}/cancel", {
          params: { path: { project, deploy } },
        }),
      ),
    onError: toastFault,
    onSuccess: () => toast("It is being ended: what ran before runs on."),
    onSettled: () => queries.invalidateQueries({ queryKey: keys.deploys(project) }),
  });
  const open = (data?.deploys ?? []).filter((each) => !OVER.has(each.state)).reverse();
  if (!open.length) return null;
  return (
    <section aria-label="Under way" className="divide-y rounded-lg border border-info/40 bg-info-soft">
      {open.map((each) => (
        <div key={each.id} className="flex items-center gap-3 px-4 py-2.5">
          <Badge tone="info">{each.state}</Badge>
          <p className="min-w-0 flex-1 truncate">
            <span className="font-medium">{named(each)}</span> by {each.who}
            {each.why && <span className="text-muted"> – {each.why}</span>}
            {underway?.deploy === each.id && underway.messages.length > 0 && (
              <span className="block truncate text-muted text-xs">{underway.messages.at(-1)}</span>
            )}
          </p>
          <Moment at={each.began ?? each.created} className="shrink-0 text-muted" />
          {mayDeploy && (
            <Button
              size="small"
              icon={CircleStop}
              busy={cancel.isPending && cancel.variables === each.id}
              onClick={() => cancel.mutate(each.id)}
            >
              {each.state === "waiting" ? "Cancel" : "Stop and go back"}
            </Button>
          )}
        </div>
      ))}
    </section>
  );
}

function named(deploy: Deploy): string {
  const what = deploy.component ? `${deploy.action} ${deploy.component}` : deploy.action;
  return `${what.slice(0, 1).toUpperCase()}${what.slice(1)}${deploy.base ? ` to ${deploy.base}` : ""}`;
}
