/** Keeps the plan of what is drawn: what a deploy would do now, looked up anew whenever that may have changed. */
import { useQuery } from "@tanstack/react-query";
import { useEffect, useState } from "react";
import { api, body, Problem, releaseQuery, statusQuery } from "@/api";
import { useBoard, useDocument } from "@/canvas/context";
import { type Entry, live, stream, UNDER_WAY, useUnderway, withEntry, withStatus } from "@/live";
import { readDrawing } from "@/model";
import { sourcesQuery } from "./sources";

const LOOK_AFTER = 500;
const MAY_MATTER = new Set([
  "deploy.ended",
  "status.changed",
  "drift.found",
  "drift.healed",
  "secret.set",
  "secret.removed",
]);

export function useStaging(): void {
  const { project, view } = useBoard();
  const text = useDocument((state) => state.text);
  const isSound = useDocument(
    (state) => !state.isFrozen && state.judged === state.text && state.judgement?.problems.length === 0,
  );
  const isBlank = useDocument((state) => state.drawing.components.size === 0);
  const status = useQuery(statusQuery(project));
  const sources = useQuery(sourcesQuery(project));
  const release = status.data?.release ?? null;
  const released = useQuery({
    ...releaseQuery(project, release ?? 1),
    enabled: release !== null,
    staleTime: Number.POSITIVE_INFINITY,
  });
  const underway = useUnderway(project);
  const isDeploying = underway !== undefined && UNDER_WAY.has(underway.state);
  const [round, again] = useState(0);
  const tree = sources.data?.tree ?? "";

  useEffect(() => {
    if (status.data) live.setState((state) => withStatus(state, status.data));
  }, [status.data]);

  useEffect(() => {
    const text = released.data?.text;
    const known = view.getState().staged.released;
    if (release === null || text === undefined) {
      if (release === null && known)
        view.setState(({ staged }) => ({ staged: { ...staged, released: null } }));
      return;
    }
    if (known?.number === release) return;
    const { drawing } = readDrawing(text);
    if (drawing)
      view.setState(({ staged }) => ({
        staged: { ...staged, released: { number: release, text, drawing } },
      }));
  }, [view, release, released.data]);

  useEffect(() => {
    let timer: ReturnType<typeof setTimeout> | undefined;
    const end = stream.listen({
      entry: (entry) => {
        if (entry.project !== project || !MAY_MATTER.has(entry.kind)) return;
        timer ??= setTimeout(() => {
          timer = undefined;
          again((count) => count + 1);
        }, LOOK_AFTER);
      },
    });
    return () => {
      clearTimeout(timer);
      end();
    };
  }, [project]);

  // biome-ignore lint/correctness/useExhaustiveDependencies: another round looks again at the same
  useEffect(() => {
    const settle = (plan: typeof staged.plan, fault: string) =>
      view.setState(({ staged }) => ({ staged: { ...staged, plan, fault, isLooking: false } }));
    const { staged } = view.getState();
    if (isBlank && release === null) return settle(null, "");
    if (!isSound || isDeploying) return settle(null, "");
    const aborting = new AbortController();
    view.setState({ staged: { ...staged, isLooking: true } });
    const timer = setTimeout(() => {
      body(
        api.POST("/api/v1/projects/{project}/plan", {
          params: { path: { project } },
          body: { text, source: tree },
          signal: aborting.signal,
        }),
      ).then(
        (plan) => settle(plan, ""),
        (error) => {
          if (aborting.signal.aborted) return;
          settle(null, error instanceof Problem ? error.message : String(error));
        },
      );
    }, LOOK_AFTER);
    return () => {
      clearTimeout(timer);
      aborting.abort();
    };
  }, [project, view, text, isSound, isBlank, isDeploying, release, tree, round]);
}

/** Keeps what went wrong in the last deploy beside the boxes that it is about. */
export function useFailures(): void {
  const { project, view } = useBoard();
  const underway = useUnderway(project);
  const deploy = underway?.state === "failed" ? underway.deploy : null;
  useEffect(() => {
    if (deploy === null) {
      view.setState({ failures: [] });
      return;
    }
    body(
      api.GET("/api/v1/projects/{project}/deploys/{deploy}", { params: { path: { project, deploy } } }),
    ).then(
      ({ failures }) => view.setState({ failures }),
      () => undefined, // the panel tells of it as well, and tries again
    );
  }, [project, view, deploy]);
}

/** Has what is deployed now known again, after a page was loaded in the middle of it. */
export function useResumed(): void {
  const { project } = useBoard();
  useEffect(() => {
    void resume(project).catch(() => {
      // the stream tells what happens next, and the list of deploys what was
    });
  }, [project]);
  useEffect(() => {
    return stream.listen({ resync: () => void resume(project).catch(() => undefined) });
  }, [project]);
}

async function resume(project: string): Promise<void> {
  const path = { project };
  const { deploys } = await body(
    api.GET("/api/v1/projects/{project}/deploys", { params: { path, query: { limit: 5 } } }),
  );
  const [last] = deploys.filter((each) => each.action === "deploy" || each.action === "rollback");
  const current =
    deploys.find((each) => UNDER_WAY.has(each.state)) ?? (last?.state === "failed" ? last : undefined);
  if (!current) return;
  const { events } = await body(
    api.GET("/api/v1/projects/{project}/deploys/{deploy}/events", {
      params: { path: { ...path, deploy: current.id } },
    }),
  );
  live.setState((state) => events.reduce((now, each) => withEntry(now, each as Entry), state));
}
