/** Help while a schema is written: what may stand here, and what stands there. */
import {
  autocompletion,
  type Completion,
  type CompletionContext,
  type CompletionResult,
  closeBrackets,
  closeBracketsKeymap,
  completionKeymap,
  completionStatus,
  pickedCompletion,
  startCompletion,
} from "@codemirror/autocomplete";
import type { Extension } from "@codemirror/state";
import { type EditorView, hoverTooltip, keymap } from "@codemirror/view";
import { type Choice, choicesAt } from "./completing";
import { explanationAt } from "./explaining";
import type { Knowledge } from "./rules";

/** `knowledge` is asked each time: what is known changes while somebody writes. */
export function writing(knowledge: () => Knowledge): Extension {
  return [
    closeBrackets(),
    autocompletion({
      override: [(context) => completions(context, knowledge())],
      icons: false,
      activateOnTypingDelay: 60,
      closeOnBlur: true,
    }),
    keymap.of([...closeBracketsKeymap, ...completionKeymap]),
    hoverTooltip(
      (view, offset) => {
        if (completionStatus(view.state) !== null) return null;
        const found = explanationAt(view.state.doc.toString(), offset, knowledge());
        if (!found) return null;
        return {
          pos: found.from,
          end: found.to,
          above: true,
          create: () => ({ dom: explained(found.title, found.lines) }),
        };
      },
      { hoverTime: 350 },
    ),
  ];
}

function completions(context: CompletionContext, knowledge: Knowledge): CompletionResult | null {
  const found = choicesAt(context.state.doc.toString(), context.pos, knowledge);
  if (!found) return null;
  // an empty place is left in peace, unless somebody asks or a value is due
  const isDue = /(?::\s|\$\{|[[{,]\s?)$/.test(
    context.state.sliceDoc(Math.max(0, context.pos - 3), context.pos),
  );
  if (!context.explicit && found.from === context.pos && !isDue) return null;
  return {
    from: found.from,
    options: found.choices.map((choice, index) => completion(choice, found.choices.length - index)),
    validFor: /^[\w./@-]*$/,
  };
}

function completion(choice: Choice, boost: number): Completion {
  const { label, insert = label, detail, info, goesOn } = choice;
  return {
    label,
    detail,
    boost: Math.min(boost, 99),
    info: info ? () => explained("", [info]) : undefined,
    apply: (view: EditorView, picked, from, to) => {
      const behind = view.state.sliceDoc(to, to + 2);
      const overlap =
        insert.endsWith("}") && behind.startsWith("}") ? 1 : insert.endsWith(": ") && behind === ": " ? 2 : 0;
      view.dispatch({
        changes: { from, to: to + overlap, insert },
        selection: { anchor: from + insert.length },
        annotations: pickedCompletion.of(picked),
        userEvent: "input.complete",
      });
      if (goesOn) startCompletion(view);
    },
  };
}

function explained(title: string, lines: readonly string[]): HTMLElement {
  const box = document.createElement("div");
  box.className = "cm-explanation";
  for (const [index, text] of (title ? [title, ...lines] : lines).entries()) {
    const line = box.appendChild(document.createElement("div"));
    line.textContent = text;
    if (title)
      line.className = index === 0 ? "cm-explanation-title" : index === 1 ? "" : "cm-explanation-more";
  }
  return box;
}
