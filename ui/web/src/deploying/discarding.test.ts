import { describe, expect, it } from "vitest";
import { applied, readDrawing } from "@/model";
import { discarded } from "./discarding";

const RELEASED = `backdraft: 1
name: shop
components:
  # what people open
  front: {kind: nginx, publish: {http: 8080}}
  cache:
    kind: redis
  db: {kind: postgres}
connections:
  - {from: front, to: db}
layout:
  front: [0, 0]
  cache: [280, 0]
  db: [560, 0]
`;

function effect(component: string, change: string) {
  return { component, change, causes: [], interruption: "", loses: [] };
}

function without(text: string, component: string, change: string): string | null {
  const edit = discarded(text, RELEASED, effect(component, change));
  return edit && applied(text, edit(text));
}

function same(text: string | null): boolean {
  const plain = (of: string) => {
    const drawing = readDrawing(of).drawing;
    const components = [...(drawing?.components.values() ?? [])].map(({ written, ...each }) => each);
    return JSON.stringify([
      components.sort((one, other) => (one.name < other.name ? -1 : 1)),
      drawing?.connections.map(({ index, ...each }) => each),
    ]);
  };
  return text !== null && plain(text) === plain(RELEASED);
}

describe("discarding the change of one component", () => {
  it.each([
    [
      "a setting",
      RELEASED.replace("    kind: redis\n", "    kind: redis\n    settings: {memory: 80}\n"),
      "cache",
      "change",
    ],
    [
      "a removal, with its lines",
      RELEASED.replace("  db: {kind: postgres}\n", "").replace(
        "connections:\n  - {from: front, to: db}\n",
        "",
      ),
      "db",
      "remove",
    ],
    ["another kind", RELEASED.replace("kind: redis", "kind: valkey"), "cache", "change"],
    ["something new", RELEASED.replace("  db: {kind", "  mail: {kind: smtp}\n  db: {kind"), "mail", "create"],
  ])("takes back %s", (_, text, component, change) => {
    expect(same(without(text, component, change))).toBe(true);
  });

  it("is not offered where the text is not what changes", () => {
    expect(without(RELEASED, "cache", "change")).toBeNull();
    expect(without(RELEASED, "cache", "restart")).toBeNull();
  });
});
