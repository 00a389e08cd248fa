import { expect, test } from "vitest";
import { merge, mergeWith } from ".";

const BASE = `backdraft: 1
name: shop
components:
  # The way in.
  front: {kind: nginx}

  api:
    kind: python
    replicas: 2
    environment: {LOG_LEVEL: info, ID: 08}

  db: {kind: postgres}

connections:
  - {from: front, to: api, path: /}
  - {from: api, to: db}
layout: {front: [0, 0], api: [280, 0], db: [560, 0]}
`;

const changed = (...pairs: [string, string][]) => {
  return pairs.reduce((text, [old, now]) => {
    expect(text).toContain(old);
    return text.replace(old, now);
  }, BASE);
};

test("what only one of you changed is that one's", () => {
  const one = changed(["replicas: 2", "replicas: 3"]);
  expect(merge(BASE, one, BASE)).toEqual({ text: one, conflicts: [] });
  expect(merge(BASE, BASE, one)).toEqual({ text: one, conflicts: [] });
  expect(merge(BASE, one, one)).toEqual({ text: one, conflicts: [] });
});

test("lines apart are taken side by side, comments and all", () => {
  const yours = changed(["replicas: 2", "replicas: 3"]);
  const theirs = changed(
    ["# The way in.", "# The only way in."],
    ["  - {from: api, to: db}", "  - {from: api, to: db, as: STORE}"],
  );
  expect(merge(BASE, yours, theirs)).toEqual({
    text: changed(
      ["replicas: 2", "replicas: 3"],
      ["# The way in.", "# The only way in."],
      ["  - {from: api, to: db}", "  - {from: api, to: db, as: STORE}"],
    ),
    conflicts: [],
  });
});

test("two fields of one line are no conflict, and your style stays", () => {
  const yours = changed(["db: {kind: postgres}", "db: { kind: postgres, replicas: 1 }   # mine"]);
  const theirs = changed(["db: {kind: postgres}", "db: {kind: postgres, egress: true}"]);
  expect(merge(BASE, yours, theirs)).toEqual({
    text: changed(["db: {kind: postgres}", "db: { kind: postgres, replicas: 1, egress: true }   # mine"]),
    conflicts: [],
  });
});

test("components that both of you added arrive with their comments", () => {
  const yours = changed(["connections:", "  cache: {kind: redis}\n\nconnections:"]);
  const theirs = changed([
    "connections:",
    "  # Sends the mail.\n  mail:\n    kind: mailpit   # for now\n\nconnections:",
  ]);
  const { text, conflicts } = merge(BASE, yours, theirs);
  expect(conflicts).toEqual([]);
  expect(text).toContain(
    "  cache: {kind: redis}\n\n  # Sends the mail.\n  mail:\n    kind: mailpit   # for now\n\nconnections:",
  );
});

test("the same field changed to two values is a conflict, and yours stands", () => {
  const yours = changed(["replicas: 2", "replicas: 3"], ["info", "debug"]);
  const theirs = changed(["replicas: 2", "replicas: 4"], ["[0, 0]", "[0, 40]"]);
  const { text, conflicts } = merge(BASE, yours, theirs);
  expect(text).toBe(changed(["replicas: 2", "replicas: 3"], ["info", "debug"], ["[0, 0]", "[0, 40]"]));
  expect(conflicts).toEqual([
    {
      what: "api",
      yours: "api:\n  kind: python\n  replicas: 3\n  environment: {LOG_LEVEL: debug, ID: 08}",
      theirs: "api:\n  kind: python\n  replicas: 4\n  environment: {LOG_LEVEL: info, ID: 08}",
    },
  ]);
  expect(mergeWith(BASE, yours, theirs, new Set(["api"]))).toBe(text);
  expect(mergeWith(BASE, yours, theirs, new Set())).toBe(
    changed(["replicas: 2", "replicas: 4"], ["info", "debug"], ["[0, 0]", "[0, 40]"]),
  );
});

test("a component that one removed and the other changed is a conflict", () => {
  const yours = changed(["  db: {kind: postgres}\n\n", ""]);
  const theirs = changed(["db: {kind: postgres}", "# the truth\n  db: {kind: postgres, egress: true}"]);
  const { conflicts } = merge(BASE, yours, theirs);
  expect(conflicts).toEqual([
    { what: "db", yours: null, theirs: "# the truth\ndb: {kind: postgres, egress: true}" },
  ]);
  expect(mergeWith(BASE, yours, theirs, new Set())).toContain(
    "  # the truth\n  db: {kind: postgres, egress: true}\n",
  );
  expect(mergeWith(BASE, yours, theirs, new Set(["db"]))).not.toContain("db: {");
  expect(merge(BASE, theirs, yours).conflicts).toMatchObject([{ what: "db", theirs: null }]);
});

test("lines are known by their ends", () => {
  const yours = changed(
    ["  - {from: front, to: api, path: /}\n", ""],
    ["layout:", "  - {from: front, to: db}\nlayout:"],
  );
  const theirs = changed(
    ["  - {from: api, to: db}\n", ""],
    ["layout:", "  - {from: front, to: db.primary}\nlayout:"],
  );
  expect(merge(BASE, yours, theirs)).toEqual({
    text: changed(
      ["  - {from: front, to: api, path: /}\n", ""],
      ["  - {from: api, to: db}\n", "  - {from: front, to: db}\n  - {from: front, to: db.primary}\n"],
    ),
    conflicts: [],
  });
  const weighed = changed(["path: /}", "path: /, weight: 2}"]);
  const other = changed(["path: /}", "path: /, weight: 3}"]);
  expect(merge(BASE, weighed, other).conflicts).toEqual([
    {
      what: "front → api",
      yours: "- {from: front, to: api, path: /, weight: 2}",
      theirs: "- {from: front, to: api, path: /, weight: 3}",
    },
  ]);
});

test("places that both moved are yours", () => {
  const yours = changed(["api: [280, 0]", "api: [280, 10]"]);
  const theirs = changed(["api: [280, 0]", "api: [280, 20]"], ["db: [560, 0]", "db: [560, 20]"]);
  expect(merge(BASE, yours, theirs)).toEqual({
    text: changed(["api: [280, 0]", "api: [280, 10]"], ["db: [560, 0]", "db: [560, 20]"]),
    conflicts: [],
  });
});

test("texts of an environment are compared as they are written", () => {
  const theirs = changed(["ID: 08", "ID: 8"]);
  expect(merge(BASE, changed(["info", "debug"]), theirs).text).toContain("{LOG_LEVEL: debug, ID: 8}");
});

test("what is no YAML is merged by its lines, or is one conflict", () => {
  const broken = changed(["name: shop", "name: [shop"]);
  const theirs = changed(["replicas: 2", "replicas: 3"]);
  expect(merge(BASE, broken, theirs).text).toBe(
    changed(["name: shop", "name: [shop"], ["replicas: 2", "replicas: 3"]),
  );
  const other = changed(["name: shop", "name: store"]);
  expect(merge(BASE, broken, other)).toEqual({
    text: broken,
    conflicts: [{ what: "the text", yours: broken, theirs: other }],
  });
  expect(mergeWith(BASE, broken, other, new Set())).toBe(other);
});

test("a section that neither had comes with both of its parts", () => {
  const bare = "backdraft: 1\nname: shop\n";
  const yours = `${bare}components:\n  a: {kind: redis}\n`;
  const theirs = `${bare}components:\n  b: {kind: redis}\nnotes:\n  why: {text: so, at: [0, 0]}\n`;
  expect(merge(bare, yours, theirs)).toEqual({
    text: `${bare}components:\n  a: {kind: redis}\n  b: {kind: redis}\nnotes:\n  why: {text: so, at: [0, 0]}\n`,
    conflicts: [],
  });
});
