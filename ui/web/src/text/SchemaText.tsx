import { defaultKeymap, indentWithTab } from "@codemirror/commands";
import { yaml } from "@codemirror/lang-yaml";
import { bracketMatching, foldGutter, foldKeymap, indentOnInput, indentUnit } from "@codemirror/language";
import { lintGutter, lintKeymap, nextDiagnostic } from "@codemirror/lint";
import { highlightSelectionMatches, openSearchPanel, search, searchKeymap } from "@codemirror/search";
import { Annotation, Compartment, EditorState, type Extension } from "@codemirror/state";
import {
  drawSelection,
  EditorView,
  highlightActiveLine,
  highlightActiveLineGutter,
  keymap,
  lineNumbers,
  type ViewUpdate,
} from "@codemirror/view";
import { CircleAlert, Lightbulb, Redo2, Search, Undo2 } from "lucide-react";
import { type ReactNode, useEffect, useId, useRef, useState } from "react";
import { classes, IconButton } from "@/look";
import { changesBetween, merge, pathAt, readDrawing, type TextChange } from "@/model";
import { afterShown, shownText } from "./lineBreaks";
import { look } from "./look";
import { type Findings, marking, showFindings, showSelected } from "./marking";
import type { Knowledge } from "./rules";
import { writing } from "./writing";

export interface SchemaTextProps extends Findings {
  text: string;
  /** Each time somebody has typed. Without it, the text can only be read. */
  onChange?: (text: string) => void;
  knowledge: Knowledge;
  /** The paths of what is selected on the canvas, such as `components/api`. */
  selected: readonly string[];
  /** The cursor was put into another part, such as `connections/1`; null: into none. */
  onSelect?: (path: string | null) => void;
  onUndo?: () => void;
  onRedo?: () => void;
  /** What else there is to do, in the bar above the text. */
  actions?: ReactNode;
  className?: string;
}

/** Not typed by a person here: it came from the canvas, or from others. */
const fromOutside = Annotation.define<true>();

/** The text of a schema, to be written and read, kept together with the drawing. */
export function SchemaText(props: SchemaTextProps) {
  const {
    text,
    onChange,
    knowledge,
    selected,
    faults,
    problems,
    advice,
    onUndo,
    onRedo,
    actions,
    className,
  } = props;
  const holder = useRef<HTMLDivElement>(null);
  const editor = useRef<Editor>(null);
  const hint = useId();
  const [place, setPlace] = useState({ line: 1, column: 1 });
  const latest = useRef(props);
  latest.current = props;

  useEffect(() => {
    if (!holder.current) return;
    const made = new Editor(holder.current, () => latest.current, hint, setPlace);
    editor.current = made;
    return () => made.end();
  }, [hint]);
  useEffect(() => editor.current?.take(text), [text]);
  const isWritable = onChange !== undefined;
  useEffect(() => editor.current?.allow(isWritable), [isWritable]);
  // biome-ignore lint/correctness/useExhaustiveDependencies: what is selected stands elsewhere in another text
  useEffect(() => editor.current?.select(selected), [selected, text]);
  useEffect(() => editor.current?.find({ faults, problems, advice }), [faults, problems, advice]);
  useEffect(() => editor.current?.know(knowledge), [knowledge]);

  const wrong = faults.length || problems.length;
  const next = () => editor.current && nextDiagnostic(editor.current.view);
  return (
    <section
      aria-label="Text of the schema"
      className={classes("flex min-h-0 min-w-0 flex-col bg-raised", className)}
    >
      <header className="flex h-9 shrink-0 items-center gap-0.5 border-b pr-1 pl-3">
        <h2 className="mr-auto truncate font-medium text-xs">backdraft.yml</h2>
        {onUndo && (
          <IconButton icon={Undo2} label="Undo" shortcut="mod+z" className="size-7" onClick={onUndo} />
        )}
        {onRedo && (
          <IconButton icon={Redo2} label="Redo" shortcut="mod+shift+z" className="size-7" onClick={onRedo} />
        )}
        <IconButton
          icon={Search}
          label="Search the text"
          className="size-7"
          onClick={() => editor.current && openSearchPanel(editor.current.view)}
        />
        {actions}
      </header>
      <div ref={holder} className="min-h-0 flex-1 overflow-hidden" />
      <footer className="flex h-7 shrink-0 items-center gap-3 border-t px-3 text-2xs text-muted">
        <button
          type="button"
          onClick={next}
          disabled={!wrong && !advice.length}
          className="inline-flex items-center gap-1 rounded-sm enabled:hover:text-ink disabled:cursor-default"
        >
          {wrong > 0 && <CircleAlert aria-hidden className="size-3.5 text-bad" />}
          {wrong === 0 && advice.length > 0 && <Lightbulb aria-hidden className="size-3.5 text-warn" />}
          <span className={wrong ? "text-bad" : ""}>{summary(wrong, faults.length > 0, advice.length)}</span>
        </button>
        <span id={hint} className="ml-auto hidden truncate @xs:inline">
          Esc, then Tab leaves the text
        </span>
        <span className="whitespace-nowrap">
          Line {place.line}, column {place.column}
        </span>
      </footer>
    </section>
  );
}

function summary(wrong: number, isBroken: boolean, advice: number): string {
  if (isBroken) return "It cannot be read";
  if (wrong) return wrong === 1 ? "1 problem" : `${wrong} problems`;
  if (advice)
    return advice === 1 ? "No problem, 1 piece of advice" : `No problem, ${advice} pieces of advice`;
  return "No problem";
}

/** From this length on, reading a text takes so long that it waits for a pause in the typing. */
const LONG = 30_000;
const PAUSE = 200;

/** CodeMirror, with the text as it is outside: the same but for its line breaks. */
class Editor {
  readonly view: EditorView;
  /** As it is here, and as it is known outside. */
  private text: string;
  private known: string;
  private pause: ReturnType<typeof setTimeout> | null = null;
  private knowledge: Knowledge;
  private readonly writable = new Compartment();
  /** The path that was told last: what is selected because of that is not scrolled to. */
  private told: string | null = null;
  /** The next change from outside is shown: somebody here asked for it. */
  private reveals = false;

  constructor(
    parent: HTMLElement,
    private readonly props: () => SchemaTextProps,
    hint: string,
    private readonly onPlace: (place: { line: number; column: number }) => void,
  ) {
    const { text, knowledge } = props();
    this.text = text;
    this.known = text;
    this.knowledge = knowledge;
    this.view = new EditorView({
      parent,
      state: EditorState.create({ doc: shownText(text), extensions: this.extensions(hint) }),
    });
  }

  /** Another text: as a change of what differs, so that the cursor and what is folded stay. */
  take(text: string): void {
    if (text === this.known) return;
    // what was typed since is put on top of it
    const isAhead = this.pause !== null;
    const taken = isAhead ? merge(this.known, this.text, text).text : text;
    this.known = text;
    this.text = taken;
    if (isAhead) this.reportSoon();
    const changes = changesBetween(this.view.state.doc.toString(), shownText(taken));
    if (!changes.length) return;
    const at = changes[0];
    const effects =
      at && this.reveals ? [EditorView.scrollIntoView(at.from, { y: "nearest", yMargin: 48 })] : [];
    this.reveals = false;
    this.view.dispatch({ changes, effects, annotations: fromOutside.of(true) });
  }

  allow(isWritable: boolean): void {
    this.view.dispatch({ effects: this.writable.reconfigure(this.writing(isWritable)) });
  }

  select(paths: readonly string[]): void {
    const isOwn = paths.length === 1 && paths[0] === this.told;
    showSelected(this.view, paths, !isOwn);
    if (!isOwn) this.told = paths.length === 1 ? (paths[0] ?? null) : null;
  }

  find(findings: Findings): void {
    showFindings(this.view, this.text, findings);
  }

  know(knowledge: Knowledge): void {
    this.knowledge = knowledge;
  }

  end(): void {
    if (this.pause) this.report();
    this.view.destroy();
  }

  private writing(isWritable: boolean): Extension {
    return [EditorState.readOnly.of(!isWritable), EditorView.editable.of(true)];
  }

  private extensions(hint: string): Extension {
    return [
      lintGutter(),
      lineNumbers(),
      foldGutter(),
      highlightActiveLineGutter(),
      highlightActiveLine(),
      drawSelection(),
      indentUnit.of("  "),
      indentOnInput(),
      bracketMatching(),
      highlightSelectionMatches({ minSelectionLength: 3 }),
      search({ top: true }),
      yaml(),
      look,
      marking,
      writing(() => this.knowledge),
      this.writable.of(this.writing(this.props().onChange !== undefined)),
      EditorView.lineWrapping,
      EditorState.phrases.of(PHRASES),
      EditorView.contentAttributes.of({
        "aria-label": "Schema, as YAML",
        "aria-describedby": hint,
        spellcheck: "false",
        tabindex: "0",
      }),
      keymap.of([
        { key: "Mod-z", preventDefault: true, run: () => this.travel("onUndo") },
        { key: "Mod-y", mac: "Mod-Shift-z", preventDefault: true, run: () => this.travel("onRedo") },
        { linux: "Ctrl-Shift-z", preventDefault: true, run: () => this.travel("onRedo") },
        ...searchKeymap,
        ...foldKeymap,
        ...lintKeymap,
        ...defaultKeymap,
        indentWithTab,
      ]),
      EditorView.updateListener.of((update) => this.updated(update)),
    ];
  }

  private travel(way: "onUndo" | "onRedo"): boolean {
    if (this.pause) this.report();
    this.reveals = true;
    this.props()[way]?.();
    return true;
  }

  private updated(update: ViewUpdate): void {
    const isOutside = update.transactions.some((each) => each.annotation(fromOutside));
    if (update.docChanged && !isOutside) {
      const changes: TextChange[] = [];
      update.changes.iterChanges((from, to, _from, _to, inserted) => {
        changes.push({ from, to, insert: inserted.toString() });
      });
      this.text = afterShown(this.text, changes);
      if (this.text.length > LONG) this.reportSoon();
      else this.report();
    }
    if (!update.selectionSet && !update.docChanged) return;
    const { head } = update.state.selection.main;
    const line = update.state.doc.lineAt(head);
    this.onPlace({ line: line.number, column: head - line.from + 1 });
    if (!isOutside && !this.pause && update.view.hasFocus) this.tell();
  }

  private reportSoon(): void {
    if (this.pause) clearTimeout(this.pause);
    this.pause = setTimeout(() => {
      this.report();
      this.tell();
    }, PAUSE);
  }

  private report(): void {
    if (this.pause) clearTimeout(this.pause);
    this.pause = null;
    this.known = this.text;
    this.props().onChange?.(this.text);
  }

  /** Tells which part the cursor is in; while the text cannot be read, nobody knows. */
  private tell(): void {
    const text = this.view.state.doc.toString();
    if (!readDrawing(text).drawing) return;
    const path = partAt(text, this.view.state.selection.main.head);
    if (path === this.told) return;
    this.told = path;
    this.props().onSelect?.(path);
  }
}

const PHRASES = {
  next: "Next",
  previous: "Previous",
  all: "All",
  "match case": "Match case",
  regexp: "Pattern",
  "by word": "Whole words",
  replace: "Replace",
  "replace all": "Replace all",
};

/** What is drawn of the part at an offset: a component (that of a place, too), a connection or a note. */
function partAt(text: string, offset: number): string | null {
  const [section, name] = pathAt(text, offset).split("/");
  if (!name) return null;
  if (section === "layout") return `components/${name}`;
  return section === "components" || section === "connections" || section === "notes"
    ? `${section}/${name}`
    : null;
}
