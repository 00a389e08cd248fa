import { CircleAlert, RotateCcw } from "lucide-react";
import { createContext, type ReactNode, useContext, useId } from "react";
import { useDocument } from "@/canvas/context";
import { classes } from "@/look";

interface Ids {
  id: string;
  describedBy: string;
  isWrong: boolean;
}
const RowIds = createContext<Ids>({ id: "", describedBy: "", isWrong: false });

/** What an input of a row needs, to be tied to its label and to what is said about it. */
export function useRowIds() {
  const { id, describedBy, isWrong } = useContext(RowIds);
  return { id, "aria-describedby": describedBy, "aria-invalid": isWrong || undefined };
}

interface RowProps {
  label: ReactNode;
  /** Where it stands in the text: what the server says of it is shown here. */
  path: string;
  hint?: ReactNode;
  /** What holds where nothing is written; shown also while something is. */
  fallback?: string;
  isWritten?: boolean;
  onReset?: () => void;
  children: ReactNode;
}

/** A field with its label, its meaning, what holds unless it is given, and what the server says of it. */
export function Row({ label, path, hint, fallback, isWritten, onReset, children }: RowProps) {
  const id = useId();
  const faults = useFaults(path);
  return (
    <RowIds value={{ id, describedBy: `${id}-more`, isWrong: faults.length > 0 }}>
      <div className="flex flex-col gap-1">
        <div className="flex min-h-5 items-center justify-between gap-2">
          <label
            htmlFor={id}
            className={classes("truncate text-xs", isWritten ? "font-semibold" : "font-medium")}
          >
            {label}
          </label>
          {isWritten && onReset && (
            <button
              type="button"
              onClick={onReset}
              className="inline-flex items-center gap-1 rounded-sm text-2xs text-muted hover:text-ink"
            >
              <RotateCcw aria-hidden className="size-3" />
              {fallback === undefined ? "remove" : "default"}
            </button>
          )}
        </div>
        {children}
        <div id={`${id}-more`} className="flex flex-col gap-1 text-2xs leading-4">
          {faults.map((each) => (
            <p key={each} className="flex gap-1 text-bad">
              <CircleAlert aria-hidden className="mt-0.5 size-3 shrink-0" />
              <span className="min-w-0 break-words">{each}</span>
            </p>
          ))}
          {(hint || fallback !== undefined) && (
            <p className="text-muted">
              {hint}
              {fallback !== undefined && (
                <>
                  {hint ? " " : ""}
                  <span className="whitespace-nowrap text-faint">
                    Default: {fallback === "" ? "empty" : <code className="text-2xs">{fallback}</code>}
                  </span>
                </>
              )}
            </p>
          )}
        </div>
      </div>
    </RowIds>
  );
}

/** What the server says of what stands at `path`, or below it. */
export function useFaults(path: string): readonly string[] {
  const told = useDocument((state) =>
    (state.judgement?.problems ?? [])
      .filter((each) => each.path === path || each.path.startsWith(`${path}/`))
      .map((each) => (each.remedy ? `${each.fault}; ${each.remedy}` : each.fault))
      .join("\n"),
  );
  return told ? told.split("\n") : [];
}
