import { LoaderCircle, type LucideIcon } from "lucide-react";
import type { ButtonHTMLAttributes, Ref } from "react";
import { classes } from "./classes";

export type ButtonKind = "primary" | "secondary" | "quiet" | "danger";

const KINDS: Record<ButtonKind, string> = {
  primary: "bg-ink text-inverse hover:opacity-90 active:opacity-80 border border-transparent",
  secondary: "bg-raised text-ink border border-line-strong hover:bg-hover active:bg-pressed shadow-raised",
  quiet: "text-muted border border-transparent hover:bg-hover hover:text-ink active:bg-pressed",
  danger: "bg-raised text-bad border border-line-strong hover:bg-bad-soft hover:border-bad shadow-raised",
};
const SIZES = {
  small: "h-7 px-2 gap-1.5 text-xs",
  medium: "h-8 px-3 gap-2 text-sm",
  large: "h-10 px-4 gap-2 text-base",
};

export interface ButtonProps extends ButtonHTMLAttributes<HTMLButtonElement> {
  kind?: ButtonKind;
  size?: keyof typeof SIZES;
  icon?: LucideIcon;
  /** Something is under way: it turns, and cannot be pressed again. */
  busy?: boolean;
  ref?: Ref<HTMLButtonElement>;
}

/** The look of a button, for links that look like one. */
export function buttonLook(kind: ButtonKind = "secondary", size: keyof typeof SIZES = "medium"): string {
  return classes(
    "inline-flex shrink-0 select-none items-center justify-center whitespace-nowrap rounded-md font-medium transition-colors",
    "disabled:opacity-50 disabled:pointer-events-none",
    KINDS[kind],
    SIZES[size],
  );
}

export function Button({
  kind,
  size,
  icon: Icon,
  busy,
  className,
  children,
  disabled,
  ...rest
}: ButtonProps) {
  const Shown = busy ? LoaderCircle : Icon;
  return (
    <button
      type="button"
      className={classes(buttonLook(kind, size), className)}
      disabled={disabled || busy}
      aria-busy={busy || undefined}
      {...rest}
    >
      {Shown && <Shown aria-hidden className={classes("size-4 shrink-0", busy && "animate-spin")} />}
      {children}
    </button>
  );
}
