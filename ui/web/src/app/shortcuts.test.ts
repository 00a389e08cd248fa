import { describe, expect, it } from "vitest";
import type { Action } from "./actions";
import { matching, type Press, written } from "./shortcuts";

function press(key: string, held: Partial<Press> = {}): Press {
  return { key, ctrlKey: false, metaKey: false, altKey: false, shiftKey: false, ...held };
}

function action(id: string, shortcut: string): Action {
  return { id, label: id, group: "Test", shortcut, perform: () => undefined };
}

describe("a press as shortcuts write it", () => {
  it.each([
    [press("k", { ctrlKey: true }), "mod+k"],
    [press("k", { metaKey: true }), "mod+k"],
    [press("Z", { ctrlKey: true, shiftKey: true }), "mod+shift+z"],
    [press("?", { shiftKey: true }), "?"],
    [press("ArrowUp", { shiftKey: true }), "shift+arrowup"],
    [press("F2"), "f2"],
  ])("%j is written %s", (given, expected) => {
    expect(written(given)).toBe(expected);
  });
});

describe("the action that keys mean", () => {
  const actions = [action("projects", "g p"), action("find", "/"), action("other find", "/")];

  it("is the one that was offered last, where two have the same keys", () => {
    expect(matching(actions, "/").action?.id).toBe("other find");
  });

  it("waits for the second key", () => {
    expect(matching(actions, "g")).toEqual({ action: undefined, isBegun: true });
    expect(matching(actions, "g p").action?.id).toBe("projects");
  });
});
