/** The difference of two texts as lines: what went, what came, and a few that stayed around them. Pure. */
import { applied, changesBetween, type TextChange } from "@/model";

export interface DifferenceLine {
  sign: " " | "+" | "-" | "…";
  text: string;
}

const AROUND = 2;

export function linesOf(before: string, after: string): DifferenceLine[] {
  const all: DifferenceLine[] = [];
  const put = (sign: DifferenceLine["sign"], text: string) => {
    if (text) for (const line of text.replace(/\n$/, "").split("\n")) all.push({ sign, text: line });
  };
  let at = 0;
  for (const { from, to, insert } of wholeLines(before, changesBetween(before, after))) {
    put(" ", before.slice(at, from));
    put("-", before.slice(from, to));
    put("+", insert);
    at = to;
  }
  put(" ", before.slice(at));
  return shortened(all);
}

/** Changes widened to the lines that they touch; those of the same line as one. */
function wholeLines(before: string, changes: readonly TextChange[]): TextChange[] {
  const widened: { from: number; to: number; inner: TextChange[] }[] = [];
  for (const change of changes) {
    const from = before.lastIndexOf("\n", change.from - 1) + 1;
    const end = before.indexOf("\n", Math.max(change.from, change.to - 1));
    const isAtStart = change.from === from && change.from === change.to && /\n$/.test(change.insert);
    const to = isAtStart ? from : end < 0 ? before.length : end + 1;
    const last = widened.at(-1);
    if (last && from < last.to) {
      last.to = Math.max(last.to, to);
      last.inner.push(change);
    } else widened.push({ from, to, inner: [change] });
  }
  return widened.map(({ from, to, inner }) => {
    const moved = inner.map((each) => ({ ...each, from: each.from - from, to: each.to - from }));
    return { from, to, insert: applied(before.slice(from, to), moved) };
  });
}

function shortened(all: readonly DifferenceLine[]): DifferenceLine[] {
  const isNear = (index: number) =>
    all.slice(Math.max(0, index - AROUND), index + AROUND + 1).some((each) => each.sign !== " ");
  const shown: DifferenceLine[] = [];
  all.forEach((line, index) => {
    if (isNear(index)) shown.push(line);
    else if (shown.at(-1)?.sign !== "…") shown.push({ sign: "…", text: "" });
  });
  return shown;
}
