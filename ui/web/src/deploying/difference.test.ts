import { describe, expect, it } from "vitest";
import { linesOf } from "./difference";

function written(before: string, after: string): string {
  return linesOf(before, after)
    .map(({ sign, text }) => `${sign}${text}`)
    .join("\n");
}

describe("the difference of two texts", () => {
  it.each([
    ["a changed word", "a: 1\nb: 2\nc: 3\n", "a: 1\nb: 9\nc: 3\n", " a: 1\n-b: 2\n+b: 9\n c: 3"],
    ["two words of one line", "a: {b: 1, c: 2}\n", "a: {b: 9, c: 8}\n", "-a: {b: 1, c: 2}\n+a: {b: 9, c: 8}"],
    ["a line that came", "a\nb\n", "a\nx\nb\n", " a\n+x\n b"],
    ["a line that went", "a\nx\nb\n", "a\nb\n", " a\n-x\n b"],
    ["a text where none was", "", "a\nb\n", "+a\n+b"],
    ["nothing", "a\n", "a\n", "…"],
    [
      "what is far away",
      "1\n2\n3\n4\n5\n6\n7\n8\n9\n",
      "1\n2\n3\n4\nx\n6\n7\n8\n9\n",
      "…\n 3\n 4\n-5\n+x\n 6\n 7\n…",
    ],
  ])("is told by lines: %s", (_, before, after, expected) => {
    expect(written(before, after)).toBe(expected);
  });
});
