import { classes } from "@/look";
import { changesBetween } from "@/model";

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

export interface DiffLine {
  sign: " " | "+" | "-" | "…";
  text: string;
}

const AROUND = 2;

/** A difference as lines: what went, what came, and a few that stayed around them. */
export function linesOf(before: string, after: string): DiffLine[] {
  const all: DiffLine[] = [];
  const put = (sign: DiffLine["sign"], text: string) => {
    if (text) for (const line of text.replace(/\n$/, "").split("\n")) all.push({ sign, text: line });
  };
  let at = 0;
  for (const { from, to, insert } of changesBetween(before, after)) {
    const start = Math.max(at, before.lastIndexOf("\n", from - 1) + 1);
    const newline = before.indexOf("\n", to);
    const end =
      to > start && before[to - 1] === "\n" && insert.endsWith("\n")
        ? to
        : newline < 0
          ? before.length
          : newline + 1;
    put(" ", before.slice(at, start));
    put("-", before.slice(start, end));
    put("+", before.slice(start, from) + insert + before.slice(to, end));
    at = end;
  }
  put(" ", before.slice(at));
  const isNear = (index: number) =>
    all.slice(Math.max(0, index - AROUND), index + AROUND + 1).some((each) => each.sign !== " ");
  const shown: DiffLine[] = [];
  all.forEach((line, index) => {
    if (isNear(index)) shown.push(line);
    else if (shown.at(-1)?.sign !== "…") shown.push({ sign: "…", text: "" });
  });
  return shown;
}
