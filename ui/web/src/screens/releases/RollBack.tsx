import { useQuery, useQueryClient } from "@tanstack/react-query";
import { Undo2 } from "lucide-react";
import { useRef, useState } from "react";
import {
  api,
  body,
  isProblem,
  keys,
  newIdempotencyKey,
  type Plan,
  type Release,
  text,
  useSubmit,
} from "@/api";
import { Loaded } from "@/app/Loaded";
import { Banner, Button, Dialog, Field, Input, toast } from "@/look";
import { Wrong } from "../entrance/Entrance";
import { PlanView } from "./PlanView";

interface RollBackProps {
  project: string;
  release: Release;
  onClose: () => void;
}

/** Shows what going back would do now, and does exactly that or nothing. */
export function RollBack({ project, release, onClose }: RollBackProps) {
  const queries = useQueryClient();
  const [changed, setChanged] = useState<Plan | null>(null);
  const key = useRef(newIdempotencyKey());
  const path = { project, release: release.number };
  const plan = useQuery({
    queryKey: ["plan back", project, release.number],
    queryFn: () => body(api.POST("/api/v1/projects/{project}/releases/{release}/plan", { params: { path } })),
    staleTime: 0,
    gcTime: 0,
    retry: false,
  });
  const shown = changed ?? plan.data;
  const form = useSubmit(async (data) => {
    if (!shown) return;
    try {
      await body(
        api.POST("/api/v1/projects/{project}/releases/{release}/rollback", {
          params: { path, header: { "Idempotency-Key": key.current } },
          body: { why: text(data, "why"), plan: shown.digest, replace: false },
        }),
      );
    } catch (error) {
      if (!isProblem(error, "another-plan")) throw error;
      setChanged(error.more.plan as Plan);
      key.current = newIdempotencyKey(); // what is agreed to next is another act
      return;
    }
    await queries.invalidateQueries({ queryKey: keys.deploys(project) });
    toast(`Going back to release ${release.number}.`);
    onClose();
  });
  return (
    <Dialog
      open
      onClose={onClose}
      title={`Roll back to release ${release.number}`}
      description={`Its drawing with its very images, as ${release.who} deployed it. Nothing is built.`}
      footer={
        <>
          <Button onClick={onClose}>Cancel</Button>
          <Button
            type="submit"
            form="roll-back"
            kind="primary"
            icon={Undo2}
            busy={form.isBusy}
            disabled={!shown || shown.is_empty}
          >
            Roll back
          </Button>
        </>
      }
    >
      <form id="roll-back" onSubmit={form.onSubmit} className="flex flex-col gap-4">
        <Wrong problem={form.problem} />
        {changed && (
          <Banner tone="warn" title="The plan has changed meanwhile">
            Nothing was done. This is what going back would do now; look at it again.
          </Banner>
        )}
        <Loaded of={{ ...plan, data: shown }} what="plan">
          {(found) => <PlanView plan={found} />}
        </Loaded>
        <Field label="Why" optional>
          <Input
            name="why"
            maxLength={500}
            autoComplete="off"
            placeholder={`Back to release ${release.number}`}
          />
        </Field>
      </form>
    </Dialog>
  );
}
