import { describe, expect, it } from "vitest";
import type { Kind } from "@/api";
import { readDrawing } from "@/model";
import { edgesOf, lineIds } from "./edges";
import { aligned, boxAt, ends, freePlace, neighbour, overlap } from "./geometry";
import { laidOut } from "./layout";
import { gift, legality } from "./lines";
import { boxId, ghostsOf, nodesOf } from "./nodes";
import { placesOf } from "./places";

const SHOP = `backdraft: 1
name: shop
components:
  front: {kind: nginx}
  api: {kind: python, place: {zone: eu}}
  db: {kind: postgres, place: {zone: eu}}
  files: {kind: minio}
  strange: {kind: nobody-knows}
connections:
  - {from: front, to: api, path: /api}
  - {from: front, to: api, path: /v2}
  - {from: api, to: db}
notes:
  why: {text: Asked for., at: [0, 300]}
layout: {front: [0, 0], api: [280, 0], db: [560, 0]}
`;

function drawn(text = SHOP) {
  const { drawing } = readDrawing(text);
  if (!drawing) throw new Error("the text cannot be read");
  return drawing;
}

function kind(
  name: string,
  ports: Record<string, [string, string | null, string[]]>,
  more: Partial<Kind> = {},
): Kind {
  return {
    kind: name,
    ports: Object.fromEntries(
      Object.entries(ports).map(([port, [protocol, prefix, offers]]) => [port, { protocol, prefix, offers }]),
    ),
    accepts: null,
    routes: false,
    ...more,
  } as unknown as Kind;
}

const KINDS = new Map(
  [
    kind("nginx", { http: ["http", null, ["URL"]] }, { accepts: ["http"], routes: true }),
    kind("python", { http: ["http", null, ["URL", "HOST"]] }),
    kind("postgres", { primary: ["postgres", "DATABASE", ["URL", "PASSWORD"]] }),
    kind("minio", { s3: ["s3", "S3", ["URL"]], console: ["http", null, ["URL"]] }),
    kind("worker", {}),
  ].map((each) => [each.kind, each]),
);

function input(more = {}) {
  const drawing = drawn();
  const none = { dragged: new Map(), selected: new Set<string>(), ghosts: [], mayDraw: true };
  return { drawing, places: placesOf(drawing), ...none, ...more };
}

describe("nodes", () => {
  it("are boxes, notes and a frame around a zone", () => {
    expect(nodesOf(input()).map((each) => each.id)).toEqual([
      "zone:eu",
      "box:front",
      "box:api",
      "box:db",
      "box:files",
      "box:strange",
      "note:why",
    ]);
  });

  it("that stayed the same are the very same objects", () => {
    const before = nodesOf(input());
    const after = nodesOf(input({ selected: new Set(["box:api"]) }), before);
    expect(after.filter((each, index) => each !== before[index]).map((each) => each.id)).toEqual(["box:api"]);
  });

  it("stand where they are dragged, and their frame with them", () => {
    const [zone, , api] = nodesOf(input({ dragged: new Map([[boxId("api"), [280, 400]]]) }));
    expect(api?.position).toEqual({ x: 280, y: 400 });
    expect(zone?.height).toBeGreaterThan(400);
  });

  it("cannot be moved by somebody who may only look", () => {
    expect(nodesOf(input({ mayDraw: false })).filter((each) => each.draggable)).toEqual([]);
  });

  it("show what a deploy would remove, where it stood", () => {
    const now = drawn(SHOP.replace("  db: {kind: postgres, place: {zone: eu}}\n", ""));
    expect(ghostsOf(now, drawn(), ["db"])).toEqual([{ name: "db", kind: "postgres", at: [560, 0] }]);
    expect(ghostsOf(drawn(), drawn(), ["db"])).toEqual([]);
  });
});

describe("edges", () => {
  const edges = (text: string, released: string | null = null) =>
    edgesOf({
      drawing: drawn(text),
      released: released === null ? null : drawn(released),
      showsChanges: released !== null,
      selected: new Set(),
    });

  it("of the same ends are told apart", () => {
    expect(lineIds(drawn().connections)).toEqual(["line:front>api", "line:front>api#2", "line:api>db"]);
  });

  it("whose end is not drawn are left out", () => {
    const text = SHOP.replace("to: db", "to: nowhere");
    expect(edges(text).map((each) => each.id)).toEqual(["line:front>api", "line:front>api#2"]);
  });

  it("say what a deploy would do to them", () => {
    const now = SHOP.replace("path: /v2", "path: /v3").replace(
      "{from: api, to: db}",
      "{from: api, to: files.s3}",
    );
    expect(edges(now, SHOP).map((each) => [each.id, each.data?.change])).toEqual([
      ["line:front>api", null],
      ["line:front>api#2", "change"],
      ["line:api>files.s3", "create"],
      ["gone:line:api>db", "remove"],
    ]);
  });

  it("that stayed the same are the very same objects", () => {
    const drawing = drawn();
    const ask = { drawing, released: null, showsChanges: false, selected: new Set<string>() };
    const before = edgesOf(ask);
    const after = edgesOf({ ...ask, selected: new Set(["line:api>db"]) }, before);
    expect(after.map((each, index) => each === before[index])).toEqual([true, true, false]);
  });
});

describe("a line that is drawn", () => {
  it.each([
    ["front", "files", true, "", null],
    ["front", "db", false, "front speaks http, db speaks postgres.", null],
    ["api", "db", false, "api is connected to db already.", null],
    ["front", "api", true, "", null],
    ["api", "api", false, "A box needs no line to itself.", null],
    ["api", "strange", false, "Nobody knows the ports of “nobody-knows”.", null],
    ["api", "files", true, "", "s3"],
  ])("from %s to %s may be drawn: %s %s", (from, to, isLegal, why, port) => {
    expect(legality(drawn(), KINDS, from, to)).toEqual({ isLegal, why, port });
  });

  it("cannot lead to a box without ports, but to one that was given one", () => {
    const text = SHOP.replace("strange: {kind: nobody-knows}", "strange: {kind: worker}");
    expect(legality(drawn(text), KINDS, "api", "strange").why).toBe("strange has no port to connect to.");
    const given = SHOP.replace(
      "{kind: nobody-knows}",
      "{kind: worker, ports: {done: {protocol: tcp, number: 1}}}",
    );
    expect(legality(drawn(given), KINDS, "api", "strange").isLegal).toBe(true);
  });

  it("gives its client the address under names of the server's kind, or as it says", () => {
    const drawing = drawn(SHOP.replace("{from: api, to: db}", "{from: api, to: db, as: WAREHOUSE}"));
    const names = drawing.connections.map((each) => gift(drawing, KINDS, each)?.names);
    expect(names).toEqual([
      ["API_URL", "API_HOST"],
      ["API_URL", "API_HOST"],
      ["WAREHOUSE_URL", "WAREHOUSE_PASSWORD"],
    ]);
  });
});

describe("places", () => {
  it("of boxes without one are below the others, clients left of their servers", () => {
    const places = placesOf(
      drawn(SHOP.replace("layout: {front: [0, 0], api: [280, 0], db: [560, 0]}\n", "")),
    );
    expect(Object.fromEntries(places)).toEqual({
      front: [0, 0],
      api: [280, 0],
      db: [560, 0],
      files: [0, 160],
      strange: [0, 320],
    });
    expect(placesOf(drawn()).get("files")).toEqual([0, 160]);
  });

  it("of a layout cover no other, and go from clients to servers", () => {
    const drawing = drawn();
    const places = laidOut(drawing);
    const boxes = [...places.values()].map(boxAt);
    expect(
      boxes.flatMap((one, index) => boxes.slice(index + 1).filter((other) => overlap(one, other))),
    ).toEqual([]);
    expect(places.get("front")?.[0]).toBeLessThan(places.get("api")?.[0] ?? 0);
  });

  it("that are taken give way to the nearest free one", () => {
    expect(freePlace([0, 0], [])).toEqual([0, 0]);
    const at = freePlace([3, 4], [[0, 0]]);
    expect(overlap(boxAt(at), boxAt([0, 0]))).toBe(false);
  });

  it("line up with what is near, and only with that", () => {
    const result = aligned(boxAt([283, 200]), [boxAt([280, 0])], 6);
    expect(result.shift).toEqual([-3, 0]);
    expect(result.guides.map(({ axis, at }) => [axis, at])).toEqual([["x", 280]]);
    expect(aligned(boxAt([300, 200]), [boxAt([280, 0])], 6).guides).toEqual([]);
  });

  it.each([
    [[280, 0], "right", "left"],
    [[-280, 0], "left", "right"],
    [[0, 200], "bottom", "top"],
    [[0, -200], "top", "bottom"],
  ] as const)("a line to a box at %j leaves at the %s and enters at the %s", (at, out, into) => {
    const found = ends(boxAt([0, 0]), boxAt([at[0], at[1]]));
    expect([found.from[1], found.to[1]]).toEqual([out, into]);
  });

  it("lead to a neighbour by arrows", () => {
    const others = [
      ["right", boxAt([280, 0])],
      ["far", boxAt([560, 0])],
      ["below", boxAt([0, 160])],
    ] as const;
    expect(neighbour(boxAt([0, 0]), others, "right")).toBe("right");
    expect(neighbour(boxAt([0, 0]), others, "bottom")).toBe("below");
    expect(neighbour(boxAt([0, 0]), others, "left")).toBeNull();
  });
});
