/** The document that is open: the project's schema with its history, how it is judged, and that it is saved. */
import { createStore, type StoreApi } from "zustand";
import { isProblem, type Problem } from "@/api";
import { applied, type Conflict, type Drawing, type Edit, type Fault, merge, readDrawing } from "@/model";
import type { Judgement } from "./judgement";

export interface Saved {
  text: string;
  version: number;
  /** Who saved it. */
  who: string;
}

/** What an edit made of the text, so that it can be taken back. */
export interface Deed {
  label: string;
  before: string;
  after: string;
  /** Edits of the same key, one soon after the other, are taken back together. */
  key: string;
  at: number;
}

export type Saving = "saved" | "waiting" | "saving" | "failed" | "conflict";

/** Somebody saved meanwhile, and both changed the same components. */
export interface Clash {
  newest: Saved;
  base: string;
  /** The merge, with what is said by them where both changed the same. */
  conflicts: readonly Conflict[];
}

export interface DocumentState {
  text: string;
  /** What the text says; what it said last, where it cannot be read. */
  drawing: Drawing;
  faults: readonly Fault[];
  /** The text cannot be read: the drawing is an older one, and cannot be changed. */
  isFrozen: boolean;
  saved: Saved;
  saving: Saving;
  /** Why it could not be saved. */
  fault: string;
  clash: Clash | null;
  judgement: Judgement | null;
  /** The text that was judged. */
  judged: string;
  past: readonly Deed[];
  future: readonly Deed[];
  selected: ReadonlySet<string>;
}

/** What the document needs of the world; a test brings its own. */
export interface Surroundings {
  save: (text: string, version: number) => Promise<Saved>;
  check: (text: string) => Promise<Judgement>;
  /** Tell the person something in passing. */
  tell: (sentence: string) => void;
  now: () => number;
  later: (act: () => void, milliseconds: number) => ReturnType<typeof setTimeout>;
  forget: (timer: ReturnType<typeof setTimeout>) => void;
}

const SAVE_AFTER = 700;
const JUDGE_AFTER = 250;
const TOGETHER_WITHIN = 1_500;
const MOST_DEEDS = 300;
const RETRY_AFTER = 4_000;
const NOTHING: Drawing = {
  name: "",
  network: "isolated",
  components: new Map(),
  connections: [],
  notes: new Map(),
  layout: new Map(),
};

export class SchemaDocument {
  readonly store: StoreApi<DocumentState>;
  private saveTimer: ReturnType<typeof setTimeout> | null = null;
  private judgeTimer: ReturnType<typeof setTimeout> | null = null;
  private underway: Promise<void> | null = null;
  private hasEnded = false;

  constructor(
    saved: Saved,
    private readonly mayDraw: boolean,
    private readonly world: Surroundings,
  ) {
    const { drawing, faults } = readDrawing(saved.text);
    this.store = createStore<DocumentState>(() => ({
      text: saved.text,
      drawing: drawing ?? NOTHING,
      faults,
      isFrozen: drawing === null,
      saved,
      saving: "saved",
      fault: "",
      clash: null,
      judgement: null,
      judged: "",
      past: [],
      future: [],
      selected: new Set(),
    }));
    this.judgeSoon(0);
  }

  /** Change the text by an edit of the drawing. Nothing happens while the text cannot be read. */
  edit(label: string, edit: Edit, key = ""): void {
    const { text, isFrozen } = this.store.getState();
    if (isFrozen || !this.mayDraw) return;
    this.setText(applied(text, edit(text)), label, key);
  }

  /** Take another text, as somebody typed it. */
  setText(after: string, label = "Edit the text", key = ""): void {
    const state = this.store.getState();
    if (after === state.text || !this.mayDraw) return;
    const now = this.world.now();
    const last = state.past.at(-1);
    const continues =
      key !== "" && last?.key === key && now - last.at < TOGETHER_WITHIN && last.after === state.text;
    const deed: Deed = { label, before: continues ? last.before : state.text, after, key, at: now };
    const past = [...(continues ? state.past.slice(0, -1) : state.past), deed].slice(-MOST_DEEDS);
    this.store.setState({ past, future: [] });
    this.take(after);
  }

  undo(): void {
    const { past, future } = this.store.getState();
    const deed = past.at(-1);
    if (deed && this.travel(deed.after, deed.before))
      this.store.setState({ past: past.slice(0, -1), future: [...future, deed] });
  }

  redo(): void {
    const { past, future } = this.store.getState();
    const deed = future.at(-1);
    if (deed && this.travel(deed.before, deed.after))
      this.store.setState({ past: [...past, { ...deed, key: "" }], future: future.slice(0, -1) });
  }

  select(ids: Iterable<string>): void {
    const selected = new Set(ids);
    const { selected: before } = this.store.getState();
    if (selected.size === before.size && [...selected].every((id) => before.has(id))) return;
    this.store.setState({ selected });
  }

  /** Somebody saved: take it in, with what was drawn here meanwhile. */
  receive(newest: Saved): void {
    const { saved, saving } = this.store.getState();
    if (newest.version <= saved.version || saving === "saving" || saving === "conflict") return;
    this.reconcile(saved.text, newest);
  }

  /** How a clash ends: `text` is what shall hold, over what they saved. */
  resolve(text: string): void {
    const { clash } = this.store.getState();
    if (!clash) return;
    this.store.setState({ clash: null, saved: clash.newest, saving: "waiting" });
    this.setText(text, "Merge");
    this.saveSoon(0);
  }

  /** Save now what is not saved; over once it is, or cannot be. */
  async flush(): Promise<void> {
    this.cancelSave();
    if (this.underway) await this.underway;
    await this.save();
  }

  retry(): void {
    this.store.setState({ saving: "waiting" });
    this.saveSoon(0);
  }

  /** Nobody looks at it any more. */
  end(): void {
    this.hasEnded = true;
    void this.flush();
    if (this.judgeTimer) this.world.forget(this.judgeTimer);
  }

  private take(text: string): void {
    const { drawing, saved, selected } = this.store.getState();
    const reading = readDrawing(text, drawing);
    const next = reading.drawing ?? drawing;
    this.store.setState({
      text,
      drawing: next,
      faults: reading.faults,
      isFrozen: reading.drawing === null,
      selected: stillThere(selected, next),
      saving: text === saved.text ? "saved" : "waiting",
    });
    this.saveSoon();
    this.judgeSoon();
  }

  /** From `from` to `to`, whatever was changed by others since. */
  private travel(from: string, to: string): boolean {
    const { text } = this.store.getState();
    if (text === from) {
      this.take(to);
      return true;
    }
    const { text: merged, conflicts } = merge(from, to, text);
    if (conflicts.length > 0) {
      const names = conflicts.map((each) => each.what).join(", ");
      this.world.tell(`That cannot be taken back: ${names} was changed by somebody since.`);
      return false;
    }
    this.take(merged);
    return true;
  }

  private reconcile(base: string, newest: Saved): void {
    const { text } = this.store.getState();
    if (text === base) {
      this.store.setState({ saved: newest });
      this.take(newest.text);
      return;
    }
    const { text: merged, conflicts } = merge(base, text, newest.text);
    if (conflicts.length > 0) {
      this.cancelSave();
      this.store.setState({ saving: "conflict", clash: { newest, base, conflicts } });
      return;
    }
    this.store.setState({ saved: newest, fault: "" });
    this.take(merged);
    this.world.tell(`${newest.who} saved as well: both are in the drawing now.`);
  }

  private saveSoon(after = SAVE_AFTER): void {
    const { text, saved, saving } = this.store.getState();
    this.cancelSave();
    if (text === saved.text || saving === "conflict" || !this.mayDraw) return;
    this.saveTimer = this.world.later(() => {
      this.saveTimer = null;
      void this.save();
    }, after);
  }

  private cancelSave(): void {
    if (this.saveTimer) this.world.forget(this.saveTimer);
    this.saveTimer = null;
  }

  private async save(): Promise<void> {
    const { text, saved, saving } = this.store.getState();
    if (this.underway || text === saved.text || saving === "conflict" || !this.mayDraw) return;
    this.underway = this.saved(text, saved);
    await this.underway;
    this.underway = null;
    if (this.store.getState().saving === "waiting" && !this.hasEnded) this.saveSoon();
  }

  private async saved(text: string, edited: Saved): Promise<void> {
    this.store.setState({ saving: "saving" });
    try {
      const saved = await this.world.save(text, edited.version);
      const isNewest = this.store.getState().text === text;
      this.store.setState({ saved, saving: isNewest ? "saved" : "waiting", fault: "" });
    } catch (error) {
      if (isProblem(error, "lost-update")) {
        this.store.setState({ saving: "waiting" });
        this.reconcile(edited.text, newestOf(error));
        return;
      }
      this.store.setState({
        saving: "failed",
        fault: error instanceof Error ? error.message : String(error),
      });
      const mayPass = isProblem(error) && (error.status === 0 || error.status >= 500 || error.status === 429);
      if (mayPass && !this.hasEnded)
        this.saveTimer = this.world.later(() => this.retry(), (error.retryAfter ?? 0) * 1000 || RETRY_AFTER);
    }
  }

  private judgeSoon(after = JUDGE_AFTER): void {
    if (this.judgeTimer) this.world.forget(this.judgeTimer);
    this.judgeTimer = this.world.later(() => {
      this.judgeTimer = null;
      void this.judge();
    }, after);
  }

  private async judge(): Promise<void> {
    const { text, judged } = this.store.getState();
    if (text === judged || this.hasEnded) return;
    try {
      const judgement = await this.world.check(text);
      if (this.store.getState().text === text) this.store.setState({ judgement, judged: text });
    } catch {
      // what stands is the last judgement; saving tells that the server does not answer
    }
  }
}

function newestOf(problem: Problem): Saved {
  const { text, version, who } = problem.more.newest as Saved;
  return { text, version, who };
}

/** Of `selected` what is still drawn. */
function stillThere(selected: ReadonlySet<string>, drawing: Drawing): ReadonlySet<string> {
  const isThere = (id: string) => {
    if (id.startsWith("box:")) return drawing.components.has(id.slice(4));
    if (id.startsWith("note:")) return drawing.notes.has(id.slice(5));
    return true;
  };
  const left = [...selected].filter(isThere);
  return left.length === selected.size ? selected : new Set(left);
}
