import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import {
  addComponent,
  addNote,
  applied,
  changeConnection,
  changesBetween,
  connect,
  type Drawing,
  disconnect,
  duplicateComponents,
  type Edit,
  merge,
  moveBoxes,
  rangeOf,
  readDrawing,
  removeComponents,
  removeNotes,
  renameComponent,
  setAt,
  setGroup,
  setReplicas,
  type TextChange,
  unsetAt,
} from ".";
import { chance, Pencil } from "./drawn";

const ROUNDS = 60;

/** Each test draws other schemas than the next, and the same ones whenever it runs. */
function drawn(seed: number, check: (text: string, pencil: Pencil, drawing: Drawing) => void): void {
  for (let round = 0; round < ROUNDS; round += 1) {
    const pencil = new Pencil(chance(seed * 10_000 + round));
    const text = pencil.schema();
    check(text, pencil, read(text));
  }
}

function read(text: string): Drawing {
  const { drawing, faults } = readDrawing(text);
  expect(faults, text).toEqual([]);
  if (!drawing) throw new Error(`it cannot be read: ${text}`);
  return drawing;
}

/** A drawing as values that can be compared; the order of components and places says nothing. */
function plain(drawing: Drawing) {
  const sorted = <T>(map: ReadonlyMap<string, T>) =>
    Object.fromEntries([...map].sort(([one], [other]) => (one < other ? -1 : 1)));
  return JSON.parse(
    JSON.stringify({
      ...drawing,
      components: sorted(drawing.components),
      layout: sorted(drawing.layout),
      notes: sorted(drawing.notes),
    }),
  );
}

const edited = (text: string, edit: Edit) => applied(text, edit(text));

/** Every edit, of something that is drawn. */
function edits(drawing: Drawing, pencil: Pencil): Edit[] {
  const name = pencil.one([...drawing.components.keys(), "none"]);
  const line = pencil.below(drawing.connections.length + 1);
  return [
    (text) => addComponent(text, { name: "new", kind: "redis", at: [1, 2] }),
    (text) => removeComponents(text, [name]),
    (text) => renameComponent(text, name, "renamed"),
    (text) => duplicateComponents(text, [name]).changes,
    (text) => connect(text, { from: name, to: name, port: "http", path: "/a b" }),
    (text) => disconnect(text, [line]),
    (text) => changeConnection(text, line, { as: "X", weight: 3, path: null }),
    (text) =>
      moveBoxes(
        text,
        new Map([
          [name, [3, 4]],
          ["other", [5, 6]],
        ]),
      ),
    (text) =>
      setAt(
        text,
        `components/${name}/environment/A`,
        pencil.one(["plain", "a: b", "# no", "two\nlines\n", "", "on", "1.0", "🐙 '\""]),
      ),
    (text) => setAt(text, `components/${name}/settings/deep/er`, [1, { a: true }]),
    (text) => setReplicas(text, name, { min: 2, max: 4, cpu: null }),
    (text) => unsetAt(text, `components/${name}/environment/A`),
    (text) => unsetAt(text, `components/${name}/settings`),
    (text) => setGroup(text, [name], "Group: one"),
    (text) => addNote(text, { name: "n", text: "a\nb", at: [0, 0] }),
  ];
}

describe("reading", () => {
  test("a text that is being typed never throws, and neither does an edit of it", () => {
    drawn(1, (text, pencil, drawing) => {
      let spoiled = text;
      for (let time = 0; time < 4; time += 1) {
        spoiled = pencil.spoiled(spoiled);
        const reading = readDrawing(spoiled);
        if (!reading.drawing) expect(reading.faults.length, spoiled).toBeGreaterThan(0);
        for (const edit of edits(drawing, pencil)) {
          const made = edited(spoiled, edit);
          // a text that was YAML stays YAML
          if (!reading.faults.length)
            expect(readDrawing(made).faults, `${spoiled}\n=====\n${made}`).toEqual([]);
        }
      }
    });
  }, 60_000);

  test("no beginning of a good text throws", () => {
    for (const name of ["block", "flow", "braces", "noted"]) {
      const text = readFileSync(join(import.meta.dirname, "fixtures", "texts", `${name}.yml`), "utf8");
      for (let end = 0; end <= text.length; end += 1)
        expect(() => readDrawing(text.slice(0, end))).not.toThrow();
    }
  });

  test.each([
    ["[", 100_000],
    ["{a: ", 100_000],
    ["? ", 100_000],
    ["- ", 100_000],
    ["a: b: ", 20_000],
    ["&a ", 100_000],
    ["!a ", 100_000],
    ["#\n", 300_000],
    ["}: ]\n", 30_000],
    ["\n", 1_000_000],
    ["%a\n", 100_000],
    ["---\n", 100_000],
    ['"', 100_000],
    ["a: |\n", 100_000],
    ["k: 1\n", 100_000],
  ])(
    "%j many times over is read in bounded time",
    (part, times) => {
      const begin = performance.now();
      const { drawing, faults } = readDrawing(part.repeat(times));
      expect(drawing === null || faults.length > 0).toBe(true);
      expect(performance.now() - begin).toBeLessThan(30_000);
    },
    60_000,
  );

  test("what is no mapping is drawn as if it were not there", () => {
    for (const odd of ["7", "[]", "null", '"x"', "[1, {a: 2}]", "{a: {b: 7}}"]) {
      for (const part of ["components", "connections", "layout", "notes"]) {
        expect(() => readDrawing(`backdraft: 1\nname: x\n${part}: ${odd}\n`)).not.toThrow();
      }
      for (const field of [
        "settings",
        "environment",
        "source",
        "replicas",
        "publish",
        "ports",
        "place",
        "limits",
        "health",
        "relax",
        "command",
      ]) {
        const { drawing } = readDrawing(`components: {a: {kind: x, ${field}: ${odd}}}\n`);
        expect(drawing?.components.get("a")?.kind).toBe("x");
      }
    }
    expect(
      readDrawing("components: {__proto__: {kind: x, environment: {__proto__: y}}}").drawing?.components.get(
        "__proto__",
      ),
    ).toMatchObject({ kind: "x" });
  });
});

describe("editing", () => {
  test("changes are in order, do not overlap, and make what they say", () => {
    drawn(2, (text, pencil, drawing) => {
      for (const edit of edits(drawing, pencil)) {
        const changes = edit(text);
        changes.forEach(({ from, to }: TextChange, index) => {
          expect(from).toBeLessThanOrEqual(to);
          expect(from).toBeGreaterThanOrEqual(changes[index - 1]?.to ?? 0);
        });
        const made = applied(text, changes);
        expect(applied(text, changesBetween(text, made))).toBe(made);
        expect(/\r\n/.test(text) && /[^\r]\n/.test(made), made).toBe(false);
        expect(made.endsWith("\n"), made).toBe(text.endsWith("\n"));
      }
    });
  }, 30_000);

  test("what is added is all that is different, and no line goes", () => {
    drawn(3, (text, _, drawing) => {
      const [client = ""] = drawing.components.keys();
      const made = inTurn(
        text,
        (now) => addComponent(now, { name: "new", kind: "redis", fields: { note: "a: b" }, at: [7, 8] }),
        (now) => connect(now, { from: client, to: "new" }),
      );
      const wanted = plain(drawing);
      const blank = plain(read("components: {new: {kind: redis, note: 'a: b'}}\n")).components.new;
      wanted.components.new = blank;
      wanted.layout.new = [7, 8];
      wanted.connections.push({
        ...plain(read("connections: [{from: a, to: new}]\n")).connections[0],
        from: client,
        index: drawing.connections.length,
      });
      expect(plain(read(made)), made).toEqual(wanted);
      for (const line of text.split(/\r?\n/)) {
        if (!/^(layout|connections): /.test(line)) expect(made.split(/\r?\n/), made).toContain(line);
      }
    });
  }, 30_000);

  test("an edit and its opposite leave the same drawing", () => {
    drawn(4, (text, pencil, drawing) => {
      const name = pencil.one([...drawing.components.keys()]);
      const path = `components/${name}/limits/memory`;
      const pairs: [Edit, Edit][] = [
        [
          (now) => addComponent(now, { name: "new", kind: "redis", at: [0, 0] }),
          (now) => removeComponents(now, ["new"]),
        ],
        [(now) => renameComponent(now, name, "other"), (now) => renameComponent(now, "other", name)],
        [
          (now) => connect(now, { from: name, to: "new" }),
          (now) => disconnect(now, [drawing.connections.length]),
        ],
        [(now) => setAt(now, path, "64MiB"), (now) => unsetAt(now, path)],
        [(now) => addNote(now, { name: "n", text: "x", at: [0, 0] }), (now) => removeNotes(now, ["n"])],
        [(now) => setGroup(now, [name], "G"), (now) => setGroup(now, [name], null)],
      ];
      for (const [there, back] of pairs)
        expect(plain(read(inTurn(text, there, back)))).toEqual(plain(drawing));
      expect(
        inTurn(
          text,
          (now) => renameComponent(now, name, "other"),
          (now) => renameComponent(now, "other", name),
        ),
      ).toBe(text);
    });
  }, 30_000);

  test("what is removed takes its own with it, and nothing else", () => {
    drawn(5, (text, pencil, drawing) => {
      const name = pencil.one([...drawing.components.keys()]);
      const made = edited(text, (now) => removeComponents(now, [name]));
      const wanted = plain(drawing);
      delete wanted.components[name];
      delete wanted.layout[name];
      wanted.connections = wanted.connections
        .filter((line: { from: string; to: string }) => line.from !== name && line.to !== name)
        .map((line: object, index: number) => ({ ...line, index }));
      expect(plain(read(made)), made).toEqual(wanted);
      const comments = (of: string) => of.match(/^ *# about \w+/gm) ?? [];
      expect(comments(made)).toEqual(comments(text).filter((line) => !line.endsWith(` ${name}`)));
    });
  }, 30_000);

  test("a value that is set is read back the same, and only its component's lines change", () => {
    const values = [
      "plain",
      "a: b",
      "x # y",
      "# x",
      "- x",
      "*x",
      "&x",
      "",
      " ",
      "on",
      "null",
      "~",
      "1.0",
      "08",
      "0x1F",
      "22:22",
      "{a}",
      "[a",
      "a, b",
      "'",
      '"',
      "\\",
      "a\nb",
      "a\nb\n",
      "\n",
      "\ttab",
      "é 🐙",
      "\u2028",
      "${db.url}",
      "$${",
      "%x",
      "@x",
      "`x",
      "a:",
      "--- x",
      "x:y",
      "!x",
      "|",
      ">",
      "=",
      "<<",
    ];
    drawn(6, (text, pencil, drawing) => {
      const name = pencil.one([...drawing.components.keys()]);
      const value = pencil.one(values);
      const field = pencil.one(["environment/A", "environment/NEW", "settings/app", "note"]);
      const made = edited(text, (now) => setAt(now, `components/${name}/${field}`, value));
      const component = read(made).components.get(name);
      const [part, key = ""] = field.split("/");
      const found = part === "note" ? component?.note : component?.[part as "settings" | "environment"][key];
      expect(found, made).toBe(value);
      const range = rangeOf(text, `components/${name}`);
      for (const { from, to } of changesBetween(text, made)) {
        expect(from, made).toBeGreaterThanOrEqual(range?.from ?? 0);
        // what is put behind the last line of a component is put at the begin of the next
        expect(text.slice(range?.to ?? 0, to), made).toMatch(/^\s*(#[^\n]*)?(\s*#[^\n]*\n?)*\s*$/);
      }
      const others = (of: Drawing) =>
        plain({ ...of, components: new Map([...of.components].filter(([each]) => each !== name)) });
      expect(others(read(made))).toEqual(others(drawing));
    });
  }, 30_000);
});

test("two who edit apart get both of their edits", () => {
  drawn(7, (text, pencil, drawing) => {
    const name = pencil.one([...drawing.components.keys()]);
    const mine = edited(text, (now) => setAt(now, `components/${name}/limits/pids`, 7));
    const theirs = edited(text, (now) => addComponent(now, { name: "new", kind: "redis", at: [1, 1] }));
    const { text: made, conflicts } = merge(text, mine, theirs);
    expect(conflicts).toEqual([]);
    expect(plain(read(made)), made).toEqual(
      plain(read(edited(mine, (now) => addComponent(now, { name: "new", kind: "redis", at: [1, 1] })))),
    );
  });
}, 30_000);

function inTurn(text: string, ...all: Edit[]): string {
  return all.reduce(edited, text);
}
