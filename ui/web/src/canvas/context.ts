/** What everything on the canvas reads: the document, the catalogue, what is shown, and what one may do. */
import { createContext, useContext } from "react";
import { createStore, type StoreApi, useStore } from "zustand";
import type { Kind, Plan, Schemas } from "@/api";
import type { Component, Connection, Drawing, Point } from "@/model";
import type { DocumentState, SchemaDocument } from "./document/document";
import { type Judgement, NO_REMARKS, type Remarks, remarksById } from "./document/judgement";
import { lineIds } from "./flow/edges";

export type Effect = Schemas["EffectOut"];
export type Drawer = "logs" | "terminal" | "command";

export interface Staged {
  plan: Plan | null;
  /** Why there is no plan. */
  fault: string;
  isLooking: boolean;
  /** What the last release that went well drew; null where nothing was deployed. */
  released: { number: number; text: string; drawing: Drawing } | null;
}

/** What is shown, beside the drawing itself. */
export interface View {
  showsPalette: boolean;
  showsInspector: boolean;
  showsText: boolean;
  showsDeploy: boolean;
  /** The deploy whose end the person has looked at. */
  seenDeploy: number | null;
  drawer: { sort: Drawer; component: string } | null;
  /** The component that a line is drawn from by keyboard. */
  connecting: string | null;
  renaming: string | null;
  /** Where a line was dropped in the void. `on` is the place on the screen. */
  quickAdd: { from: string | null; at: Point; on: Point } | null;
  isSearching: boolean;
  staged: Staged;
  /** What went wrong in the last deploy, until the next. */
  failures: readonly Schemas["FailureOut"][];
}

export const FIRST_VIEW: View = {
  showsPalette: true,
  showsInspector: true,
  showsText: false,
  showsDeploy: false,
  seenDeploy: null,
  drawer: null,
  connecting: null,
  renaming: null,
  quickAdd: null,
  isSearching: false,
  staged: { plan: null, fault: "", isLooking: false, released: null },
  failures: [],
};

export interface Board {
  project: string;
  document: SchemaDocument;
  view: StoreApi<View>;
  /** By name. */
  kinds: ReadonlyMap<string, Kind>;
  mayDraw: boolean;
  mayDeploy: boolean;
  mayOperate: boolean;
  maySetSecrets: boolean;
}

export function createView(more: Partial<View> = {}): StoreApi<View> {
  return createStore<View>(() => ({ ...FIRST_VIEW, ...more }));
}

/** From so many pixels on, the text has room beside the palette, and beside the inspector. */
const BESIDE_PALETTE = 1700;
const BESIDE_INSPECTOR = 1200;

/** Show the text, or hide it; where room is scarce, what stands beside the drawing gives way to it. */
export function toggleText(view: StoreApi<View>): void {
  view.setState(({ showsText, showsPalette, showsInspector }) =>
    showsText
      ? { showsText: false, showsInspector: showsInspector || innerWidth < BESIDE_INSPECTOR }
      : {
          showsText: true,
          showsPalette: showsPalette && innerWidth >= BESIDE_PALETTE,
          showsInspector: showsInspector && innerWidth >= BESIDE_INSPECTOR,
        },
  );
}

export const BoardContext = createContext<Board | null>(null);

export function useBoard(): Board {
  const board = useContext(BoardContext);
  if (!board) throw new Error("this is drawn outside of a canvas");
  return board;
}

export function useDocument<T>(selector: (state: DocumentState) => T): T {
  return useStore(useBoard().document.store, selector);
}

export function useView<T>(selector: (view: View) => T): T {
  return useStore(useBoard().view, selector);
}

export function useDrawing(): Drawing {
  return useDocument((state) => state.drawing);
}

export function useComponent(name: string): Component | undefined {
  return useDocument((state) => state.drawing.components.get(name));
}

export function useKind(name: string): Kind | undefined {
  return useBoard().kinds.get(name);
}

/** What the server says of a box or a line. */
export function useRemarks(id: string): Remarks {
  return useDocument((state) => remembered(state.judgement, state.drawing).get(id) ?? NO_REMARKS);
}

export function useEffectOn(name: string): Effect | undefined {
  return useView((view) => view.staged.plan?.effects.find((each) => each.component === name));
}

let last: {
  judgement: Judgement | null;
  drawing: Drawing;
  found: ReadonlyMap<string, Remarks>;
} | null = null;

/** Sorted once for everybody who asks about the same judgement of the same drawing. */
function remembered(judgement: Judgement | null, drawing: Drawing): ReadonlyMap<string, Remarks> {
  if (last?.judgement !== judgement || last.drawing !== drawing)
    last = { judgement, drawing, found: remarksById(judgement, drawing) };
  return last.found;
}

/** The connection of an edge's id, as it is drawn now. */
export function connectionOf(drawing: Drawing, id: string): Connection | undefined {
  return drawing.connections[lineIds(drawing.connections).indexOf(id)];
}
