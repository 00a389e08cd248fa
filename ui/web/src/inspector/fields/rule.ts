/** The subset of JSON Schema that kinds write their settings in, and how a form shows and reads it. Pure. */
import type { Value } from "@/model";

export interface Rule {
  type: "string" | "integer" | "number" | "boolean" | "list" | "other";
  description: string;
  /** Undefined: it has to be given. */
  default: Value | undefined;
  choices: readonly (string | number)[];
  minimum: number | undefined;
  maximum: number | undefined;
}

export function ruleOf(raw: unknown): Rule {
  const schema = (typeof raw === "object" && raw !== null ? raw : {}) as Record<string, unknown>;
  const choices = Array.isArray(schema.enum)
    ? schema.enum.filter((each) => typeof each === "string" || typeof each === "number")
    : [];
  return {
    type: typeOf(schema, choices),
    description: typeof schema.description === "string" ? schema.description : "",
    default: schema.default as Value | undefined,
    choices,
    minimum: numberOf(schema.minimum),
    maximum: numberOf(schema.maximum),
  };
}

function typeOf(schema: Record<string, unknown>, choices: readonly unknown[]): Rule["type"] {
  const { type } = schema;
  if (type === "array") return "list";
  if (type === "string" || type === "integer" || type === "number" || type === "boolean") return type;
  return choices.length > 0
    ? choices.every((each) => typeof each === "number")
      ? "number"
      : "string"
    : "other";
}

function numberOf(value: unknown): number | undefined {
  return typeof value === "number" ? value : undefined;
}

/** What is typed, as the value that is meant; what is no number stays text, and the server says what is wrong. */
export function parsed(rule: Pick<Rule, "type">, text: string): Value {
  const isNumeric = rule.type === "integer" || rule.type === "number";
  if (isNumeric && /^-?\d+(\.\d+)?$/.test(text.trim())) return Number(text);
  if (rule.type === "list") return text.split("\n").filter(Boolean);
  return text;
}

/** A value as a field shows it. */
export function shown(value: Value | undefined): string {
  if (value === undefined || value === null) return "";
  if (Array.isArray(value)) return value.map(shown).join("\n");
  return typeof value === "object" ? JSON.stringify(value) : String(value);
}

/** A size in bytes as a schema writes it. */
export function sizeOf(bytes: number): string {
  const units = ["KiB", "MiB", "GiB"] as const;
  let size = bytes / 1024;
  let at = 0;
  while (size >= 1024 && size % 1024 === 0 && at < units.length - 1) {
    size /= 1024;
    at += 1;
  }
  return `${Number.isInteger(size) ? size : Number(size.toFixed(1))}${units[at]}`;
}

/** A command as people type it, and back: words, with quotes around what holds spaces. */
export function typed(words: readonly string[]): string {
  return words
    .map((word) => (/^[^\s"'\\]+$/.test(word) ? word : `"${word.replace(/["\\]/g, "\\$&")}"`))
    .join(" ");
}

export function words(text: string): string[] {
  const found = text.match(/"(?:[^"\\]|\\.)*"|'[^']*'|[^\s"']+/g) ?? [];
  return found.map((word) => {
    if (word.startsWith('"') && word.endsWith('"') && word.length > 1)
      return word.slice(1, -1).replace(/\\(.)/g, "$1");
    if (word.startsWith("'") && word.endsWith("'") && word.length > 1) return word.slice(1, -1);
    return word;
  });
}
