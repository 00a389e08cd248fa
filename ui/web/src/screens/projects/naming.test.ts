import { describe, expect, it } from "vitest";
import { nameLike, nameOf, renamed } from "./naming";

describe("the name in a schema", () => {
  it.each([
    ["backdraft: 1\nname: shop\n", "shop"],
    ["name: 'shop'  # ours\n", "shop"],
    ['name: "shop"\n', "shop"],
    ["components:\n  api:\n    name: inner\n", ""],
    ["name:\n", ""],
  ])("of %j is %j", (text, name) => {
    expect(nameOf(text)).toBe(name);
  });
});

describe("a schema that is renamed", () => {
  it.each([
    [
      "backdraft: 1\nname: shop   # ours\ncomponents: {}\n",
      "backdraft: 1\nname: blog # ours\ncomponents: {}\n",
    ],
    ["# first\nbackdraft: 1\ncomponents: {}\n", "# first\nbackdraft: 1\nname: blog\ncomponents: {}\n"],
    ["components: {}\n", "name: blog\ncomponents: {}\n"],
    ["name:\ncomponents: {}\n", "name: blog\ncomponents: {}\n"],
  ])("keeps the rest of %j", (text, expected) => {
    expect(renamed(text, "blog")).toBe(expected);
  });
});

describe("a name like that of a file", () => {
  it.each([
    ["My Shop.yml", "my-shop"],
    ["shop.backdraft.yaml", "shop"],
    ["2024 plan_b.yml", "plan-b"],
    ["…", ""],
  ])("%s becomes %j", (file, name) => {
    expect(nameLike(file)).toBe(name);
  });
});
