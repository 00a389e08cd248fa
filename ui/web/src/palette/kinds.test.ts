import { describe, expect, it } from "vitest";
import type { Kind } from "@/api";
import { byCategory, found } from "./kinds";

function kind(name: string, category: string, summary = "", protocol = "http"): Kind {
  return { kind: name, title: name, category, summary, ports: { primary: { protocol } } } as unknown as Kind;
}

const KINDS = [
  kind("haproxy", "proxy", "Passes web requests on."),
  kind("redis", "cache", "Keeps values in memory.", "redis"),
  kind("valkey", "cache", "The free one.", "redis"),
  kind("postgres", "database", "Relational database.", "postgres"),
];

describe("looking for a kind", () => {
  it.each([
    ["post", ["postgres"]],
    ["redis", ["redis", "valkey"]],
    ["proxy", ["haproxy"]],
    ["memory", ["redis"]],
    ["nothing", []],
    ["  ", ["haproxy", "redis", "valkey", "postgres"]],
  ])("%j finds %j", (search, names) => {
    expect(found(KINDS, search).map((each) => each.kind)).toEqual(names);
  });

  it("shows categories in the order in which a request meets them, and strange ones last", () => {
    const titles = byCategory([kind("robot", "machines"), ...KINDS]).map(([title]) => title);
    expect(titles).toEqual(["Proxies", "Databases", "Caches", "machines"]);
  });
});
