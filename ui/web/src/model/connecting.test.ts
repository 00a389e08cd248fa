import { describe, expect, test } from "vitest";
import { gift, type KindOfClients, type Kinds, legality, readDrawing, referencesFor } from ".";

const port = (protocol: string, prefix: string | null, ...offers: string[]) => ({ protocol, prefix, offers });
const kinds: Kinds = new Map<string, KindOfClients>([
  ["python", { accepts: null, routes: false, ports: { http: port("http", null, "URL", "HOST", "PORT") } }],
  ["nginx", { accepts: ["http"], routes: true, ports: { http: port("http", null, "URL", "HOST", "PORT") } }],
  [
    "postgres",
    { accepts: [], routes: false, ports: { primary: port("postgres", "DATABASE", "URL", "HOST") } },
  ],
  ["worker", { accepts: null, routes: false, ports: {} }],
  [
    "mailpit",
    {
      accepts: [],
      routes: false,
      ports: { smtp: port("smtp", "SMTP", "URL"), pages: port("http", null, "URL") },
    },
  ],
]);
const drawn = (lines: string) => {
  const { drawing } = readDrawing(`backdraft: 1
name: shop
components:
  front: {kind: nginx}
  api: {kind: python}
  job: {kind: worker}
  db: {kind: postgres}
  mail: {kind: mailpit}
  odd: {kind: odd}
  own: {kind: worker, ports: {done: {protocol: tcp, number: 1}}}
connections: [${lines}]
`);
  if (!drawing) throw new Error("it cannot be read");
  return drawing;
};

describe("a line may be drawn, or it is said why not, as the server says it", () => {
  test.each([
    ["api", "db", "", "yes"],
    ["api", "mail", "", "yes, to smtp"],
    ["api", "mail", "{from: api, to: mail.smtp}", "yes, to pages"],
    ["api", "mail", "{from: api, to: mail.smtp}, {from: api, to: mail.pages}", "it is drawn already"],
    ["api", "own", "", "yes"],
    ["front", "api", "{from: front, to: api}", "yes"],
    ["front", "mail", "", "yes"],
    ["api", "db", "{from: api, to: db}", "it is drawn already"],
    ["front", "db", "", "'front' (nginx) speaks http, 'db' speaks postgres"],
    ["db", "api", "", "'db' (postgres) is no client of anything"],
    ["api", "job", "", "'job' has no port to connect to"],
    ["api", "api", "", "'api' is connected to itself"],
    ["api", "odd", "", "there is no kind 'odd'"],
    ["api", "none", "", "there is no component 'none'"],
  ])("%s to %s, with [%s]: %s", (from, to, lines, expected) => {
    const { isLegal, why, port: named } = legality(drawn(lines), kinds, from, to);
    expect(isLegal ? `yes${named ? `, to ${named}` : ""}` : why).toBe(expected);
  });
});

test.each([
  ["{from: api, to: db}", ["DATABASE_URL", "DATABASE_HOST"]],
  ["{from: api, to: db, as: STORE}", ["STORE_URL", "STORE_HOST"]],
  ["{from: front, to: api}", ["API_URL", "API_HOST", "API_PORT"]],
  ["{from: api, to: own}", ["OWN_HOST", "OWN_PORT"]],
  ["{from: api, to: mail.pages}", ["MAIL_URL"]],
  ["{from: front, to: mail}", ["MAIL_URL"]],
  ["{from: api, to: mail.none}", undefined],
  ["{from: api, to: job}", undefined],
])("%s gives %j", (line, names) => {
  const drawing = drawn(line);
  const [connection] = drawing.connections;
  expect(connection && gift(drawing, kinds, connection)?.names).toEqual(names);
});

test("what an environment may refer to is what its lines give", () => {
  const lines = "{from: api, to: db, as: STORE}, {from: api, to: mail.smtp}, {from: api, to: mail.pages}";
  expect([...referencesFor(drawn(lines), kinds, "api")]).toEqual([
    ["db.url", "STORE_URL"],
    ["db.host", "STORE_HOST"],
    ["mail.smtp.url", "SMTP_URL"],
    ["mail.pages.url", "MAIL_URL"],
  ]);
  expect(referencesFor(drawn(lines), kinds, "job").size).toBe(0);
});
