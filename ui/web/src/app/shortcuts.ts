/** Keys to actions: single presses, presses with modifiers, and two presses one after the other. */
import { useEffect } from "react";
import { type Action, offered, perform, registry } from "./actions";

const TOGETHER_WITHIN = 1_000;
const TYPING = "input, textarea, select, [contenteditable=''], [contenteditable='true'], .cm-editor, .xterm";

export type Press = Pick<KeyboardEvent, "key" | "ctrlKey" | "metaKey" | "altKey" | "shiftKey">;

/** A press as shortcuts write it, such as `mod+shift+z`; a character that needs Shift is written as itself: `?`. */
export function written(press: Press): string {
  const key = press.key.toLowerCase();
  const isCharacter = press.key.length === 1 && !/[a-z0-9]/i.test(press.key);
  return [
    (press.ctrlKey || press.metaKey) && "mod",
    press.altKey && "alt",
    press.shiftKey && !isCharacter && "shift",
    key,
  ]
    .filter(Boolean)
    .join("+");
}

/** The action that `typed` (the presses so far) is the shortcut of, and whether it could still become one. */
export function matching(actions: readonly Action[], typed: string): { action?: Action; isBegun: boolean } {
  return {
    action: actions.findLast((each) => each.shortcut === typed),
    isBegun: actions.some((each) => each.shortcut?.startsWith(`${typed} `)),
  };
}

/** Hears the keys of the whole page. While somebody types, only actions that say so have theirs. */
export function useShortcuts(): void {
  useEffect(() => {
    let typed = "";
    let timer: ReturnType<typeof setTimeout> | undefined;
    function hear(event: KeyboardEvent) {
      if (
        event.defaultPrevented ||
        event.isComposing ||
        ["Control", "Meta", "Alt", "Shift"].includes(event.key)
      )
        return;
      const press = written(event);
      const target = event.target as HTMLElement | null;
      const isTyping = target?.closest?.(TYPING);
      // a dialog or a menu has the keys for itself
      if (document.querySelector("[role='dialog'], [role='alertdialog'], [role='menu']") && press !== "mod+k")
        return;
      clearTimeout(timer);
      const actions = offered(registry.getState().sets).filter(
        (each) => !each.isNative && (!isTyping || each.whileTyping),
      );
      const found = matching(actions, typed ? `${typed} ${press}` : press);
      const single = found.action ? found : matching(actions, press);
      typed = found.isBegun ? (typed ? `${typed} ${press}` : press) : "";
      timer = setTimeout(() => {
        typed = "";
      }, TOGETHER_WITHIN);
      const action = found.action ?? (found.isBegun ? undefined : single.action);
      if (!action) return;
      event.preventDefault();
      typed = "";
      perform(action);
    }
    addEventListener("keydown", hear);
    return () => {
      clearTimeout(timer);
      removeEventListener("keydown", hear);
    };
  }, []);
}
