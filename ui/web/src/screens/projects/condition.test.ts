import { describe, expect, it } from "vitest";
import { conditionOf } from "./condition";

const DEPLOYED = {
  project: "shop",
  paused: false,
  states: {},
  release: 3,
  deployed: 1,
  who: "ada",
  underway: null,
};

describe("how a project is", () => {
  it.each([
    [
      "is running when everything runs, or waits for its time",
      { states: { running: 4, waiting: 1 } },
      "running: running",
    ],
    [
      "says how many are worst",
      { states: { running: 4, unhealthy: 2, restarting: 1 } },
      "unhealthy: 2 of 7 unhealthy",
    ],
    ["says only the word where it is true of all", { states: { unknown: 3 } }, "unknown: unknown"],
    ["is a draft until it was deployed", { release: null }, "draft: never deployed"],
    ["is stopped where nothing of it is left", {}, "stopped: nothing runs"],
    [
      "is starting while something is done to it",
      { states: { missing: 1 }, underway: { id: 1, action: "deploy", state: "running", who: "ada" } },
      "starting: deploying",
    ],
    [
      "says that it waits for its turn",
      { underway: { id: 1, action: "deploy", state: "waiting", who: "ada" } },
      "starting: deploy waits",
    ],
  ])("%s", (_, given, expected) => {
    const found = conditionOf({ ...DEPLOYED, ...given });
    expect(`${found.condition}: ${found.label}`).toBe(expected);
  });
});
