/** What a place of a schema means, to be shown where it is pointed at. Pure. */
import { gift, pathAt, rangeOf } from "@/model";
import { allowed, type Knowledge, ruleAt } from "./rules";

export interface Explanation {
  from: number;
  to: number;
  title: string;
  lines: readonly string[];
}

/** What stands at an offset of a text; null where there is nothing to say. */
export function explanationAt(text: string, offset: number, knowledge: Knowledge): Explanation | null {
  const path = pathAt(text, offset);
  const range = path ? rangeOf(text, path) : null;
  if (!range || offset > range.to) return null;
  const words = path.split("/");
  const line = lineEnd(text, range.from);
  const shown = { from: range.from, to: Math.min(range.to, line) };
  const said =
    reference(text, offset, words, knowledge) ?? special(words, knowledge) ?? byRule(words, knowledge);
  return said && { ...shown, ...said };
}

type Said = Pick<Explanation, "title" | "lines">;

function byRule(words: readonly string[], knowledge: Knowledge): Said | null {
  const rule = ruleAt(knowledge, words);
  if (!rule?.description) return null;
  const facts = [
    rule.default === undefined ? "" : `Default: ${JSON.stringify(rule.default)}`,
    allowed(rule) && `Allowed: ${allowed(rule)}`,
  ];
  return { title: words.at(-1) ?? "", lines: [rule.description, ...facts.filter((fact) => fact !== "")] };
}

function special(words: readonly string[], { drawing, kinds }: Knowledge): Said | null {
  const [section, name = "", field] = words;
  const component = drawing?.components.get(name);
  const kind = kinds.get(component?.kind ?? "");
  if (section === "components" && kind && (words.length === 2 || (words.length === 3 && field === "kind"))) {
    return { title: `${name}: ${kind.title}`, lines: [kind.summary] };
  }
  const line =
    section === "connections" && words.length <= 3 ? drawing?.connections[Number(name)] : undefined;
  if (!line || !drawing || (field !== undefined && field !== "from" && field !== "to")) return null;
  const given = gift(drawing, kinds, line);
  const isProxy = kinds.get(drawing.components.get(line.from)?.kind ?? "")?.routes;
  const lines = [`${line.from} may reach ${line.to}, and not the other way round.`];
  if (isProxy) lines.push(`${line.from} passes requests on to it.`);
  else if (given?.names.length) lines.push(`${line.from} is given ${given.names.join(", ")}.`);
  return { title: `${line.from} → ${line.to}`, lines };
}

function reference(
  text: string,
  offset: number,
  words: readonly string[],
  { drawing, kinds }: Knowledge,
): Said | null {
  if (words[0] !== "components" || words[2] !== "environment" || !drawing) return null;
  const start = text.lastIndexOf("\n", offset - 1) + 1;
  for (const found of text.slice(start, lineEnd(text, offset)).matchAll(/\$\$\{|\$\{([A-Za-z0-9_.-]+)\}/g)) {
    const from = start + found.index;
    if (!found[1] || offset < from || offset > from + found[0].length) continue;
    const [server = "", ...rest] = found[1].split(".");
    if (server === "secret")
      return { title: found[0], lines: ["A secret of the project. It is put in when the container starts."] };
    if (server === "env")
      return { title: found[0], lines: ["A variable of the environment that the deploy runs in."] };
    const lines = drawing.connections.filter((each) => each.from === words[1] && each.to === server);
    const key = rest.at(-1)?.toUpperCase().replaceAll("-", "_") ?? "";
    const given = lines.map((each) => gift(drawing, kinds, each)).find((each) => each?.keys.includes(key));
    return {
      title: found[0],
      lines: [given ? `What the line to ${server} gives as ${key}.` : `No line to ${server} gives that.`],
    };
  }
  return null;
}

function lineEnd(text: string, offset: number): number {
  const end = text.indexOf("\n", offset);
  return end < 0 ? text.length : end;
}
