import { describe, expect, it } from "vitest";
import { staleAfter } from "./connect";

function stale(kind: string): string[] {
  return staleAfter({ id: 1, project: "shop", kind, at: 0, content: {} }).map((key) => key.join("/"));
}

describe("what is to be looked up anew", () => {
  it.each([
    ["project.made", ["all projects", "projects/shop/itself"]],
    ["draft.saved", ["projects/shop/schema", "projects/shop/itself", "all projects"]],
    ["deploy.queued", ["projects/shop/deploys", "all projects/overview"]],
    [
      "deploy.ended",
      ["projects/shop/deploys", "projects/shop/releases", "projects/shop/status", "all projects/overview"],
    ],
    ["status.changed", ["projects/shop/status", "all projects/overview"]],
    ["secret.set", ["projects/shop/secrets"]],
    ["member.left", ["projects/shop/members", "projects/shop/invitations", "me", "all projects"]],
  ])("after %s", (kind, keys) => {
    expect(stale(kind)).toEqual(keys);
  });

  it("is nothing while a deploy only tells how far it is, a hundred times a second", () => {
    expect([stale("deploy.phase"), stale("deploy.step"), stale("deploy.message")]).toEqual([[], [], []]);
  });
});
