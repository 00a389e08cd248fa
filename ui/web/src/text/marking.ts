/** What is marked in the text: what is selected on the canvas, what is wrong, and the references in environments. */
import { type Diagnostic, setDiagnostics } from "@codemirror/lint";
import {
  type Extension,
  RangeSetBuilder,
  StateEffect,
  StateField,
  type Transaction,
} from "@codemirror/state";
import {
  Decoration,
  type DecorationSet,
  EditorView,
  MatchDecorator,
  ViewPlugin,
  type ViewUpdate,
} from "@codemirror/view";
import { type Fault, rangeOf } from "@/model";
import { toShown } from "./lineBreaks";

/** Something that is wrong with a schema, as the server says it; lines and columns count from 1. */
export interface Problem {
  path: string;
  fault: string;
  remedy: string;
  line: number | null;
  column: number | null;
}

/** Something that could go better. */
export interface Advice {
  id: string;
  component: string;
  why: string;
  fix: string;
}

const select = StateEffect.define<readonly string[]>();
const selectedLine = Decoration.line({ class: "cm-selected" });

const selection = StateField.define<DecorationSet>({
  create: () => Decoration.none,
  update(marked, transaction) {
    const paths = transaction.effects.find((effect) => effect.is(select))?.value;
    return paths ? linesOf(transaction, paths) : marked.map(transaction.changes);
  },
  provide: (field) => EditorView.decorations.from(field),
});

function linesOf({ newDoc }: Transaction, paths: readonly string[]): DecorationSet {
  const text = newDoc.toString();
  const lines = new Set<number>();
  for (const path of paths) {
    const range = rangeOf(text, path);
    if (!range) continue;
    const last = newDoc.lineAt(range.to).number;
    for (let line = newDoc.lineAt(range.from).number; line <= last; line += 1) lines.add(line);
  }
  const builder = new RangeSetBuilder<Decoration>();
  for (const line of [...lines].sort((one, other) => one - other)) {
    const { from } = newDoc.line(line);
    builder.add(from, from, selectedLine);
  }
  return builder.finish();
}

const matcher = new MatchDecorator({
  regexp: /\$\$\{|\$\{[A-Za-z][A-Za-z0-9_-]*(?:\.[A-Za-z0-9_-]+){1,2}\}/g,
  decoration: (found) => (found[0] === "$${" ? null : Decoration.mark({ class: "cm-reference" })),
});

const references = ViewPlugin.fromClass(
  class {
    decorations: DecorationSet;
    constructor(view: EditorView) {
      this.decorations = matcher.createDeco(view);
    }
    update(update: ViewUpdate) {
      this.decorations = matcher.updateDeco(update, this.decorations);
    }
  },
  { decorations: (plugin) => plugin.decorations },
);

export const marking: Extension = [selection, references];

/** Marks the lines of parts, by their paths; the first is scrolled to, unless it can be seen. */
export function showSelected(view: EditorView, paths: readonly string[], isRevealed: boolean): void {
  const first = paths[0] ? rangeOf(view.state.doc.toString(), paths[0]) : null;
  const effects: StateEffect<unknown>[] = [select.of(paths)];
  if (first && isRevealed) effects.push(EditorView.scrollIntoView(first.from, { y: "nearest", yMargin: 48 }));
  view.dispatch({ effects });
}

export interface Findings {
  /** Of the text as it is. */
  faults: readonly Fault[];
  /** Of the text that was judged last. */
  problems: readonly Problem[];
  advice: readonly Advice[];
}

/** Marks what is wrong with `text`; where it is no YAML, that alone. */
export function showFindings(view: EditorView, text: string, { faults, problems, advice }: Findings): void {
  const { doc } = view.state;
  const found = faults.length
    ? faults.map(({ from, to, fault, remedy }): Diagnostic => {
        const start = Math.min(toShown(text, from), doc.length);
        return diagnostic(start, Math.min(toShown(text, to), doc.lineAt(start).to), "error", fault, remedy);
      })
    : [
        ...problems.map((problem) => {
          const [from, to] = placeOf(doc.toString(), problem);
          return diagnostic(from, to, "error", problem.fault, problem.remedy);
        }),
        ...advice.flatMap(({ component, why, fix }) => {
          const range = rangeOf(doc.toString(), `components/${component}`);
          if (!range) return [];
          return [diagnostic(range.from, range.from + component.length, "info", why, fix)];
        }),
      ];
  view.dispatch(setDiagnostics(view.state, found));
}

function placeOf(shown: string, { path, line, column }: Problem): [from: number, to: number] {
  const lines = shown.split("\n");
  const range = path ? rangeOf(shown, path) : null;
  if (line === null && !range) return [0, lines[0]?.length ?? 0];
  const number = Math.min(line ?? 1, lines.length);
  const start = lines.slice(0, number - 1).reduce((sum, each) => sum + each.length + 1, 0);
  const from = line === null ? (range?.from ?? 0) : Math.min(start + (column ?? 1) - 1, shown.length);
  const end = shown.indexOf("\n", from);
  const last = end < 0 ? shown.length : end;
  const to = range && range.to > from && range.from <= from ? Math.min(range.to, last) : last;
  return [from, to];
}

function diagnostic(
  from: number,
  to: number,
  severity: Diagnostic["severity"],
  fault: string,
  remedy: string,
): Diagnostic {
  return {
    from,
    to: Math.max(to, from),
    severity,
    message: remedy ? `${fault}. ${remedy}` : fault,
    renderMessage: () => {
      const box = document.createElement("div");
      for (const [text, look] of [
        [fault, "cm-explanation-title"],
        [remedy, "cm-explanation-more"],
      ] as const) {
        if (!text) continue;
        const line = box.appendChild(document.createElement("div"));
        line.textContent = text;
        line.className = look;
      }
      return box;
    },
  };
}
