import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { literalLines, scalarText } from "./writing";

/** How texts are written; `tests/unit/test_scalars_of_the_page.py` holds the server to reading them back. */
const FILE = join(import.meta.dirname, "fixtures", "scalars.json");

interface Written {
  text: string;
  /** Outside of braces, inside of them, and where the server takes the very text. */
  block: string;
  flow: string;
  literal: string;
  /** As a literal of several lines; null where it cannot be one. */
  lines: string[] | null;
}

function written(text: string): Written {
  return {
    text,
    block: scalarText(text, { flow: false }),
    flow: scalarText(text, { flow: true }),
    literal: scalarText(text, { flow: true, literal: true }),
    lines: literalLines(text),
  };
}

const all: Written[] = JSON.parse(readFileSync(FILE, "utf8"));

test.each(all)("$text", (each) => expect(written(each.text)).toEqual(each));

test.runIf(process.env.WRITE_FIXTURES)("written anew", () => {
  writeFileSync(
    FILE,
    `${JSON.stringify(
      all.map(({ text }) => written(text)),
      null,
      1,
    )}\n`,
  );
});
