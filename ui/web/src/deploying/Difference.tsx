import { classes } from "@/look";
import { linesOf } from "./difference";

interface DifferenceProps {
  before: string;
  after: string;
}

/** The lines that differ, with a few around them. */
export default function Difference({ before, after }: DifferenceProps) {
  return (
    <pre className="scroll-thin max-h-96 overflow-auto border-t bg-sunken py-2 text-2xs leading-4.5">
      {linesOf(before, after).map((each, index) => (
        <div
          // biome-ignore lint/suspicious/noArrayIndexKey: a text has no other key for its lines
          key={index}
          className={classes(
            "whitespace-pre-wrap break-words px-3",
            each.sign === "+" && "bg-ok-soft text-ok",
            each.sign === "-" && "bg-bad-soft text-bad",
            each.sign === "…" && "text-faint",
          )}
        >
          {each.sign} {each.text}
        </div>
      ))}
    </pre>
  );
}
