/** Texts for tests, drawn at random but the same each time: schemas in every style that people write. */

/** Numbers from 0 to below 1, the same for the same seed (mulberry32). */
export function chance(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

export class Pencil {
  constructor(private readonly random: () => number) {}

  below(most: number): number {
    return Math.floor(this.random() * most);
  }

  maybe(share = 0.5): boolean {
    return this.random() < share;
  }

  one<T>(choices: readonly T[]): T {
    return choices[this.below(choices.length)] as T;
  }

  /** A schema of a few components, commented, spaced and indented as somebody might. */
  schema(): string {
    const step = this.one([2, 2, 4]);
    const names = ["front", "api", "db", "cache"].slice(0, 1 + this.below(4));
    const flow = this.maybe(0.3);
    const gap = this.maybe();
    const lines = ["backdraft: 1", `name: ${this.one(["shop", '"shop"', "'shop'"])}${this.remark()}`];
    if (this.maybe(0.3)) lines.push("");
    lines.push(`components:${this.remark()}`);
    for (const [index, name] of names.entries()) {
      if (index && gap) lines.push("");
      lines.push(...this.component(name, step, flow || this.maybe(0.2)));
    }
    if (this.maybe(0.3)) lines.push("", `${" ".repeat(step)}# the end`);
    if (gap) lines.push("");
    lines.push(...this.connections(names, step));
    if (gap) lines.push("");
    lines.push(...this.layout(names, step));
    const text = lines.map((line) => `${line}\n`).join("");
    const broken = this.maybe(0.2) ? text.replaceAll("\n", "\r\n") : text;
    return this.maybe(0.2) ? broken.replace(/\r?\n$/, "") : broken;
  }

  private remark(): string {
    return this.maybe(0.15) ? "   # said" : "";
  }

  private component(name: string, step: number, flow: boolean): string[] {
    const [pad, inner, deep] = [1, 2, 3].map((depth) => " ".repeat(depth * step));
    const above = this.maybe(0.3) ? [`${pad}# about ${name}`] : [];
    if (flow) {
      const brace = this.one(["{}", "{  }"]);
      const space = brace.length > 2 ? " " : "";
      return [
        ...above,
        `${pad}${name}: {${space}kind: python, environment: {A: one, B: "\${db.url}"}${space}}${this.remark()}`,
      ];
    }
    const more = [
      [`${inner}replicas: ${this.one(["2", "{min: 1, max: 3}"])}${this.remark()}`],
      [
        `${inner}settings:`,
        `${deep}workers: 2${this.remark()}`,
        ...(this.maybe(0.3) ? [`${deep}# app: x`] : []),
        `${deep}app: 'a:b'`,
      ],
      [`${inner}environment: {A: one, "B": "\${db.url} $\${db.url}"}`],
      [`${inner}note: |`, `${deep}first # no comment`, "", `${deep}second: line`],
      [`${inner}# nothing`],
    ].filter(() => this.maybe(0.4));
    return [
      ...above,
      `${pad}${name}:${this.remark()}`,
      `${inner}kind: ${this.one(["python", '"nginx"'])}`,
      ...more.flat(),
    ];
  }

  private connections(names: readonly string[], step: number): string[] {
    const pad = " ".repeat(this.one([0, step]));
    const [first = "", ...others] = names;
    if (!others.length) return this.maybe() ? ["connections: []"] : [];
    if (this.maybe(0.2))
      return [`connections: [${others.map((to) => `{from: ${first}, to: ${to}}`).join(", ")}]`];
    const lines = others.flatMap((to) => {
      const line = this.maybe(0.6)
        ? [`${pad}- {from: ${first}, to: ${to}}${this.remark()}`]
        : [`${pad}- from: ${first}`, `${pad}  to: "${to}"${this.remark()}`];
      return this.maybe(0.2) ? [`${pad}# line to ${to}`, ...line] : line;
    });
    return ["connections:", ...lines];
  }

  private layout(names: readonly string[], step: number): string[] {
    if (this.maybe(0.2)) return [];
    const places = names.map((name) => `${name}: [${this.below(900)}, ${this.below(900)}]`);
    if (this.maybe(0.4)) return [`layout: {${places.join(", ")}}`];
    return ["layout:", ...places.map((place) => " ".repeat(step) + place + this.remark())];
  }

  /** `text` as somebody has it in the middle of typing. */
  spoiled(text: string): string {
    const at = this.below(text.length + 1);
    const signs = [
      "{",
      "}",
      "[",
      "]",
      ":",
      "- ",
      "#",
      '"',
      "'",
      "\n",
      "\t",
      "  ",
      "&a ",
      "*a",
      "|",
      ">",
      "!",
      "%",
      "?",
      ",",
      "\r",
      "\0",
      "\ud800",
      "é",
      "🐙",
    ];
    const sort = this.below(4);
    if (sort === 0) return text.slice(0, at);
    if (sort === 1) return text.slice(0, at) + this.one(signs) + text.slice(at);
    if (sort === 2) return text.slice(0, at) + text.slice(at + 1 + this.below(12));
    const lines = text.split("\n");
    lines.splice(this.below(lines.length), 1 + this.below(2));
    return lines.join("\n");
  }
}
