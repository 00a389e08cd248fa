import { useEffect, useRef, useState } from "react";
import { toastFault } from "@/look";
import { renameComponent } from "@/model";
import { useBoard } from "./context";
import { boxId } from "./flow/nodes";
import { nameFault } from "./naming";

/** The name of a box while it is renamed: Enter takes it, Escape leaves it. */
export function NameEditor({ name }: { name: string }) {
  const { document, view } = useBoard();
  const [text, setText] = useState(name);
  const input = useRef<HTMLInputElement>(null);
  useEffect(() => {
    input.current?.focus();
    input.current?.select();
  }, []);
  const fault = text === name ? "" : nameFault(text, document.store.getState().drawing.components);

  function end(takes: boolean) {
    if (takes && fault) toastFault(fault);
    if (takes && !fault && text !== name) {
      document.edit(`Rename ${name}`, (before) => renameComponent(before, name, text));
      document.select([boxId(text)]);
    }
    view.setState({ renaming: null });
    requestAnimationFrame(() => focusBox(takes && !fault ? text : name));
  }

  return (
    <input
      ref={input}
      aria-label={`New name of ${name}`}
      aria-invalid={fault !== ""}
      title={fault || undefined}
      value={text}
      maxLength={40}
      spellCheck={false}
      onChange={(event) => setText(event.target.value)}
      onBlur={() => end(true)}
      onKeyDown={(event) => {
        event.stopPropagation();
        if (event.key === "Enter") event.currentTarget.blur();
        if (event.key === "Escape") end(false);
      }}
      className="nodrag nopan -mx-1 w-full rounded-sm border border-info-solid bg-sunken px-1 font-semibold outline-none aria-invalid:border-bad"
    />
  );
}

/** Moves the focus to a box, so that the keyboard goes on there. */
export function focusBox(name: string): void {
  document.querySelector<HTMLElement>(`.react-flow__node[data-id="${CSS.escape(boxId(name))}"]`)?.focus();
}
