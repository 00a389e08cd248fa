import { describe, expect, it } from "vitest";
import { change, inWords } from "./deeds";

describe("a deed", () => {
  it("is told in plain words, and one that is not known by its name", () => {
    expect([inWords("queue_deploy"), inWords("melt_down")]).toEqual(["deployed", "melt down"]);
  });

  it.each([
    [null, { role: "viewer" }, "role: viewer"],
    [{ role: "viewer" }, { role: "owner" }, "role: viewer → owner"],
    [false, true, "false → true"],
    [
      { email: null, is_administrator: true },
      { email: null, is_administrator: false },
      "is_administrator: true → false",
    ],
    [{ state: "waiting", why: "same" }, { state: "cancelled", why: "same" }, "state: waiting → cancelled"],
    [null, { argv: ["ls", "-l"], replica: 1 }, 'argv: ["ls","-l"], replica: 1'],
    [null, null, ""],
  ])("shows what changed: %j to %j", (before, after, expected) => {
    expect(change(before, after)).toBe(expected);
  });
});
