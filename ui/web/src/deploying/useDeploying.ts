/** Asking for a deploy: of exactly the plan that was shown, or of none. */

import { useQueryClient } from "@tanstack/react-query";
import { useRef, useState } from "react";
import { api, body, isProblem, newIdempotencyKey, type Plan } from "@/api";
import { useBoard } from "@/canvas/context";
import { live, withEntry } from "@/live";
import { sourcesQuery } from "./sources";

export interface Deploying {
  isBusy: boolean;
  fault: string;
  /** The plan that was agreed to is none any more. */
  another: boolean;
  start: (why: string) => Promise<void>;
}

export function useDeploying(): Deploying {
  const { project, document, view } = useBoard();
  const queries = useQueryClient();
  const [isBusy, setBusy] = useState(false);
  const [fault, setFault] = useState("");
  const [another, setAnother] = useState(false);
  // one name for one decision: asked twice, it is deployed once
  const key = useRef<{ digest: string; key: string } | null>(null);

  async function start(why: string) {
    const { plan } = view.getState().staged;
    if (!plan) return;
    setBusy(true);
    setFault("");
    setAnother(false);
    try {
      await document.flush();
      const { saved, text, saving } = document.store.getState();
      if (saved.text !== text || saving !== "saved")
        throw new Error("The drawing is not saved yet, so it was not deployed. Save it, then deploy again.");
      if (key.current?.digest !== plan.digest)
        key.current = { digest: plan.digest, key: newIdempotencyKey() };
      const sources = await queries.ensureQueryData(sourcesQuery(project));
      const deploy = await body(
        api.POST("/api/v1/projects/{project}/deploys", {
          params: { path: { project }, header: { "Idempotency-Key": key.current.key } },
          body: {
            version: saved.version,
            plan: plan.digest,
            source: sources.tree ?? "",
            why,
            replace: false,
          },
        }),
      );
      key.current = null;
      const content = { deploy: deploy.id, action: deploy.action, who: deploy.who, why: deploy.why };
      live.setState((state) =>
        withEntry(state, { id: 0, project, kind: "deploy.queued", at: deploy.created, content }),
      );
    } catch (error) {
      if (isProblem(error, "another-plan")) {
        key.current = null;
        setAnother(true);
        const shown = error.more.plan as Plan;
        view.setState(({ staged }) => ({ staged: { ...staged, plan: shown } }));
      } else setFault(error instanceof Error ? error.message : String(error));
    } finally {
      setBusy(false);
    }
  }

  return { isBusy, fault, another, start };
}
