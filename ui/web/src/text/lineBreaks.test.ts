import { expect, test } from "vitest";
import { afterShown, shownText, toShown, toText } from "./lineBreaks";

const MIXED = "a: 1\r\nb: 2\nc: 3\r\nd: 4";

test("every line break is shown as one, and each offset finds its way there and back", () => {
  const shown = shownText(MIXED);
  expect(shown).toBe("a: 1\nb: 2\nc: 3\nd: 4");
  for (let at = 0; at <= shown.length; at += 1) {
    expect(toShown(MIXED, toText(MIXED, at))).toBe(at);
    expect(shownText(MIXED.slice(0, toText(MIXED, at)))).toBe(shown.slice(0, at));
  }
});

test("a change of what is shown leaves the line breaks of the rest", () => {
  const shown = shownText(MIXED);
  const at = shown.indexOf("c");
  expect(afterShown(MIXED, [{ from: at, to: at + 4, insert: "x: 1\ny: 2" }])).toBe(
    "a: 1\r\nb: 2\nx: 1\r\ny: 2\r\nd: 4",
  );
  expect(afterShown("a\nb", [{ from: 1, to: 2, insert: "\n\n" }])).toBe("a\n\nb");
  expect(afterShown(MIXED, [{ from: 4, to: 5, insert: "" }])).toBe("a: 1b: 2\nc: 3\r\nd: 4");
});
