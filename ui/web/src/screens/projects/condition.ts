/** How a project is, in one word and one light. */
import type { Schemas } from "@/api";
import type { Condition } from "@/look";

type Glance = Schemas["AtAGlanceOut"];

/** What is worse stands first: one replica that is missing says more than ten that run. */
const WORST_FIRST: readonly Condition[] = [
  "missing",
  "exited",
  "unhealthy",
  "restarting",
  "drifted",
  "unknown",
  "starting",
  "stopped",
  "running",
  "waiting",
];

export function conditionOf(glance: Glance): { condition: Condition; label: string } {
  if (glance.underway) {
    return {
      condition: "starting",
      label: glance.underway.state === "waiting" ? "deploy waits" : "deploying",
    };
  }
  const worst = WORST_FIRST.find((each) => glance.states[each]);
  if (!worst) {
    return glance.release === null
      ? { condition: "draft", label: "never deployed" }
      : { condition: "stopped", label: "nothing runs" };
  }
  const all = Object.values(glance.states).reduce((sum, each) => sum + each, 0);
  const some = glance.states[worst] ?? 0;
  if (worst === "running" || worst === "waiting") return { condition: "running", label: "running" };
  return { condition: worst, label: some === all ? worst : `${some} of ${all} ${worst}` };
}
