/**
 * Values as YAML text.
 *
 * A text stands without quotes where all three hold; with quotes otherwise:
 * 1. the syntax allows it where it stands (more is allowed outside of braces than inside),
 * 2. the server reads it as that text (`1.0` would be a number, `null` nothing),
 * 3. readers of YAML 1.1 do as well (to them `on` is a truth, `22:22` a number and `2026-01-01` a date).
 */
import { meansOther, plainValue, type ScalarStyle, UNREADABLE, type Value } from "./tree";

/** How long a line gets before what stands on it is spread over several. */
export const WIDTH = 120;

export interface Where {
  /** Inside of braces or brackets. */
  flow: boolean;
  /** Where the server takes the very text, such as in an environment: `8080` needs no quotes there. */
  literal?: boolean;
  /** How what stood there before was written. */
  style?: ScalarStyle;
}

const ODD_BEFORE_1_2 = [
  /^(?:y|n|yes|no|on|off)$/i,
  /^[-+]?[0-9][0-9_]*(?::[0-5]?[0-9])+(?:\.[0-9_]*)?$/,
  /^[-+]?(?:0b[01_]+|0x[0-9a-f_]+|[0-9][0-9_]*(?:\.[0-9_]*)?|\.[0-9_]+)(?:e[-+]?[0-9]+)?$/i,
  /^[0-9]{4}-[0-9]{2}-[0-9]{2}$/,
  /^[0-9]{4}-[0-9]{1,2}-[0-9]{1,2}(?:[Tt]|[ \t]+)[0-9]{1,2}:[0-9]{2}:[0-9]{2}/,
  /^(?:=|<<|~)$/,
];

/** One value as it is written in a line. */
export function scalarText(value: string | number | boolean | null, where: Where): string {
  if (typeof value !== "string") return JSON.stringify(value);
  if (where.style === "single" && canBeSingle(value)) return `'${value.replaceAll("'", "''")}'`;
  if (where.style !== "double" && where.style !== "single" && canBePlain(value, where)) return value;
  return doubleQuoted(value);
}

/** Any value in a line: `{min: 2, max: 6}`. */
export function flowText(value: Value, literal = false): string {
  if (Array.isArray(value)) return `[${value.map((each) => flowText(each, literal)).join(", ")}]`;
  if (value !== null && typeof value === "object") {
    const pairs = Object.entries(value).map(([key, each]) => {
      return `${scalarText(key, { flow: true, literal: true })}: ${flowText(each, literal || isLiteral(key))}`;
    });
    return `{${pairs.join(", ")}}`;
  }
  return scalarText(value, { flow: true, literal });
}

/** How a mapping's key is written. */
export function keyText(key: string, where: Where): string {
  return scalarText(key, { ...where, literal: true });
}

/** The fields whose values are taken as the very text. */
export function isLiteral(field: string): boolean {
  return field === "environment" || field === "command";
}

/** A text of several lines as a literal (`|`), each line to be indented; null where quotes say it better. */
export function literalLines(value: string): string[] | null {
  const lines = value.replace(/\n$/, "").split("\n");
  const isPlain = lines.length > 1 && lines[0] !== "" && lines.at(-1) !== "";
  if (!isPlain || value.includes("\r") || UNREADABLE.test(value)) return null;
  if (lines.some((line) => /\s$/.test(line) || line.startsWith("\t")) || /^[ \t]/.test(value)) return null;
  return [value.endsWith("\n") ? "|" : "|-", ...lines];
}

function canBePlain(text: string, { flow, literal }: Where): boolean {
  if (text === "" || /^[ \t]|[ \t]$|[\n\r\t]/.test(text) || UNREADABLE.test(text)) return false;
  if (/^[,[\]{}#&*!|>'"%@`\ufeff]/.test(text) || /^[-?:](?:$|[ ,[\]{}])/.test(text)) return false;
  if (/:(?: |$)| #/.test(text)) return false;
  if (flow && (/[,[\]{}]/.test(text) || /^[?:]/.test(text))) return false;
  // a key may stand at the begin of a line, where these mark a document
  if (literal) return plainValue(text) !== null && text !== "<<" && !/^(?:---|\.\.\.)(?: |$)/.test(text);
  return !meansOther(text) && !ODD_BEFORE_1_2.some((odd) => odd.test(text));
}

function canBeSingle(text: string): boolean {
  return !/[\n\r]/.test(text) && !UNREADABLE.test(text);
}

function doubleQuoted(text: string): string {
  return JSON.stringify(text).replace(EVERY_UNREADABLE, (found) => {
    return `\\u${found.charCodeAt(0).toString(16).padStart(4, "0")}`;
  });
}

const EVERY_UNREADABLE = new RegExp(UNREADABLE.source, "gu");
