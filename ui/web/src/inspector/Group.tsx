import { ChevronRight } from "lucide-react";
import { type ReactNode, useState } from "react";
import { classes } from "@/look";

interface GroupProps {
  title: string;
  /** What holds now, said beside the title while it is closed. */
  summary?: ReactNode;
  isOpen?: boolean;
  action?: ReactNode;
  children: ReactNode;
}

/** Fields that belong together; those that few people need are closed, and say what holds. */
export function Group({ title, summary, isOpen: isOpenFirst = false, action, children }: GroupProps) {
  const [isOpen, open] = useState(isOpenFirst);
  return (
    <section className="border-b last:border-0">
      <h3 className="flex items-center pr-2">
        <button
          type="button"
          aria-expanded={isOpen}
          onClick={() => open(!isOpen)}
          className="flex h-9 min-w-0 flex-1 items-center gap-1.5 px-3 text-left font-semibold text-xs"
        >
          <ChevronRight
            aria-hidden
            className={classes("size-3.5 shrink-0 text-faint transition-transform", isOpen && "rotate-90")}
          />
          {title}
          {!isOpen && summary && (
            <span className="min-w-0 flex-1 truncate text-right font-normal text-muted">{summary}</span>
          )}
        </button>
        {isOpen && action}
      </h3>
      {isOpen && <div className="flex flex-col gap-3 px-3 pb-3.5">{children}</div>}
    </section>
  );
}
