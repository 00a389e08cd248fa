import { expect, test } from "vitest";
import type { Kind } from "@/api";
import { readDrawing } from "@/model";
import { choicesAt } from "./completing";
import { explanationAt } from "./explaining";
import type { Knowledge, Rule } from "./rules";

const name: Rule = { type: "string", pattern: "^[a-z]" };
const form: Rule = {
  type: "object",
  properties: {
    backdraft: { const: 1, description: "Version of this format." },
    network: {
      enum: ["isolated", "pairs", "shared"],
      default: "isolated",
      description: "How far it is enforced.",
    },
    components: { type: ["object", "null"], additionalProperties: { $ref: "#/$defs/component" } },
    connections: { type: ["array", "null"], items: { $ref: "#/$defs/connection" } },
    layout: { type: ["object", "null"] },
  },
  $defs: {
    component: {
      type: "object",
      properties: {
        kind: { oneOf: [{ const: "python" }], description: "Which entry of the catalogue it is." },
        settings: { type: ["object", "null"], description: "What the kind lets a schema set." },
        environment: { type: ["object", "null"] },
        publish: { type: ["object", "null"] },
        egress: { type: "boolean", description: "Whether it reaches the world." },
        replicas: {
          oneOf: [
            { type: "integer" },
            { type: "object", properties: { min: { type: "integer", minimum: 0, maximum: 9 } } },
          ],
        },
        place: { type: "object", properties: { zone: name } },
      },
    },
    connection: {
      type: "object",
      properties: {
        from: name,
        to: name,
        weight: { type: "integer", minimum: 0, maximum: 256, description: "Share." },
      },
    },
  },
};
const port = (protocol: string, prefix: string | null, ...offers: string[]) => ({
  protocol,
  prefix,
  offers,
  number: 1,
  description: "",
});
const kind = (of: string, more: Partial<Kind>) => ({
  kind: of,
  title: of.toUpperCase(),
  summary: `A ${of}.`,
  category: "other",
  settings: {},
  ports: {},
  volumes: {},
  accepts: null,
  routes: false,
  ...more,
});
const kinds = new Map(
  [
    kind("python", {
      settings: {
        workers: { type: "integer", minimum: 1, maximum: 64, default: 2, description: "Processes." },
        version: { enum: ["3.13", "3.12"], default: "3.13", description: "Version of Python." },
      },
      ports: { http: port("http", null, "URL") },
    } as Partial<Kind>),
    kind("postgres", {
      ports: { primary: port("postgres", "DATABASE", "URL", "HOST") },
      accepts: [],
    } as Partial<Kind>),
    kind("mailpit", {
      ports: { smtp: port("smtp", "SMTP", "URL"), pages: port("http", null, "URL") },
    } as Partial<Kind>),
  ].map((each) => [each.kind, each as Kind]),
);
const TEXT = `backdraft: 1
components:
  api:
    kind: python
    settings: {workers: 3}
    environment: {DB: "\${db.url}"}
    place: {zone: eu}
  db: {kind: postgres}
  mail: {kind: mailpit}
connections:
  - {from: api, to: db}
layout: {api: [0, 0]}
`;

function knowing(text: string): Knowledge {
  return { form, kinds, drawing: readDrawing(text).drawing ?? readDrawing(TEXT).drawing };
}

/** The labels that may be chosen where `¦` stands in what takes the place of `line`. */
function chosen(line: string, marked: string): string[] | null {
  const text = TEXT.replace(line, () => marked);
  expect(text).toContain("¦");
  const found = choicesAt(text.replace("¦", ""), text.indexOf("¦"), knowing(TEXT));
  return found?.choices.map((each) => each.label) ?? null;
}

test.each([
  ["backdraft: 1\n", "backdraft: 1\n¦\n", ["network"]],
  ["backdraft: 1\n", "network: ¦\n", ["isolated", "pairs", "shared"]],
  ["    kind: python\n", "    kind: ¦\n", ["python", "postgres", "mailpit"]],
  ["    place: {zone: eu}\n", "    ¦\n", ["publish", "egress", "replicas", "place"]],
  ["    place: {zone: eu}\n", "    egress: ¦\n", ["true", "false"]],
  ["    place: {zone: eu}\n", "    publish: {¦}\n", ["http"]],
  ["    place: {zone: eu}\n", "    replicas: {¦}\n", ["min"]],
  ["kind: postgres}", "kind: postgres, place: {zone: ¦}}", ["eu"]],
  ["{workers: 3}", "{workers: 3, ¦}", ["version"]],
  ["{workers: 3}", "{version: ¦}", ["3.13", "3.12"]],
  ["{workers: 3}", "{workers: ¦}", ["2"]],
  ["{from: api, to: db}", "{from: ¦}", ["api", "db", "mail"]],
  ["{from: api, to: db}", "{from: api, to: ¦}", ["api", "db", "mail.smtp", "mail.pages"]],
  ["{from: api, to: db}", "{from: api, ¦}", ["to", "weight"]],
  ['"${db.url}"', '"${¦}"', ["db.url", "db.host", "secret.", "env."]],
  ['"${db.url}"', '"$${¦}"', null],
  ["{api: [0, 0]}", "{api: [0, 0], ¦}", ["db", "mail"]],
  ["{api: [0, 0]}", "{api: [0, ¦]}", null],
  ["backdraft: 1\n", "# ¦\n", null],
])("%s as %s: %j", (line, marked, labels) => expect(chosen(line, marked)).toEqual(labels));

test("a text that reads as a number is written in quotes", () => {
  const text = TEXT.replace("{workers: 3}", "{version: }");
  const found = choicesAt(text, text.indexOf("version: ") + 9, knowing(TEXT));
  expect(found?.choices[0]).toMatchObject({ label: "3.13", insert: '"3.13"', detail: "default" });
});

test.each([
  ["workers", ["workers", "Processes.", "Default: 2", "Allowed: 1 to 64"]],
  ["kind: postgres", ["db: POSTGRES", "A postgres."]],
  ["settings", ["settings", "What the kind lets a schema set."]],
  ["db.url", ["${db.url}", "What the line to db gives as URL."]],
  [
    "from: api",
    [
      "api → db",
      "api may reach db, and not the other way round.",
      "api is given DATABASE_URL, DATABASE_HOST.",
    ],
  ],
  ["layout", null],
])("%s is explained", (word, lines) => {
  const found = explanationAt(TEXT, TEXT.indexOf(word) + 1, knowing(TEXT));
  expect(found && [found.title, ...found.lines]).toEqual(lines);
});
