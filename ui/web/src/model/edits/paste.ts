/** Puts a fragment into a drawing: its components under names that are free, the connections among them, their places. */
import { applied, inTurn, type TextChange } from "../changes";
import type { Drawing, Point } from "../drawing";
import { freeName } from "../naming";
import type { Written } from "../parts";
import { readDrawing } from "../reading";
import { addLinesAt } from "../setting";
import { entryOf, meaningOf, type Node, treeOf } from "../tree";
import { connect } from "./connect";
import { linesOf } from "./copy";
import { moveBoxes } from "./move";
import { renameComponent } from "./rename";

/** What a paste does: its changes, and the names its components are given, by those they have in the fragment. */
export interface Pasted {
  changes: TextChange[];
  names: ReadonlyMap<string, string>;
}

const ASIDE = 40;

/** `at` is where the upper left corner of the pasted boxes goes; without it they stand a little aside of the originals. */
export function pasted(text: string, fragment: string, at?: Point): Pasted {
  const target = readDrawing(text).drawing;
  const brought = readDrawing(fragment).drawing;
  if (!target || !brought?.components.size) return { changes: [], names: new Map() };
  const names = freeNames(target, brought);
  const renamed = withNames(fragment, names);
  const drawing = readDrawing(renamed).drawing ?? brought;
  const edits = [
    (now: string) => addLinesAt(now, "components", componentsOf(renamed)),
    ...drawing.connections.map((line) => (now: string) => connect(now, line)),
    (now: string) => moveBoxes(now, placesOf(drawing, target, at)),
  ];
  return { changes: inTurn(text, edits), names };
}

function freeNames(target: Drawing, brought: Drawing): ReadonlyMap<string, string> {
  const taken = new Set(target.components.keys());
  const names = new Map<string, string>();
  for (const name of brought.components.keys()) {
    const free = freeName(taken, name);
    taken.add(free);
    names.set(name, free);
  }
  return names;
}

/** The fragment under its new names. They are given twice, since a new name may be the old one of another. */
function withNames(fragment: string, names: ReadonlyMap<string, string>): string {
  const changed = [...names].filter(([name, to]) => name !== to);
  const rename = (text: string, name: string, to: string) => applied(text, renameComponent(text, name, to));
  const between = changed.reduce(
    (text, [name], index) => rename(text, name, `between-${index}-names`),
    fragment,
  );
  return changed.reduce((text, [, to], index) => rename(text, `between-${index}-names`, to), between);
}

function componentsOf(fragment: string): Written[] {
  const components: Node | undefined = entryOf(treeOf(fragment).root, "components")?.value;
  if (components?.sort !== "mapping") return [];
  return components.entries.map((entry) => ({
    key: entry.key.text,
    value: meaningOf(entry.value),
    layout: "block",
    lines: linesOf(fragment, components, entry),
  }));
}

function placesOf(drawing: Drawing, target: Drawing, at?: Point): Map<string, Point> {
  const places = [...drawing.layout].filter(([name]) => drawing.components.has(name));
  const left = Math.min(...places.map(([, [x]]) => x));
  const top = Math.min(...places.map(([, [, y]]) => y));
  const aside = at ? 0 : asideOf(places, target);
  return new Map(
    places.map(([name, [x, y]]): [string, Point] => {
      return [name, at ? [at[0] + x - left, at[1] + y - top] : [x + aside, y + aside]];
    }),
  );
}

/** How far the boxes are moved so that none covers another exactly. */
function asideOf(places: readonly [string, Point][], target: Drawing): number {
  const taken = new Set([...target.layout.values()].map(String));
  let aside = 0;
  while (places.some(([, [x, y]]) => taken.has(String([x + aside, y + aside])))) aside += ASIDE;
  return aside;
}
