/** A unified diff (`diff -u`), line by line, as it is shown. */

export interface Line {
  kind: "same" | "added" | "removed" | "gap";
  /** Its number in the text before; none for what was added. */
  before?: number;
  /** Its number in the text after; none for what was removed. */
  after?: number;
  text: string;
}

const HUNK = /^@@ -(\d+)(?:,\d+)? \+(\d+)(?:,\d+)? @@/;

export function linesOf(difference: string): Line[] {
  const lines: Line[] = [];
  let [before, after] = [0, 0];
  let isBegun = false;
  for (const line of difference.replace(/\n$/, "").split("\n")) {
    const hunk = HUNK.exec(line);
    if (hunk) {
      before = Number(hunk[1]);
      after = Number(hunk[2]);
      if (isBegun) lines.push({ kind: "gap", text: "" });
      isBegun = true;
      continue;
    }
    if (!isBegun) continue; // the names of the two
    const text = line.slice(1);
    if (line.startsWith("+")) {
      lines.push({ kind: "added", after, text });
      after += 1;
    } else if (line.startsWith("-")) {
      lines.push({ kind: "removed", before, text });
      before += 1;
    } else if (line.startsWith(" ")) {
      lines.push({ kind: "same", before, after, text });
      before += 1;
      after += 1;
    }
  }
  return lines;
}
