import { useId, useRef, useState } from "react";
import { classes } from "@/look";
import { type Begun, begun, completed } from "../references";
import { FIELD } from "./inputs";

interface ReferenceInputProps {
  label: string;
  value: string;
  /** What may stand there, as it is written: `${db.url}`. */
  choices: readonly string[];
  placeholder?: string;
  disabled?: boolean;
  isWrong?: boolean;
  onChange: (text: string) => void;
}

const MOST = 8;

/** A text in which `${` brings up what may be referred to. */
export function ReferenceInput(props: ReferenceInputProps) {
  const { label, value, choices, placeholder, disabled, isWrong, onChange } = props;
  const [typing, type] = useState<Begun | null>(null);
  const [at, setAt] = useState(0);
  const input = useRef<HTMLInputElement>(null);
  const id = useId();
  const found = typing
    ? choices
        .filter((each) => each.slice(2).toLowerCase().includes(typing.typed.toLowerCase()))
        .slice(0, MOST)
    : [];
  const isOpen = found.length > 0;

  function take(choice: string) {
    if (!typing) return;
    onChange(completed(value, typing, choice));
    type(null);
    const caret = typing.from + choice.length;
    requestAnimationFrame(() => input.current?.setSelectionRange(caret, caret));
  }

  return (
    <div className="relative min-w-0 flex-1">
      <input
        ref={input}
        role="combobox"
        aria-label={label}
        aria-expanded={isOpen}
        aria-controls={`${id}-list`}
        aria-activedescendant={isOpen ? `${id}-${at}` : undefined}
        aria-autocomplete="list"
        aria-invalid={isWrong || undefined}
        spellCheck={false}
        autoComplete="off"
        placeholder={placeholder}
        disabled={disabled}
        value={value}
        onChange={(event) => {
          onChange(event.target.value);
          type(begun(event.target.value, event.target.selectionStart ?? 0));
          setAt(0);
        }}
        onBlur={() => type(null)}
        onKeyDown={(event) => {
          if (!isOpen) return;
          const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
          if (step) {
            event.preventDefault();
            setAt((at + step + found.length) % found.length);
          } else if (event.key === "Enter" || event.key === "Tab") {
            event.preventDefault();
            take(found[at] ?? "");
          } else if (event.key === "Escape") {
            event.stopPropagation();
            type(null);
          }
        }}
        className={classes(FIELD, "h-7.5 font-mono text-xs")}
      />
      {isOpen && (
        <div
          id={`${id}-list`}
          role="listbox"
          aria-label="References"
          className="absolute top-full right-0 z-20 mt-1 max-h-60 w-56 overflow-y-auto rounded-md border bg-overlay p-1 shadow-overlay"
        >
          {found.map((each, index) => (
            <div
              key={each}
              id={`${id}-${index}`}
              role="option"
              tabIndex={-1}
              aria-selected={index === at}
              onPointerDown={(event) => {
                event.preventDefault();
                take(each);
              }}
              className="cursor-pointer truncate rounded-sm px-1.5 py-1 font-mono text-xs aria-selected:bg-hover"
            >
              {each}
            </div>
          ))}
        </div>
      )}
    </div>
  );
}
