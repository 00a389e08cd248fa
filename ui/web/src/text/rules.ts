/** What may stand at a path of a schema: the rules of its published JSON Schema, and those of the kind of a component. */
import type { Kind } from "@/api";
import type { Drawing, Value } from "@/model";

/** The part of JSON Schema that Backdraft publishes. */
export interface Rule {
  description?: string;
  type?: string | readonly string[];
  properties?: Readonly<Record<string, Rule>>;
  additionalProperties?: Rule | boolean;
  propertyNames?: Rule;
  items?: Rule;
  enum?: readonly Value[];
  const?: Value;
  oneOf?: readonly Rule[];
  default?: Value;
  pattern?: string;
  minimum?: number;
  maximum?: number;
  exclusiveMinimum?: number;
  required?: readonly string[];
  $ref?: string;
  $defs?: Readonly<Record<string, Rule>>;
}

/** What there is to know about a schema while it is written. */
export interface Knowledge {
  /** The published JSON Schema; null until it has come. */
  form: Rule | null;
  kinds: ReadonlyMap<string, Kind>;
  /** What the text said last. */
  drawing: Drawing | null;
}

/** The rule for what stands at `path`; null where there is none, or no such path. */
export function ruleAt({ form, kinds, drawing }: Knowledge, path: readonly string[]): Rule | null {
  if (!form) return null;
  const [section, name, field, setting] = path;
  if (section === "components" && field === "settings" && setting !== undefined) {
    const kind = kinds.get(drawing?.components.get(name ?? "")?.kind ?? "");
    return within(form, (kind?.settings[setting] as Rule | undefined) ?? null, path.slice(4));
  }
  const rule = within(form, form, path);
  if (section === "components" && field === "settings" && path.length === 3 && rule) {
    const kind = kinds.get(drawing?.components.get(name ?? "")?.kind ?? "");
    return kind
      ? { ...rule, properties: kind.settings as Record<string, Rule>, additionalProperties: false }
      : rule;
  }
  return rule;
}

function within(form: Rule, rule: Rule | null, path: readonly string[]): Rule | null {
  let found = rule && resolved(form, rule);
  for (const word of path) found = found && inner(form, found, word);
  return found;
}

function inner(form: Rule, rule: Rule, word: string): Rule | null {
  const own = rule.properties && Object.hasOwn(rule.properties, word) ? rule.properties[word] : undefined;
  if (own) return resolved(form, own);
  if (typeof rule.additionalProperties === "object") return resolved(form, rule.additionalProperties);
  if (rule.items && /^\d+$/.test(word)) return resolved(form, rule.items);
  for (const each of rule.oneOf ?? []) {
    const found = inner(form, resolved(form, each), word);
    if (found) return found;
  }
  return null;
}

function resolved(form: Rule, rule: Rule): Rule {
  if (!rule.$ref) return rule;
  const name = rule.$ref.replace("#/$defs/", "");
  const { $ref: _, ...rest } = rule;
  return { ...form.$defs?.[name], ...rest };
}

/** The rules of the keys that a mapping may have, by key. */
export function keysOf(rule: Rule): ReadonlyMap<string, Rule> {
  const found = new Map(Object.entries(rule.properties ?? {}));
  for (const each of rule.oneOf ?? []) for (const [key, its] of keysOf(each)) found.set(key, its);
  return found;
}

/** The values that may stand, each with what it means; empty where anything of a sort may. */
export function choicesOf(rule: Rule): readonly { value: Value; description: string }[] {
  if (rule.enum) return rule.enum.map((value) => ({ value, description: "" }));
  if (rule.const !== undefined) return [{ value: rule.const, description: rule.description ?? "" }];
  if (rule.type === "boolean") return [true, false].map((value) => ({ value, description: "" }));
  return (rule.oneOf ?? []).flatMap((each) => choicesOf(each));
}

/** What may stand, in a few words: `1 to 64`, `"17", "16", "15"`; empty where that says nothing. */
export function allowed(rule: Rule): string {
  const choices = choicesOf(rule);
  if (choices.length) return choices.map(({ value }) => JSON.stringify(value)).join(", ");
  const low = rule.minimum ?? rule.exclusiveMinimum;
  if (low !== undefined && rule.maximum !== undefined) {
    return `${rule.exclusiveMinimum === undefined ? "" : "above "}${low} to ${rule.maximum}`;
  }
  return [rule.type ?? []].flat().some((type) => type === "integer") ? "a whole number" : "";
}
