import { LoaderCircle } from "lucide-react";
import { classes } from "./classes";

/** Something is being fetched; nothing is shown for the first moment, so that what is quick does not flicker. */
export function Waiting({ what, className }: { what: string; className?: string }) {
  return (
    <div
      role="status"
      className={classes(
        "flex items-center justify-center gap-2 py-14 text-muted opacity-0 [animation:appear_200ms_300ms_reverse_forwards]",
        className,
      )}
      style={{ animation: "appear 200ms ease-out 300ms both", opacity: 1 }}
    >
      <LoaderCircle aria-hidden className="size-4 animate-spin" />
      {what}
    </div>
  );
}
