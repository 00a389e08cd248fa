import { expect, test } from "vitest";
import { whereAt } from "./where";

/** What is known of the place marked by `|` in a text. */
function told(marked: string): string {
  const offset = marked.indexOf("¦");
  const text = marked.replace("¦", "");
  const found = whereAt(text, offset);
  if (!found) return "nothing";
  const typed = text.slice(found.from, offset);
  const beside = found.beside.length ? ` beside ${found.beside.join(" ")}` : "";
  return `${found.sort} of ${found.path.join("/") || "it all"} '${typed}'${beside}`;
}

const HEAD = "backdraft: 1\nname: shop\n";

test.each([
  ["¦", "key of it all ''"],
  [`${HEAD}net¦`, "key of it all 'net' beside name backdraft"],
  [`${HEAD}network: ¦`, "value of network ''"],
  [`${HEAD}network: iso¦`, "value of network 'iso'"],
  [`${HEAD}components:\n  ¦`, "key of components ''"],
  [`${HEAD}components:\n  api:\n    ki¦`, "key of components/api 'ki'"],
  [`${HEAD}components:\n  api:\n    kind: py¦`, "value of components/api/kind 'py'"],
  [
    `${HEAD}components:\n  api:\n    kind: x\n    s¦\n    image: y\n  db:\n    kind: z\n`,
    "key of components/api 's' beside kind image",
  ],
  [`${HEAD}components:\n  api:\n    kind: x\n\n    # word\n\n    ¦`, "key of components/api '' beside kind"],
  [`${HEAD}components:\n  api:\n    kind: x\n  ¦`, "key of components '' beside api"],
  [`${HEAD}components:\n  api: {¦`, "key of components/api ''"],
  [`${HEAD}components:\n  api: {kind: po¦`, "value of components/api/kind 'po'"],
  [`${HEAD}components:\n  api: {kind: x, settings: {wor¦}}`, "key of components/api/settings 'wor'"],
  [
    `${HEAD}components:\n  api: {kind: x, settings: {a: 1}, ¦}`,
    "key of components/api '' beside kind settings",
  ],
  [
    `${HEAD}components:\n  api:\n    environment: {DB: "\${db.¦`,
    "value of components/api/environment/DB '${db.'",
  ],
  [
    `${HEAD}components:\n  api:\n    environment:\n      DB: a\${d¦`,
    "value of components/api/environment/DB 'a${d'",
  ],
  [`${HEAD}connections:\n  - from: ¦`, "value of connections/0/from ''"],
  [`${HEAD}connections:\n  - {from: a, to: b}\n  - {from: a, t¦`, "key of connections/1 't' beside from"],
  [`${HEAD}connections:\n- {from: a, to: b}\n- from: a\n  to: ¦`, "value of connections/1/to ''"],
  [`${HEAD}connections:\n- from: a\n  ¦\n- from: b\n`, "key of connections/0 '' beside from"],
  [`${HEAD}connections:\n  - ¦`, "key of connections/0 ''"],
  [`${HEAD}layout: {api: [0, ¦`, "value of layout/api/1 ''"],
  [`${HEAD}components:\n  api:\n    command:\n      - pyth¦`, "value of components/api/command/0 'pyth'"],
  [`${HEAD}name: x # ¦`, "nothing"],
  [`${HEAD}# ¦`, "nothing"],
  [`${HEAD}components:\n  api:\n    note: |\n      some\n      ¦text`, "nothing"],
  [`${HEAD}components:\n  api:\n    note: |\n      some\n    ki¦`, "key of components/api 'ki' beside note"],
  [`${HEAD}name: [broken\ncomponents:\n  api:\n    kind: ¦`, "value of components/api/kind ''"],
])("%j", (text, expected) => expect(told(text)).toBe(expected));
