import { describe, expect, it } from "vitest";
import type { Replica } from "@/api";
import { type Live, withEntry, withStatus } from "./store";
import type { Entry } from "./stream";

const NOTHING: Live = { connection: "open", replicas: new Map(), phases: new Map(), deploys: new Map() };

function replica(component: string, state: string, number = 1): Replica {
  return { component, replica: number, name: `shop-${component}-${number}`, state, reason: "" } as Replica;
}

function status(...replicas: Replica[]) {
  return { project: "shop", paused: false, release: 1, fault: "", drift: null, stopped: {}, replicas };
}

let id = 0;
function entry(kind: string, content: Record<string, unknown>): Entry {
  id += 1;
  return { id, project: "shop", kind, at: 0, content };
}

function told(...entries: Entry[]): Live {
  return entries.reduce(withEntry, NOTHING);
}

describe("the live store", () => {
  it("keeps slices that are as they were, so that their boxes are not drawn anew", () => {
    const before = withStatus(NOTHING, status(replica("api", "running"), replica("db", "running")));
    const after = withStatus(before, status(replica("api", "unhealthy"), replica("db", "running")));
    expect(after.replicas.get("shop/db")).toBe(before.replicas.get("shop/db"));
    expect(after.replicas.get("shop/api")?.map((each) => each.state)).toEqual(["unhealthy"]);
  });

  it("forgets components that are gone, and none of other projects", () => {
    const other = { ...status(replica("api", "running")), project: "blog" };
    const before = withStatus(withStatus(NOTHING, other), status(replica("api", "running")));
    expect([...withStatus(before, status()).replicas.keys()]).toEqual(["blog/api"]);
  });

  it("changes one replica by an event", () => {
    const before = withStatus(NOTHING, status(replica("api", "running", 1), replica("api", "running", 2)));
    const change = {
      component: "api",
      replica: 2,
      container: "shop-api-2",
      state: "exited",
      reason: "code 1",
    };
    const after = withEntry(before, entry("status.changed", change));
    expect(after.replicas.get("shop/api")?.map((each) => [each.state, each.reason])).toEqual([
      ["running", ""],
      ["exited", "code 1"],
    ]);
  });

  it("shows of each replica the newest phase, of the newest deploy only", () => {
    const after = told(
      entry("deploy.phase", { deploy: 6, component: "api", replica: 1, phase: "ready", seconds: 9 }),
      entry("deploy.phase", { deploy: 7, component: "api", replica: 2, phase: "starting", seconds: 1 }),
      entry("deploy.phase", { deploy: 7, component: "api", replica: 1, phase: "starting", seconds: 1 }),
      entry("deploy.phase", { deploy: 7, component: "api", replica: 1, phase: "ready", seconds: 2 }),
    );
    expect(
      after.phases.get("shop/api")?.map((each) => `${each.deploy}: ${each.replica} ${each.phase}`),
    ).toEqual(["7: 1 ready", "7: 2 starting"]);
  });

  it("follows a deploy from the queue to its end", () => {
    const states = [
      entry("deploy.queued", { deploy: 7, who: "ada", why: "first" }),
      entry("deploy.began", { deploy: 7 }),
      entry("deploy.message", { deploy: 7, text: "pulling" }),
      entry("deploy.ended", { deploy: 7, state: "done" }),
    ].reduce<[Live, string[]]>(
      ([state, seen], each) => {
        const next = withEntry(state, each);
        return [next, [...seen, next.deploys.get("shop")?.state ?? ""]];
      },
      [NOTHING, []],
    );
    expect(states[1]).toEqual(["waiting", "running", "running", "done"]);
    expect(states[0].deploys.get("shop")).toMatchObject({ who: "ada", why: "first", messages: ["pulling"] });
  });

  it("shows the deploy that runs while others wait behind it", () => {
    const after = told(
      entry("deploy.began", { deploy: 7 }),
      entry("deploy.queued", { deploy: 8 }),
      entry("deploy.message", { deploy: 7, text: "still" }),
    );
    expect(after.deploys.get("shop")?.deploy).toBe(7);
  });

  it("lets go of a project that was removed", () => {
    const before = withStatus(NOTHING, status(replica("api", "running")));
    expect(withEntry(before, entry("project.removed", {})).replicas.size).toBe(0);
  });
});
