import { expect, it } from "vitest";
import type { Kind } from "@/api";
import { readDrawing } from "@/model";
import { addressesOf } from "./addresses";

const KIND = { ports: { http: { protocol: "http" }, raw: { protocol: "tcp" } } } as unknown as Kind;

it.each([
  ["{http: 8080}", ["http://127.0.0.1:8080"]],
  ['{http: "0.0.0.0:8080"}', ["http://backdraft.example:8080"]],
  ['{http: "[::]:8080"}', ["http://backdraft.example:8080"]],
  ['{http: "[::1]:8080", raw: 9000}', ["http://[::1]:8080"]],
  ["{}", []],
])("what is published as %s is reached at %j", (publish, expected) => {
  const { drawing } = readDrawing(`components: {front: {kind: nginx, publish: ${publish}}}`);
  const front = drawing?.components.get("front");
  expect(front && addressesOf(front, KIND, "backdraft.example")).toEqual(expected);
});
