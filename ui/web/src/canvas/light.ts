/** How a component is, of how its replicas are. Pure. */
import type { Replica } from "@/api";
import type { Phase } from "@/live";
import { duration } from "@/look";

export interface Light {
  /** A word of the API: `running`, `unhealthy`, … */
  condition: string;
  /** What is said beside the light. */
  word: string;
  reason: string;
}

/** The worse comes first. */
const BY_CONCERN = [
  "exited",
  "missing",
  "unhealthy",
  "restarting",
  "drifted",
  "unknown",
  "starting",
  "stopped",
  "waiting",
  "running",
];
const OF_PHASES: Readonly<Record<string, string>> = {
  waiting: "waiting",
  fetching: "starting",
  pulling: "starting",
  building: "starting",
  starting: "starting",
  stopping: "waiting",
  failed: "failed",
};

/** The light of a component; null where nothing of it is there and nothing is wanted. */
export function lightOf(replicas: readonly Replica[], phases: readonly Phase[]): Light | null {
  const phase = phaseOf(phases);
  if (phase && phase.phase !== "ready" && phase.phase !== "removed") {
    const condition = OF_PHASES[phase.phase] ?? "starting";
    const detail = phase.detail ?? "";
    const word = phase.phase === "pulling" && detail ? `pulling ${detail}` : phase.phase;
    return { condition, word, reason: detail };
  }
  if (replicas.length === 0) return null;
  const worst = [...replicas].sort((one, other) => concern(one) - concern(other))[0] as Replica;
  const alike = replicas.filter((each) => each.state === worst.state).length;
  const isMixed = alike !== replicas.length;
  const took = phase?.phase === "ready" && phase.took !== undefined ? ` in ${duration(phase.took)}` : "";
  const word =
    worst.state === "running" && took
      ? `ready${took}`
      : isMixed
        ? `${alike} of ${replicas.length} ${worst.state}`
        : worst.state;
  return { condition: worst.state, word, reason: worst.reason };
}

function concern(replica: Replica): number {
  // a state that nobody here knows concerns most
  return Math.max(0, BY_CONCERN.indexOf(replica.state));
}

const BY_PROGRESS = [
  "failed",
  "waiting",
  "fetching",
  "pulling",
  "building",
  "starting",
  "stopping",
  "ready",
  "removed",
];

/** The phase of a component as a whole: that of the replica that is the least far. */
export function phaseOf(phases: readonly Phase[]): Phase | null {
  const ofReplicas = phases.filter((each) => each.replica > 0);
  const whole = phases.find((each) => each.replica === 0) ?? null;
  if (ofReplicas.length === 0) return whole;
  if (whole?.phase === "failed") return whole;
  return [...ofReplicas].sort(
    (one, other) => BY_PROGRESS.indexOf(one.phase) - BY_PROGRESS.indexOf(other.phase),
  )[0] as Phase;
}
