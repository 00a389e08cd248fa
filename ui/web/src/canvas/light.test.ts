import { describe, expect, it } from "vitest";
import type { Replica } from "@/api";
import type { Phase } from "@/live";
import { lightOf } from "./light";

const replica = (state: string, reason = ""): Replica => ({ state, reason }) as Replica;
const phase = (name: string, more: Partial<Phase> = {}): Phase => ({
  deploy: 1,
  component: "api",
  replica: 1,
  phase: name,
  seconds: 1,
  ...more,
});

describe("the light of a component", () => {
  it.each([
    [[], [], null],
    [[replica("running")], [], ["running", "running"]],
    [[replica("running"), replica("exited", "exit code 1")], [], ["exited", "1 of 2 exited"]],
    [[replica("unhealthy"), replica("unhealthy")], [], ["unhealthy", "unhealthy"]],
    [[replica("never heard of"), replica("running")], [], ["never heard of", "1 of 2 never heard of"]],
    [[], [phase("pulling", { detail: "12 of 40 MiB" })], ["starting", "pulling 12 of 40 MiB"]],
    [[replica("running")], [phase("failed")], ["failed", "failed"]],
    [[replica("running")], [phase("ready", { took: 1.2 })], ["running", "ready in 1.2 s"]],
    [[replica("running")], [phase("ready"), phase("starting", { replica: 2 })], ["starting", "starting"]],
    [[], [phase("removed")], null],
  ])("of replicas %j in phases %j is %j", (replicas, phases, expected) => {
    const light = lightOf(replicas, phases);
    expect(light && [light.condition, light.word]).toEqual(expected);
  });
});
