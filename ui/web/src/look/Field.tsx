import { Eye, EyeOff, TriangleAlert } from "lucide-react";
import {
  createContext,
  type InputHTMLAttributes,
  type ReactNode,
  type Ref,
  type SelectHTMLAttributes,
  type TextareaHTMLAttributes,
  useContext,
  useId,
  useState,
} from "react";
import { classes } from "./classes";

interface FieldIds {
  id: string;
  describedBy: string | undefined;
  isWrong: boolean;
}
const Ids = createContext<FieldIds | null>(null);

interface FieldProps {
  label: ReactNode;
  /** What to know before it is filled in. */
  hint?: ReactNode;
  /** What is wrong with it, and what helps. */
  error?: ReactNode;
  optional?: boolean;
  className?: string;
  children: ReactNode;
}

/** A label, one input, a hint and what is wrong, tied together for those who hear them. */
export function Field({ label, hint, error, optional, className, children }: FieldProps) {
  const id = useId();
  const described = [error ? `${id}-error` : "", hint ? `${id}-hint` : ""].filter(Boolean).join(" ");
  return (
    <Ids.Provider value={{ id, describedBy: described || undefined, isWrong: Boolean(error) }}>
      <div className={classes("flex flex-col gap-1.5", className)}>
        <label htmlFor={id} className="flex items-baseline justify-between gap-2 font-medium text-sm">
          {label}
          {optional && <span className="font-normal text-faint text-xs">optional</span>}
        </label>
        {children}
        {error && (
          <p id={`${id}-error`} className="flex gap-1.5 text-bad text-xs" role="alert">
            <TriangleAlert aria-hidden className="mt-px size-3.5 shrink-0" />
            <span className="min-w-0 break-words">{error}</span>
          </p>
        )}
        {hint && (
          <p id={`${id}-hint`} className="text-muted text-xs">
            {hint}
          </p>
        )}
      </div>
    </Ids.Provider>
  );
}

const BOX =
  "w-full rounded-md border border-line-strong bg-raised px-2.5 text-ink text-sm shadow-raised transition-colors " +
  "hover:border-faint focus-visible:outline-offset-0 disabled:opacity-60 disabled:bg-sunken";

function useFieldIds() {
  const ids = useContext(Ids);
  return {
    id: ids?.id,
    "aria-describedby": ids?.describedBy,
    "aria-invalid": ids?.isWrong || undefined,
  };
}

interface InputProps extends InputHTMLAttributes<HTMLInputElement> {
  mono?: boolean;
  ref?: Ref<HTMLInputElement>;
}

export function Input({ mono, className, ...rest }: InputProps) {
  const ids = useFieldIds();
  return (
    <input
      {...ids}
      spellCheck={false}
      className={classes(
        BOX,
        "h-8",
        ids["aria-invalid"] && "border-bad",
        mono && "font-mono text-xs",
        className,
      )}
      {...rest}
    />
  );
}

/** An input whose content is hidden until it is asked for. */
export function PasswordInput({ className, ...rest }: InputProps) {
  const [isShown, show] = useState(false);
  const Icon = isShown ? EyeOff : Eye;
  return (
    <span className="relative block">
      <Input type={isShown ? "text" : "password"} className={classes("pr-9", className)} {...rest} />
      <button
        type="button"
        aria-label={isShown ? "Hide what is typed" : "Show what is typed"}
        aria-pressed={isShown}
        onClick={() => show(!isShown)}
        className="absolute top-1 right-1 inline-flex size-6 items-center justify-center rounded-sm text-muted hover:text-ink"
      >
        <Icon aria-hidden className="size-4" />
      </button>
    </span>
  );
}

interface TextareaProps extends TextareaHTMLAttributes<HTMLTextAreaElement> {
  mono?: boolean;
  ref?: Ref<HTMLTextAreaElement>;
}

export function Textarea({ mono, className, ...rest }: TextareaProps) {
  return (
    <textarea
      {...useFieldIds()}
      spellCheck={false}
      className={classes(BOX, "min-h-20 py-1.5", mono && "font-mono text-xs", className)}
      {...rest}
    />
  );
}

export function Select({ className, children, ...rest }: SelectHTMLAttributes<HTMLSelectElement>) {
  return (
    <select {...useFieldIds()} className={classes(BOX, "h-8 pr-7", className)} {...rest}>
      {children}
    </select>
  );
}

interface CheckboxProps extends Omit<InputHTMLAttributes<HTMLInputElement>, "type"> {
  label: ReactNode;
  hint?: ReactNode;
}

export function Checkbox({ label, hint, className, ...rest }: CheckboxProps) {
  const id = useId();
  return (
    <div className={classes("flex gap-2", className)}>
      <input
        id={id}
        type="checkbox"
        aria-describedby={hint ? `${id}-hint` : undefined}
        className="mt-0.5 size-3.5 shrink-0 accent-ink"
        {...rest}
      />
      <div className="min-w-0">
        <label htmlFor={id} className="text-sm">
          {label}
        </label>
        {hint && (
          <p id={`${id}-hint`} className="text-muted text-xs">
            {hint}
          </p>
        )}
      </div>
    </div>
  );
}
