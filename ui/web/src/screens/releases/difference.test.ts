import { describe, expect, it } from "vitest";
import { linesOf } from "./difference";

const SHOWN = { same: " ", added: "+", removed: "-", gap: "…" };

function shown(difference: string): string[] {
  return linesOf(difference).map(
    (line) => `${line.before ?? "·"} ${line.after ?? "·"} ${SHOWN[line.kind]}${line.text}`,
  );
}

describe("a unified diff", () => {
  it("is told line by line, with the numbers of both texts", () => {
    const difference = `--- release 1
+++ release 2
@@ -1,3 +1,3 @@
 name: shop
-replicas: 1
+replicas: 2
 end: true
`;
    expect(shown(difference)).toEqual([
      "1 1  name: shop",
      "2 · -replicas: 1",
      "· 2 +replicas: 2",
      "3 3  end: true",
    ]);
  });

  it("shows where lines are left out, and lines that look like its own marks", () => {
    const difference = `--- a
+++ b
@@ -1 +1,2 @@
 x
+++ not a head
@@ -9,2 +10 @@
 y
--- not a head
`;
    expect(shown(difference)).toEqual([
      "1 1  x",
      "· 2 +++ not a head",
      "· · …",
      "9 10  y",
      "10 · --- not a head",
    ]);
  });

  it("of two texts that are the same is nothing", () => {
    expect(linesOf("")).toEqual([]);
  });
});
