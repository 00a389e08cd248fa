/** What may be written at a place of a schema, for a list to choose from. Pure. */
import { portsOf, referencesFor } from "@/model";
import { choicesOf, type Knowledge, keysOf, type Rule, ruleAt } from "./rules";
import { type Where, whereAt } from "./where";

export interface Choice {
  label: string;
  /** What is written, where it is not the label. */
  insert?: string;
  /** A word behind it. */
  detail?: string;
  /** What it means. */
  info?: string;
  /** After it, there is more to choose. */
  goesOn?: boolean;
}

export interface Choices {
  from: number;
  choices: readonly Choice[];
}

/** The choices at an offset of a text; null where there is nothing to choose. */
export function choicesAt(text: string, offset: number, knowledge: Knowledge): Choices | null {
  const where = whereAt(text, offset);
  if (!where) return null;
  const reference = referenceBegun(text, where, offset);
  if (reference !== null) return { from: reference, choices: references(where, knowledge) };
  const choices = where.sort === "key" ? keys(where, knowledge) : values(where, knowledge);
  return choices.length ? { from: where.from, choices } : null;
}

function keys(where: Where, knowledge: Knowledge): Choice[] {
  const rule = ruleAt(knowledge, where.path);
  if (!rule) return [];
  const known = [...keysOf(rule)].map(([key, its]) => keyChoice(key, its, where));
  const names = namesAt(where.path, knowledge).map(
    (label): Choice => ({ label, insert: `${label}: `, detail: "", goesOn: true }),
  );
  return [...known, ...names].filter(({ label }) => !where.beside.includes(label));
}

function keyChoice(label: string, rule: Rule, { inFlow, quote }: Where): Choice {
  const type = [rule.type ?? []].flat();
  const isCollection = (type.includes("object") || type.includes("array")) && !rule.oneOf;
  const goesOn = choicesOf(rule).length > 0;
  const detail = rule.default === undefined ? "" : `default ${shown(rule.default)}`;
  if (quote) return { label, detail, info: rule.description };
  return {
    label,
    insert: isCollection && !inFlow ? `${label}:` : `${label}: `,
    detail,
    info: rule.description,
    goesOn,
  };
}

/** Names that are keys at a path: boxes in `layout`, ports in `publish`. */
function namesAt(path: readonly string[], { drawing, kinds }: Knowledge): string[] {
  const [section, name, field] = path;
  if (!drawing) return [];
  if (section === "layout" && path.length === 1) return [...drawing.components.keys()];
  const component = drawing.components.get(name ?? "");
  if (section !== "components" || !component || path.length !== 3) return [];
  if (field === "publish") return [...portsOf(component, kinds).keys()];
  return field === "volumes" ? Object.keys(kinds.get(component.kind)?.volumes ?? {}) : [];
}

function values(where: Where, knowledge: Knowledge): Choice[] {
  const special = specials(where.path, knowledge);
  if (special) return special.map((each) => quoted(each, where));
  const rule = ruleAt(knowledge, where.path);
  if (!rule) return [];
  const choices = choicesOf(rule).map(({ value, description }): Choice => {
    const label = shown(value);
    const detail = value === rule.default ? "default" : "";
    const isText = typeof value === "string" && label.startsWith('"');
    return {
      label: isText ? String(value) : label,
      insert: isText && !where.quote ? label : undefined,
      detail,
      info: description,
    };
  });
  if (choices.length || rule.default === undefined) return choices;
  return [quoted({ label: shown(rule.default), detail: "default", info: rule.description }, where)];
}

function quoted(choice: Choice, { quote }: Where): Choice {
  return quote ? { ...choice, label: choice.label.replace(/^"|"$/g, ""), insert: undefined } : choice;
}

/** Values that the drawing or the catalogue knows: kinds, ends of lines, ports, zones. */
function specials(path: readonly string[], knowledge: Knowledge): Choice[] | null {
  const { drawing, kinds } = knowledge;
  const [section, name, field, key, deeper] = path;
  if (section === "connections" && path.length === 3 && drawing) {
    if (field === "from")
      return [...drawing.components.values()].map(({ name: label, kind }) => ({ label, detail: kind }));
    if (field === "to") return targets(knowledge);
  }
  const component = drawing?.components.get(name ?? "");
  if (section !== "components" || !drawing) return null;
  if (field === "kind" && path.length === 3) {
    return [...kinds.values()].map((kind) => {
      return { label: kind.kind, detail: kind.category, info: `${kind.title}. ${kind.summary}` };
    });
  }
  const place = [field, key, deeper].filter((word) => word !== undefined).join("/");
  if (component && ["health/tcp", "health/http", "health/http/port"].includes(place)) {
    return [...portsOf(component, kinds)].map(([label, port]) => ({ label, detail: port.protocol }));
  }
  const others = [...drawing.components.values()];
  if (place === "place/zone") return distinct(others.map((each) => each.place.zone));
  if (place === "place/host") return distinct(others.map((each) => each.place.host));
  return place === "group" ? distinct(others.map((each) => each.group)) : null;
}

function targets({ drawing, kinds }: Knowledge): Choice[] {
  return [...(drawing?.components.values() ?? [])].flatMap((component): Choice[] => {
    const ports = [...portsOf(component, kinds)];
    const { name, kind } = component;
    if (ports.length < 2) return [{ label: name, detail: ports[0]?.[1].protocol ?? kind }];
    return ports.map(([port, { protocol }]) => ({ label: `${name}.${port}`, detail: protocol }));
  });
}

function distinct(values: readonly (string | null)[]): Choice[] {
  return [...new Set(values)].filter((value) => value !== null).map((label) => ({ label }));
}

/** Where the name of a reference that is being typed begins; null where none is. */
function referenceBegun(text: string, { path, sort }: Where, offset: number): number | null {
  if (sort !== "value" || path[0] !== "components" || path[2] !== "environment") return null;
  const line = text.slice(text.lastIndexOf("\n", offset - 1) + 1, offset);
  const found = /(?<!\$)\$\{([A-Za-z0-9_.-]*)$/.exec(line);
  return found ? offset - (found[1]?.length ?? 0) : null;
}

function references({ path }: Where, { drawing, kinds }: Knowledge): Choice[] {
  const given = drawing ? referencesFor(drawing, kinds, path[1] ?? "") : new Map<string, string>();
  const lines = [...given].map(([label, variable]): Choice => {
    return {
      label,
      insert: `${label}}`,
      detail: variable,
      info: `What the line to it gives as ${variable}.`,
    };
  });
  return [
    ...lines,
    { label: "secret.", detail: "a secret", info: "A secret of the project, kept encrypted: ${secret.NAME}" },
    {
      label: "env.",
      detail: "a variable",
      info: "A variable of the environment you deploy from: ${env.NAME}",
    },
  ];
}

function shown(value: unknown): string {
  if (
    typeof value === "string" &&
    /^[A-Za-z_][A-Za-z0-9_./@+-]*$/.test(value) &&
    !/^(true|false|null|on|off|yes|no|y|n)$/i.test(value)
  ) {
    return value;
  }
  return JSON.stringify(value);
}
