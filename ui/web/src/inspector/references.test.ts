import { expect, it } from "vitest";
import { begun, completed, secretsIn } from "./references";

it("finds the secrets that are named, each once, and none that is only written", () => {
  const environment = {
    A: "${secret.TOKEN}",
    B: "x${secret.TOKEN}${secret.OTHER}",
    C: "$${secret.NONE}",
    D: "${db.url}",
  };
  expect(secretsIn(environment)).toEqual(["TOKEN", "OTHER"]);
});

it.each([
  ["${", 2, { from: 0, typed: "" }],
  ["redis://${cache.u", 17, { from: 8, typed: "cache.u" }],
  ["${db.url}", 9, null],
  ["$${", 3, null],
  ["plain", 5, null],
])("in %j at %d a reference is begun: %j", (text, caret, expected) => {
  expect(begun(text, caret)).toEqual(expected);
});

it("completes what is being typed, and leaves what follows", () => {
  expect(completed("a${db} b", { from: 1, typed: "db" }, "${db.url}")).toBe("a${db.url} b");
  expect(completed("${", { from: 0, typed: "" }, "${db.url}")).toBe("${db.url}");
});
