import { classes } from "./classes";

/** How something is. The words are those of the API; each has a colour and a form, so that no one needs the colour. */
export type Condition =
  | "running"
  | "starting"
  | "unhealthy"
  | "restarting"
  | "stopped"
  | "waiting"
  | "exited"
  | "missing"
  | "drifted"
  | "unknown"
  | "failed"
  | "draft";

const LOOKS: Record<Condition, string> = {
  running: "bg-ok-solid",
  starting: "border-2 border-info-solid",
  restarting: "border-2 border-warn-solid",
  unhealthy: "bg-warn-solid",
  drifted: "bg-warn-solid",
  failed: "bg-bad-solid",
  missing: "border-2 border-bad-solid",
  exited: "bg-bad-solid",
  stopped: "border-2 border-faint",
  waiting: "border-2 border-faint",
  unknown: "border-2 border-dashed border-faint",
  draft: "border-2 border-dashed border-faint",
};

interface StatusLightProps {
  condition: Condition;
  /** What is said beside it; the condition itself unless given. */
  label?: string;
  /** Only the light: the label is read aloud and shows up when pointed at. */
  bare?: boolean;
  className?: string;
}

export function StatusLight({ condition, label = condition, bare, className }: StatusLightProps) {
  return (
    <span
      className={classes("inline-flex items-center gap-1.5 whitespace-nowrap", className)}
      title={bare ? label : undefined}
    >
      <span aria-hidden className={classes("size-2.5 shrink-0 rounded-full", LOOKS[condition])} />
      <span className={bare ? "sr-only" : ""}>{label}</span>
    </span>
  );
}
