/** What a person can do: one act is one object, so that menus, shortcuts and the palette say and do the same. */
import type { LucideIcon } from "lucide-react";
import { useEffect } from "react";
import { create } from "zustand";

export interface Action {
  /** `noun.verb`, such as `component.rename`. */
  id: string;
  label: string;
  icon?: LucideIcon;
  /** `mod+k`, `shift+arrowup`, or one after the other: `g p`. A bare key never deploys and never deletes for good. */
  shortcut?: string;
  /** Under which heading the palette and the sheet of shortcuts show it. */
  group: string;
  /** Further words to find it by. */
  keywords?: readonly string[];
  /** Why it cannot be done now; shown, and then it is not done. */
  unavailable?: string;
  danger?: boolean;
  /** A shortcut alone: the palette does not list it. */
  isHidden?: boolean;
  /** Its keys count while somebody types as well; without it, what is typed into has them for itself. */
  whileTyping?: boolean;
  /** Its keys are the browser's own (copy, cut, paste): they are shown, and heard by whoever handles those events. */
  isNative?: boolean;
  perform: () => unknown;
}

interface Registry {
  /** By who registered them; what came last wins a shortcut. */
  sets: ReadonlyMap<symbol, readonly Action[]>;
  put: (owner: symbol, actions: readonly Action[]) => void;
  remove: (owner: symbol) => void;
}

export const registry = create<Registry>((set, get) => ({
  sets: new Map(),
  put: (owner, actions) => {
    const sets = new Map(get().sets);
    sets.delete(owner);
    set({ sets: sets.set(owner, actions) });
  },
  remove: (owner) => {
    const sets = new Map(get().sets);
    sets.delete(owner);
    set({ sets });
  },
}));

/** Offers `actions` while the component is shown. Memoise them: another array is another registration. */
export function useActions(actions: readonly Action[]): void {
  useEffect(() => {
    const owner = Symbol("actions");
    registry.getState().put(owner, actions);
    return () => registry.getState().remove(owner);
  }, [actions]);
}

/** Everything that can be done now; of the same id, what came last. */
export function offered(sets: ReadonlyMap<symbol, readonly Action[]>): readonly Action[] {
  const byId = new Map<string, Action>();
  for (const actions of sets.values()) for (const each of actions) byId.set(each.id, each);
  return [...byId.values()];
}

/** Do it, if it can be done. */
export function perform(action: Action): void {
  if (!action.unavailable) action.perform();
}
