/** Inputs of the inspector: dense, and written into the text as they are typed. */
import type { InputHTMLAttributes, SelectHTMLAttributes, TextareaHTMLAttributes } from "react";
import { useEffect, useState } from "react";
import { classes } from "@/look";
import { useRowIds } from "./Row";

export const FIELD =
  "w-full min-w-0 rounded-md border border-line-strong bg-raised px-2 text-sm text-ink transition-colors hover:border-faint " +
  "focus-visible:outline-offset-0 disabled:bg-sunken disabled:opacity-60 aria-invalid:border-bad";

interface TextInputProps extends Omit<InputHTMLAttributes<HTMLInputElement>, "onChange" | "value"> {
  value: string;
  onChange: (text: string) => void;
  mono?: boolean;
}

/** What is typed holds at once; what the text says instead, comes back when the field is left. */
export function TextInput({ value, onChange, mono, className, ...rest }: TextInputProps) {
  const [text, setText] = useState(value);
  const [isTyping, type] = useState(false);
  useEffect(() => {
    if (!isTyping) setText(value);
  }, [value, isTyping]);
  return (
    <input
      {...useRowIds()}
      spellCheck={false}
      autoComplete="off"
      {...rest}
      value={isTyping ? text : value}
      onFocus={() => {
        setText(value);
        type(true);
      }}
      onBlur={() => type(false)}
      onChange={(event) => {
        setText(event.target.value);
        onChange(event.target.value);
      }}
      className={classes(FIELD, "h-7.5", mono && "font-mono text-xs", className)}
    />
  );
}

interface TextAreaProps extends Omit<TextareaHTMLAttributes<HTMLTextAreaElement>, "onChange" | "value"> {
  value: string;
  onChange: (text: string) => void;
}

export function TextArea({ value, onChange, className, ...rest }: TextAreaProps) {
  return (
    <textarea
      {...useRowIds()}
      rows={2}
      {...rest}
      value={value}
      onChange={(event) => onChange(event.target.value)}
      className={classes(FIELD, "min-h-14 resize-y py-1.5", className)}
    />
  );
}

interface ChoiceProps extends Omit<SelectHTMLAttributes<HTMLSelectElement>, "onChange"> {
  value: string;
  options: readonly { value: string; label: string }[];
  onChange: (value: string) => void;
}

export function Choice({ value, options, onChange, className, ...rest }: ChoiceProps) {
  const isKnown = options.some((each) => each.value === value);
  return (
    <select
      {...useRowIds()}
      {...rest}
      value={value}
      onChange={(event) => onChange(event.target.value)}
      className={classes(FIELD, "h-7.5 pr-6", className)}
    >
      {!isKnown && <option value={value}>{value}</option>}
      {options.map((each) => (
        <option key={each.value} value={each.value}>
          {each.label}
        </option>
      ))}
    </select>
  );
}

interface SwitchProps {
  isOn: boolean;
  onChange: (isOn: boolean) => void;
  disabled?: boolean;
  label?: string;
}

export function Switch({ isOn, onChange, disabled, label }: SwitchProps) {
  return (
    <button
      {...useRowIds()}
      type="button"
      role="switch"
      aria-checked={isOn}
      aria-label={label}
      disabled={disabled}
      onClick={() => onChange(!isOn)}
      className={classes(
        "inline-flex h-5 w-9 shrink-0 items-center rounded-full border p-0.5 transition-colors disabled:opacity-60",
        isOn ? "border-transparent bg-ink" : "border-line-strong bg-sunken",
      )}
    >
      <span
        className={classes(
          "size-3.5 rounded-full transition-transform",
          isOn ? "translate-x-4 bg-ground" : "bg-muted",
        )}
      />
    </button>
  );
}
