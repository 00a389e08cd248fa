import type { Plan } from "@/api";
import { Banner, classes } from "@/look";

const LOOKS: Record<string, string> = {
  "+": "text-ok",
  "~": "text-warn",
  "-": "text-bad",
};

/** What would be done: a line for each thing made, changed and removed, each with its cause. */
export function PlanView({ plan }: { plan: Plan }) {
  if (plan.is_empty)
    return <Banner tone="ok">There is nothing to do: all of it runs like that already.</Banner>;
  return (
    <div className="flex flex-col gap-3">
      <ul
        aria-label="Plan"
        tabIndex={0}
        className="scroll-thin max-h-60 overflow-auto rounded-md border bg-sunken px-3 py-2 font-mono text-xs leading-5"
      >
        {plan.summary.map((line) => (
          <li
            key={line}
            className={classes("whitespace-pre-wrap break-words", LOOKS[line.trimStart().slice(0, 1)])}
          >
            {line}
          </li>
        ))}
      </ul>
      {plan.notes.map((note) => (
        <Banner key={note} tone="info">
          {note}
        </Banner>
      ))}
    </div>
  );
}
