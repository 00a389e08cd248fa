/**
 * Two versions of a text that came of the same one, as one: each component, connection and note by its fields.
 *
 * 1. Where lines of both can be taken side by side, they are, with their comments, if that says what rule 2 says.
 * 2. Else what they changed is put into your text, part by part; your style, comments and order stay.
 * 3. A part that both changed, and not to the same, is a conflict. Places of boxes never are: yours hold.
 */
import { applied, type Edit, mergedLines } from "./changes";
import { linesOf } from "./edits/copy";
import { disconnect } from "./edits/disconnect";
import { type Mapping, plainOf } from "./plain";
import { addLinesAt, setAt, unsetAt } from "./setting";
import { entryOf, nodeAt, treeOf, type Value } from "./tree";

export interface Conflict {
  /** What it is about: a component by its name, `front → api`, `note why`, `name`. */
  what: string;
  /** What each of you wrote of it; null: it was removed. */
  yours: string | null;
  theirs: string | null;
}

export interface Merge {
  text: string;
  /** In these, `text` says what you do. */
  conflicts: readonly Conflict[];
}

/** Something they changed: how your text says the same, and which of your changes it would undo. */
interface Change {
  what: string;
  section: string;
  isConflict: boolean;
  edit: Edit;
}

export function merge(base: string, yours: string, theirs: string): Merge {
  if (yours === theirs || theirs === base) return { text: yours, conflicts: [] };
  if (yours === base) return { text: theirs, conflicts: [] };
  const lines = mergedLines(base, yours, theirs);
  const changes = changesOf(base, yours, theirs);
  if (!changes) return unread(yours, theirs, lines);
  const text = withEdits(yours, changes);
  const conflicts = conflictsOf(yours, theirs, changes);
  const saysTheSame = lines !== null && !conflicts.length && isSame(plainOf(lines), plainOf(text));
  return { text: saysTheSame ? lines : text, conflicts };
}

/** The merge in which you win the conflicts that `yourWins` names, and they the others. */
export function mergeWith(
  base: string,
  yours: string,
  theirs: string,
  yourWins: ReadonlySet<string>,
): string {
  const { text, conflicts } = merge(base, yours, theirs);
  if (!conflicts.length) return text;
  const changes = changesOf(base, yours, theirs);
  if (!changes) return yourWins.has(WHOLE) ? yours : theirs;
  const taken = changes.map((each) => ({ ...each, isConflict: each.isConflict && yourWins.has(each.what) }));
  return withEdits(yours, taken);
}

const WHOLE = "the text";

/** A text that is no YAML can be merged by its lines alone. */
function unread(yours: string, theirs: string, lines: string | null): Merge {
  if (lines !== null) return { text: lines, conflicts: [] };
  return { text: yours, conflicts: [{ what: WHOLE, yours, theirs }] };
}

function withEdits(text: string, changes: readonly Change[]): string {
  return changes.filter((each) => !each.isConflict).reduce((now, { edit }) => applied(now, edit(now)), text);
}

function changesOf(base: string, yours: string, theirs: string): Change[] | null {
  const [before, mine, now] = [plainOf(base), plainOf(yours), plainOf(theirs)];
  if (!before || !mine || !now) return null;
  const lines = lineChanges(before.connections, mine.connections, now.connections);
  const parts = { ...before, ...now };
  const others = Object.keys(parts)
    .filter((key) => key !== "connections" || !lines)
    .flatMap((key) => changesAt([key], before[key], mine[key], now[key], theirs));
  return [...others, ...(lines ?? [])];
}

/** What they changed at a path, from `before` to `now`; undefined where there is nothing. */
function changesAt(
  path: readonly string[],
  before: Value | undefined,
  mine: Value | undefined,
  now: Value | undefined,
  theirs: string,
): Change[] {
  if (isSame(before, now) || isSame(mine, now)) return [];
  const both = isMapping(before) || (before == null && path.length === 1);
  if (both && isMapping(now) && (isMapping(mine) || (mine == null && path.length === 1))) {
    const keys = Object.keys({ ...(before as Mapping | null), ...now });
    const inner = (value: Value | undefined, key: string) =>
      isMapping(value) && key in value ? value[key] : undefined;
    return keys.flatMap((key) =>
      changesAt([...path, key], inner(before, key), inner(mine, key), now[key], theirs),
    );
  }
  const [section = "", name] = path;
  const isConflict = !isSame(mine, before);
  if (section === "layout" && isConflict) return [];
  return [
    {
      what: labelOf(path),
      section: name ? `${section}/${name}` : section,
      isConflict,
      edit: editOf(path, now, theirs),
    },
  ];
}

function editOf(path: readonly string[], now: Value | undefined, theirs: string): Edit {
  if (now === undefined) return (text) => unsetAt(text, path);
  const [section, name] = path;
  if (section !== "components" || path.length !== 2 || !name) return (text) => setAt(text, path, now);
  return (text) => {
    if (entryOf(nodeAt(treeOf(text).root, ["components"]), name)) return setAt(text, path, now);
    const components = nodeAt(treeOf(theirs).root, ["components"]);
    const entry = entryOf(components, name);
    const lines = entry ? linesOf(theirs, components, entry) : undefined;
    return addLinesAt(text, "components", [{ key: name, value: now, layout: "block", lines }]);
  };
}

/** What they changed of the lines, each known by its ends, its route and its prefix; null where they are no list. */
function lineChanges(
  before: Value | undefined,
  mine: Value | undefined,
  now: Value | undefined,
): Change[] | null {
  const [old, own, its] = [linesById(before), linesById(mine), linesById(now)];
  if (!old || !own || !its) return null;
  const ids = new Set([...old.keys(), ...its.keys()]);
  return [...ids].flatMap((id): Change[] => {
    const [was, is, becomes] = [old.get(id), own.get(id), its.get(id)];
    if (isSame(was, becomes) || isSame(is, becomes)) return [];
    const line = (becomes ?? was ?? {}) as { from?: Value; to?: Value };
    const what = `${line.from} → ${line.to}`;
    return [{ what, section: id, isConflict: !isSame(is, was), edit: (text) => lineEdit(text, id, becomes) }];
  });
}

function lineEdit(text: string, id: string, line: Mapping | undefined) {
  const ids = [...(linesById(plainOf(text)?.connections) ?? new Map()).keys()];
  const index = ids.indexOf(id);
  if (!line) return disconnect(text, index < 0 ? [] : [index]);
  if (index >= 0) return setAt(text, ["connections", String(index)], line);
  const lines = nodeAt(treeOf(text).root, ["connections"]);
  if (lines?.sort !== "list" || !lines.items.length) return setAt(text, ["connections"], [line]);
  return setAt(text, ["connections", String(lines.items.length)], line);
}

function linesById(lines: Value | undefined): Map<string, Mapping> | null {
  if (lines === undefined || lines === null) return new Map();
  if (!Array.isArray(lines)) return null;
  const found = new Map<string, Mapping>();
  for (const line of lines) {
    if (!isMapping(line)) return null;
    const words = ["from", "to", "as", "host", "path"].map((key) => line[key] ?? "");
    let id = JSON.stringify(words);
    while (found.has(id)) id += "+";
    found.set(id, line);
  }
  return found;
}

function conflictsOf(yours: string, theirs: string, changes: readonly Change[]): Conflict[] {
  const found = new Map<string, Conflict>();
  for (const { what, section, isConflict } of changes) {
    if (!isConflict || found.has(what)) continue;
    found.set(what, { what, yours: sectionText(yours, section), theirs: sectionText(theirs, section) });
  }
  return [...found.values()];
}

function sectionText(text: string, section: string): string | null {
  const { root } = treeOf(text);
  if (section.startsWith("[")) {
    const ids = [...(linesById(plainOf(text)?.connections) ?? new Map()).keys()];
    const lines = nodeAt(root, ["connections"]);
    const item = lines?.sort === "list" ? lines.items[ids.indexOf(section)] : undefined;
    return item ? linesOf(text, lines, item).join("\n") : null;
  }
  const words = section.split("/");
  const around = words.length > 1 ? nodeAt(root, words.slice(0, -1)) : (root ?? undefined);
  const entry = entryOf(around, words.at(-1) ?? "");
  return entry ? linesOf(text, around, entry).join("\n") : null;
}

function labelOf([section = "", name]: readonly string[]): string {
  if (name === undefined) return section;
  if (section === "components") return name;
  return section === "notes" ? `note ${name}` : `${section}/${name}`;
}

/** What a text says, as values; texts of an environment as they are written. Null where it is no YAML mapping. */
function isMapping(value: Value | undefined): value is Mapping {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** Whether two values say the same, in whatever order. */
function isSame(one: Value | undefined, other: Value | undefined): boolean {
  if (one === other) return true;
  if (Array.isArray(one)) {
    return (
      Array.isArray(other) && one.length === other.length && one.every((each, at) => isSame(each, other[at]))
    );
  }
  if (!isMapping(one) || !isMapping(other)) return false;
  const keys = Object.keys(one);
  return (
    keys.length === Object.keys(other).length &&
    keys.every((key) => key in other && isSame(one[key], other[key]))
  );
}
