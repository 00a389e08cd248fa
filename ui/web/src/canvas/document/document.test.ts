import { describe, expect, it, vi } from "vitest";
import { Problem } from "@/api";
import { setAt } from "@/model";
import { type Saved, SchemaDocument } from "./document";

const TEXT = "backdraft: 1\nname: shop\ncomponents:\n  api: {kind: python}\n  db: {kind: postgres}\n";
const NOTHING_WRONG = { problems: [], advice: [], complete: true };

function lost(newest: Saved): Problem {
  return new Problem("lost-update", 412, "Somebody saved before you", "", "", "", { newest });
}

function opened(text = TEXT, mayDraw = true) {
  const timers = new Map<number, () => void>();
  const told: string[] = [];
  let count = 0;
  let now = 0;
  const save = vi.fn(
    async (saved: string, version: number): Promise<Saved> => ({
      text: saved,
      version: version + 1,
      who: "me",
    }),
  );
  const check = vi.fn(async (_: string) => NOTHING_WRONG);
  const document = new SchemaDocument({ text, version: 1, who: "ada" }, mayDraw, {
    save,
    check,
    tell: (sentence) => told.push(sentence),
    now: () => now,
    later: (act) => {
      count += 1;
      timers.set(count, act);
      return count as never;
    },
    forget: (timer) => timers.delete(timer as never),
  });
  return {
    document,
    save,
    check,
    told,
    state: () => document.store.getState(),
    pass: (milliseconds: number) => {
      now += milliseconds;
    },
    /** What was put off happens now. */
    async due() {
      for (const [timer, act] of [...timers]) {
        timers.delete(timer);
        act();
      }
      for (let round = 0; round < 8; round += 1) await Promise.resolve();
    },
  };
}

const workers = (count: number) => (text: string) => setAt(text, "components/api/settings/workers", count);

describe("a document", () => {
  it("is judged and saved soon after it was changed, once", async () => {
    const { document, due, save, check, state } = opened();
    await due();
    document.edit("Change", workers(2));
    document.edit("Change", workers(3));
    expect(state().saving).toBe("waiting");
    await due();
    expect(save.mock.calls).toEqual([[state().text, 1]]);
    expect(check).toHaveBeenLastCalledWith(state().text);
    expect([state().saving, state().saved.version]).toEqual(["saved", 2]);
  });

  it("takes back and does again, over edits of the drawing and of the text", async () => {
    const { document, state } = opened();
    document.edit("Change", workers(2));
    const first = state().text;
    document.setText(`${first}# a word\n`);
    document.undo();
    expect(state().text).toBe(first);
    document.undo();
    expect(state().text).toBe(TEXT);
    document.redo();
    document.redo();
    expect(state().text).toBe(`${first}# a word\n`);
  });

  it("takes back at once what was typed into one field in one go", () => {
    const { document, state, pass } = opened();
    document.edit("Type", workers(1), "field");
    document.edit("Type", workers(12), "field");
    pass(60_000);
    document.edit("Type", workers(123), "field");
    document.undo();
    expect(state().drawing.components.get("api")?.settings.workers).toBe(12);
    document.undo();
    expect(state().text).toBe(TEXT);
  });

  it("keeps the drawing as it was while the text cannot be read, and cannot be drawn on", () => {
    const { document, state } = opened();
    document.setText("components: [");
    expect([state().isFrozen, [...state().drawing.components.keys()]]).toEqual([true, ["api", "db"]]);
    document.edit("Change", workers(2));
    expect(state().text).toBe("components: [");
    document.undo();
    expect(state().isFrozen).toBe(false);
  });

  it("takes in what somebody else saved, with what was drawn here", () => {
    const { document, state, told } = opened();
    document.edit("Change", workers(2));
    document.receive({ text: TEXT.replace("postgres", "mariadb"), version: 2, who: "bea" });
    expect(state().drawing.components.get("db")?.kind).toBe("mariadb");
    expect(state().drawing.components.get("api")?.settings.workers).toBe(2);
    expect(told).toEqual(["bea saved as well: both are in the drawing now."]);
  });

  it("merges when the server says that somebody was first, and saves again", async () => {
    const { document, state, save, due } = opened();
    save.mockRejectedValueOnce(lost({ text: TEXT.replace("postgres", "mariadb"), version: 5, who: "bea" }));
    document.edit("Change", workers(2));
    await due();
    await due();
    expect(save.mock.calls.map(([, version]) => version)).toEqual([1, 5]);
    expect([state().saving, state().saved.version]).toEqual(["saved", 6]);
    expect(state().drawing.components.get("db")?.kind).toBe("mariadb");
  });

  it("asks where both changed the same, and saves nothing until it is answered", async () => {
    const { document, state, save, due } = opened();
    await due();
    document.edit("Change", workers(2));
    document.receive({
      text: TEXT.replace("{kind: python}", "{kind: python, settings: {workers: 9}}"),
      version: 2,
      who: "bea",
    });
    await due();
    expect([state().saving, save.mock.calls.length]).toEqual(["conflict", 0]);
    expect(state().clash?.conflicts.map((each) => each.what)).toEqual(["api"]);
    document.resolve(state().text);
    await due();
    expect(save).toHaveBeenCalledWith(state().text, 2);
    expect(state().clash).toBeNull();
  });

  it("takes back one's own change alone, after somebody else's was taken in", () => {
    const { document, state } = opened();
    document.edit("Change", workers(2));
    document.receive({ text: TEXT.replace("postgres", "mariadb"), version: 2, who: "bea" });
    document.undo();
    expect(state().text).toBe(TEXT.replace("postgres", "mariadb"));
  });

  it("says why it is not saved, and tries again where that may help", async () => {
    const { document, state, save, due } = opened();
    save.mockRejectedValueOnce(new Problem("unreachable", 0, "The server does not answer"));
    document.edit("Change", workers(2));
    await due();
    expect([state().saving, state().fault]).toEqual(["failed", "The server does not answer"]);
    await due();
    await due();
    expect(state().saving).toBe("saved");
  });

  it("is not changed by somebody who may only look", async () => {
    const { document, state, save, due } = opened(TEXT, false);
    document.edit("Change", workers(2));
    document.setText("name: other");
    await due();
    expect([state().text, save.mock.calls.length]).toEqual([TEXT, 0]);
  });

  it("forgets that something is selected which is no longer there", () => {
    const { document, state } = opened();
    document.select(["box:api", "box:db"]);
    document.setText(TEXT.replace("  db: {kind: postgres}\n", ""));
    expect([...state().selected]).toEqual(["box:api"]);
  });
});
