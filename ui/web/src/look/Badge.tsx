import type { ReactNode } from "react";
import type { Tone } from "./Banner";
import { classes } from "./classes";

const TONES: Record<Tone, string> = {
  ok: "bg-ok-soft text-ok",
  warn: "bg-warn-soft text-warn",
  bad: "bg-bad-soft text-bad",
  info: "bg-info-soft text-info",
  staged: "bg-staged-soft text-staged",
  plain: "bg-pressed text-muted",
};

export function Badge({ tone = "plain", children }: { tone?: Tone; children: ReactNode }) {
  return (
    <span
      className={classes(
        "inline-flex h-5 items-center gap-1 whitespace-nowrap rounded-md px-1.5 font-medium text-2xs",
        TONES[tone],
      )}
    >
      {children}
    </span>
  );
}
