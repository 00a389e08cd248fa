import { describe, expect, it } from "vitest";
import { parsed, ruleOf, shown, sizeOf, typed, words } from "./rule";

describe("a rule of a setting", () => {
  it("is read of JSON Schema", () => {
    expect(ruleOf({ description: "Version.", enum: ["17", "16"], default: "17" })).toEqual({
      type: "string",
      description: "Version.",
      default: "17",
      choices: ["17", "16"],
      minimum: undefined,
      maximum: undefined,
    });
    expect(ruleOf({ type: "integer", minimum: 1, maximum: 64, default: 2 })).toMatchObject({
      type: "integer",
      minimum: 1,
      maximum: 64,
    });
  });

  it.each([null, "text", 7, []])("is read of %j without breaking", (raw) => {
    expect(ruleOf(raw).type).toBe("other");
  });
});

describe("what is typed", () => {
  it.each([
    ["integer", "12", 12],
    ["integer", "twelve", "twelve"],
    ["number", "0.5", 0.5],
    ["string", "12", "12"],
    ["list", "a\nb\n", ["a", "b"]],
  ] as const)("into a field of type %s, %j means %j", (type, text, value) => {
    expect(parsed({ type }, text)).toEqual(value);
  });

  it("is shown as it was typed", () => {
    expect([shown(12), shown(true), shown(undefined), shown(["a", "b"])]).toEqual(["12", "true", "", "a\nb"]);
  });
});

describe("a command", () => {
  it.each([
    [["python", "worker.py"], "python worker.py"],
    [["sh", "-c", "echo 'hi' && exit"], `sh -c "echo 'hi' && exit"`],
    [["say", 'a "b" \\c'], 'say "a \\"b\\" \\\\c"'],
  ])("%j is typed %s, and read back", (argv, text) => {
    expect(typed(argv)).toBe(text);
    expect(words(text)).toEqual(argv);
  });
});

it.each([
  [2 ** 30, "1GiB"],
  [512 * 2 ** 20, "512MiB"],
  [1.5 * 2 ** 30, "1536MiB"],
])("%d bytes are written %s", (bytes, text) => {
  expect(sizeOf(bytes)).toBe(text);
});
