import { expect, test } from "vitest";
import { pathAt, rangeOf, readDrawing } from ".";

const SHOP = `backdraft: 1
name: shop
components:
  # what people open
  front: {kind: nginx, publish: {http: 8080}}
  api:
    kind: python
    source: {git: "https://git.example/shop.git", branch: main, directory: api}
    replicas: {min: 2, max: 6, cpu: 70}
    environment: {LOG_LEVEL: info, OLD: 08}
    place: {zone: eu}
connections:
  - {from: front, to: api, path: /api}
  - from: api
    to: db.primary
    as: DATABASE
layout: {front: [0, 0], api: [280, 0.5]}
`;

test("it reads a drawing", () => {
  const { drawing, faults } = readDrawing(SHOP);
  expect(faults).toEqual([]);
  expect(drawing?.name).toBe("shop");
  expect([...(drawing?.components.keys() ?? [])]).toEqual(["front", "api"]);
  expect(drawing?.components.get("api")).toMatchObject({
    kind: "python",
    source: { git: "https://git.example/shop.git", branch: "main", directory: "api" },
    replicas: { min: 2, max: 6, cpu: 70 },
    environment: { LOG_LEVEL: "info", OLD: "08" },
    place: { zone: "eu", host: null },
    written: ["kind", "source", "replicas", "environment", "place"],
  });
  expect(drawing?.components.get("front")?.publish).toEqual({ http: { number: 8080, address: "127.0.0.1" } });
  expect(drawing?.connections).toMatchObject([
    { index: 0, from: "front", to: "api", port: null, path: "/api" },
    { index: 1, from: "api", to: "db", port: "primary", as: "DATABASE" },
  ]);
  expect(drawing?.layout.get("api")).toEqual([280, 0.5]);
});

test("it says where things stand", () => {
  const { from, to } = rangeOf(SHOP, "connections/1") ?? { from: 0, to: 0 };
  expect(SHOP.slice(from, to)).toBe("- from: api\n    to: db.primary\n    as: DATABASE");
  expect(pathAt(SHOP, SHOP.indexOf("LOG_LEVEL"))).toBe("components/api/environment/LOG_LEVEL");
  expect(rangeOf(SHOP, "components/none")).toBeNull();
});

test("what has not changed is the same object", () => {
  const { drawing } = readDrawing(SHOP);
  const after = readDrawing(SHOP.replace("kind: nginx", "kind: caddy"), drawing).drawing;
  expect(after?.components.get("front")).not.toBe(drawing?.components.get("front"));
  expect(after?.components.get("api")).toBe(drawing?.components.get("api"));
  expect(after?.connections).toBe(drawing?.connections);
  expect(readDrawing(`# ${SHOP}`.replace("# b", "#\nb"), drawing).drawing).toBe(drawing);
});
