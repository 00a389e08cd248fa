import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { basename, join } from "node:path";
import { describe, expect, test } from "vitest";
import { parseAllDocuments } from "yaml";
import * as model from ".";

const FOLDER = join(import.meta.dirname, "fixtures");

/** A case: a text of `fixtures/texts` or one of its own, an edit, and each line that it takes out or puts in. */
interface Case {
  case: string;
  text: string;
  /** A verb and what it is given after the text. */
  edit: [verb: string, ...given: unknown[]];
  change: string;
}

const texts = new Map(
  readdirSync(join(FOLDER, "texts")).map((name) => {
    return [basename(name, ".yml"), readFileSync(join(FOLDER, "texts", name), "utf8")];
  }),
);

/** What `verb` makes of a text. */
function edited(before: string, [verb, ...given]: Case["edit"]): string {
  const edit = (model as unknown as Record<string, (...all: unknown[]) => unknown>)[verb];
  if (!edit) throw new Error(`there is no edit ${verb}`);
  const told = edit(before, ...given.map(meant));
  const changes = Array.isArray(told) ? told : (told as { changes: model.TextChange[] }).changes;
  return model.applied(before, changes);
}

/** Places are written as a mapping, and a long text as the name of one of the texts. */
function meant(given: unknown): unknown {
  if (typeof given !== "object" || given === null) return given;
  if ("places" in given) return new Map(Object.entries(given.places as object));
  return "text" in given && texts.has(String(given.text)) ? texts.get(String(given.text)) : given;
}

/** `before` with `change` made: `12 - text` takes line 12 out, `12 + text` puts a line before it. */
function patched(before: string, change: string): string {
  const lines = before.split("\n");
  const added = new Map<number, string[]>();
  const gone = new Set<number>();
  for (const [, number, sign, text = ""] of change.matchAll(/^ *(\d+) ([+-])(?: (.*))?$/gm)) {
    const at = Number(number);
    if (sign === "+") added.set(at, [...(added.get(at) ?? []), text]);
    else if (lines[at - 1] === text) gone.add(at);
    else throw new Error(`line ${at} is not: ${text}`);
  }
  const all = [...lines.keys()].flatMap((index) => {
    const line = lines[index] ?? "";
    return [...(added.get(index + 1) ?? []), ...(gone.has(index + 1) ? [] : [line])];
  });
  return [...all, ...(added.get(lines.length + 1) ?? [])].join("\n");
}

/** The change that makes `after` of `before`, line by line. */
function changeOf(before: string, after: string): string {
  const [old, now] = [before.split("\n"), after.split("\n")];
  const common = Array.from({ length: old.length + 1 }, () => new Array<number>(now.length + 1).fill(0));
  const at = (row: number, column: number) => common[row]?.[column] ?? 0;
  for (let row = old.length - 1; row >= 0; row -= 1) {
    for (let column = now.length - 1; column >= 0; column -= 1) {
      const longest = Math.max(at(row + 1, column), at(row, column + 1));
      (common[row] as number[])[column] = old[row] === now[column] ? at(row + 1, column + 1) + 1 : longest;
    }
  }
  const told: string[] = [];
  for (let row = 0, column = 0; row < old.length || column < now.length; ) {
    if (row < old.length && old[row] === now[column]) {
      row += 1;
      column += 1;
    } else if (row < old.length && (column === now.length || at(row + 1, column) >= at(row, column + 1))) {
      row += 1;
      told.push(`${row} - ${old[row - 1]}`.trimEnd());
    } else {
      told.push(`${row + 1} + ${now[column]}`.trimEnd());
      column += 1;
    }
  }
  return told.map((line) => `${line}\n`).join("");
}

const crlf = (text: string) => text.replaceAll("\n", "\r\n");
const unended = (text: string) => text.replace(/\n$/, "");

for (const name of readdirSync(FOLDER).filter((each) => each.endsWith(".yml"))) {
  const path = join(FOLDER, name);
  const documents = parseAllDocuments(readFileSync(path, "utf8"));
  describe(basename(name, ".yml"), () => {
    for (const document of documents) {
      const { case: title, text, edit, change } = document.toJS() as Case;
      const before = texts.get(text) ?? text;
      if (process.env.WRITE_FIXTURES) {
        document.setIn(["change"], changeOf(before, edited(before, edit)));
        continue;
      }
      const after = patched(before, change);
      test(title, () => expect(edited(before, edit)).toBe(after));
      test(`${title}, in lines that end in CR LF`, () =>
        expect(edited(crlf(before), edit)).toBe(crlf(after)));
      test(`${title}, without a last line break`, () =>
        expect(edited(unended(before), edit)).toBe(unended(after)));
      test(`${title}: what comes of it can be read`, () =>
        expect(model.readDrawing(after).faults).toEqual([]));
    }
    test.runIf(process.env.WRITE_FIXTURES)("written anew", () => {
      writeFileSync(path, documents.map((document) => document.toString({ lineWidth: 0 })).join(""));
    });
  });
}
