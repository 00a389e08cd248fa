import { CircleAlert, CircleCheck, Info, type LucideIcon, TriangleAlert } from "lucide-react";
import type { ReactNode } from "react";
import { classes } from "./classes";

export type Tone = "ok" | "warn" | "bad" | "info" | "staged" | "plain";

const TONES: Record<Tone, [string, LucideIcon]> = {
  ok: ["border-ok/30 bg-ok-soft text-ok", CircleCheck],
  warn: ["border-warn/30 bg-warn-soft text-warn", TriangleAlert],
  bad: ["border-bad/30 bg-bad-soft text-bad", CircleAlert],
  info: ["border-info/30 bg-info-soft text-info", Info],
  staged: ["border-staged/30 bg-staged-soft text-staged", Info],
  plain: ["bg-sunken text-muted", Info],
};

interface BannerProps {
  tone: Tone;
  title?: ReactNode;
  children?: ReactNode;
  /** A button for what helps. */
  action?: ReactNode;
  className?: string;
}

/** Something to know about what is on the screen; a fault is read aloud when it comes. */
export function Banner({ tone, title, children, action, className }: BannerProps) {
  const [look, Icon] = TONES[tone];
  return (
    <div
      role={tone === "bad" ? "alert" : "status"}
      className={classes("flex items-start gap-2.5 rounded-lg border px-3 py-2.5 text-sm", look, className)}
    >
      <Icon aria-hidden className="mt-0.5 size-4 shrink-0" />
      <div className="min-w-0 flex-1 break-words">
        {title && <p className="font-medium">{title}</p>}
        {children && <div className="text-ink">{children}</div>}
      </div>
      {action}
    </div>
  );
}
