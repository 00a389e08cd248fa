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
import { type Fault, partOf, rangeOf } from "@/model";
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

/** Lines that are too long go on under their own indent. */
const hanging = ViewPlugin.fromClass(
  class {
    decorations: DecorationSet;
    constructor(view: EditorView) {
      this.decorations = hangingLines(view);
    }
    update(update: ViewUpdate) {
      if (update.docChanged || update.viewportChanged) this.decorations = hangingLines(update.view);
    }
  },
  { decorations: (plugin) => plugin.decorations },
);

function hangingLines(view: EditorView): DecorationSet {
  const builder = new RangeSetBuilder<Decoration>();
  for (const { from, to } of view.visibleRanges) {
    for (let at = from; at <= to; ) {
      const line = view.state.doc.lineAt(at);
      const indent = (/^ *(?:# |- )?/.exec(line.text)?.[0].length ?? 0) + (/^ *# /.test(line.text) ? 0 : 2);
      const style = `text-indent:-${indent}ch;padding-left:calc(${indent}ch + 6px)`;
      builder.add(line.from, line.from, Decoration.line({ attributes: { style } }));
      at = line.to + 1;
    }
  }
  return builder.finish();
}

export const marking: Extension = [selection, references, hanging];

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

/** Where a problem stands: by its path, which stays true while lines above it come and go. */
function placeOf(shown: string, { path, line, column }: Problem): [from: number, to: number] {
  const part = path ? partOf(shown, path) : null;
  if (part) return [part.from, Math.min(part.to, lineEnd(shown, part.from))];
  const lines = shown.split("\n").slice(0, Math.max((line ?? 1) - 1, 0));
  const start = lines.reduce((sum, each) => sum + each.length + 1, 0);
  const from = Math.min(start + (column ?? 1) - 1, shown.length);
  return [from, lineEnd(shown, from)];
}

function lineEnd(text: string, offset: number): number {
  const end = text.indexOf("\n", offset);
  return end < 0 ? text.length : end;
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
