import { defaultKeymap } from "@codemirror/commands";
import { yaml } from "@codemirror/lang-yaml";
import { goToNextChunk, goToPreviousChunk, unifiedMergeView } from "@codemirror/merge";
import { EditorState } from "@codemirror/state";
import { EditorView, keymap, lineNumbers } from "@codemirror/view";
import { useEffect, useRef } from "react";
import { classes } from "@/look";
import type { TextChange } from "@/model";
import { afterShown, shownText } from "./lineBreaks";
import { look } from "./look";

export interface DiffViewProps {
  before: string;
  after: string;
  /** Each change can be taken back by itself; this is told what is left. */
  onDiscard?: (text: string) => void;
  /** What is compared, read aloud. */
  label: string;
  className?: string;
}

/** Two versions of a schema in one: what goes and what comes, the rest folded away. */
export function DiffView({ before, after, onDiscard, label, className }: DiffViewProps) {
  const holder = useRef<HTMLDivElement>(null);
  const latest = useRef(onDiscard);
  latest.current = onDiscard;
  const canDiscard = onDiscard !== undefined;
  useEffect(() => {
    if (!holder.current) return;
    let text = after;
    const view = new EditorView({
      parent: holder.current,
      doc: shownText(after),
      extensions: [
        lineNumbers(),
        yaml(),
        look,
        EditorView.lineWrapping,
        EditorState.readOnly.of(true),
        EditorView.contentAttributes.of({ "aria-label": label, tabindex: "0" }),
        keymap.of([
          { key: "F8", run: goToNextChunk },
          { key: "Shift-F8", run: goToPreviousChunk },
          ...defaultKeymap,
        ]),
        unifiedMergeView({
          original: shownText(before),
          gutter: true,
          highlightChanges: true,
          syntaxHighlightDeletions: true,
          collapseUnchanged: { margin: 2, minSize: 5 },
          mergeControls: canDiscard
            ? (type, act) => (type === "reject" ? discardButton(act) : document.createElement("span"))
            : false,
        }),
        EditorView.updateListener.of((update) => {
          if (!update.docChanged) return;
          const changes: TextChange[] = [];
          update.changes.iterChanges((from, to, _from, _to, inserted) => {
            changes.push({ from, to, insert: inserted.toString() });
          });
          text = afterShown(text, changes);
          latest.current?.(text);
        }),
      ],
    });
    return () => view.destroy();
  }, [before, after, label, canDiscard]);
  return (
    <div ref={holder} className={classes("min-h-0 overflow-auto rounded-lg border bg-raised", className)} />
  );
}

function discardButton(act: (event: MouseEvent) => void): HTMLElement {
  const button = document.createElement("button");
  button.type = "button";
  button.textContent = "Discard";
  button.title = "Take this change back";
  button.className = "cm-discard";
  // a click, and not the press of a button: a keyboard has no other
  button.addEventListener("click", act);
  return button;
}
