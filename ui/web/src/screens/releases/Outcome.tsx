import type { Release } from "@/api";
import { Badge, type Tone } from "@/look";

const TONES: Record<string, Tone> = { done: "ok", failed: "bad", interrupted: "warn" };

/** How a release ended. */
export function Outcome({ of }: { of: Release }) {
  if (of.outcome) return <Badge tone={TONES[of.outcome] ?? "plain"}>{of.outcome}</Badge>;
  return <Badge tone="info">{of.ended ? "given up" : "under way"}</Badge>;
}
