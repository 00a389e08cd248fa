import type { LucideIcon } from "lucide-react";
import { DropdownMenu as Radix } from "radix-ui";
import type { ReactElement, ReactNode } from "react";
import { classes } from "./classes";
import { Keys } from "./Keys";

interface MenuProps {
  trigger: ReactElement;
  align?: "start" | "center" | "end";
  children: ReactNode;
}

export function Menu({ trigger, align = "end", children }: MenuProps) {
  return (
    <Radix.Root modal={false}>
      <Radix.Trigger asChild>{trigger}</Radix.Trigger>
      <Radix.Portal container={document.getElementById("content")}>
        <Radix.Content
          align={align}
          sideOffset={6}
          collisionPadding={8}
          className="scroll-thin z-50 max-h-[var(--radix-dropdown-menu-content-available-height)] min-w-48 max-w-80 animate-appear overflow-y-auto rounded-lg border bg-overlay p-1 shadow-overlay"
        >
          {children}
        </Radix.Content>
      </Radix.Portal>
    </Radix.Root>
  );
}

interface MenuItemProps {
  icon?: LucideIcon;
  shortcut?: string;
  danger?: boolean;
  disabled?: boolean;
  onSelect: () => void;
  children: ReactNode;
}

const ITEM =
  "flex h-8 w-full select-none items-center gap-2.5 rounded-md px-2 text-sm outline-none " +
  "data-[highlighted]:bg-hover data-[disabled]:opacity-50 data-[disabled]:pointer-events-none";

export function MenuItem({ icon: Icon, shortcut, danger, disabled, onSelect, children }: MenuItemProps) {
  return (
    <Radix.Item onSelect={onSelect} disabled={disabled} className={classes(ITEM, danger && "text-bad")}>
      {Icon && <Icon aria-hidden className={classes("size-4 shrink-0", !danger && "text-muted")} />}
      <span className="min-w-0 flex-1 truncate">{children}</span>
      {shortcut && <Keys of={shortcut} />}
    </Radix.Item>
  );
}

interface MenuChoiceProps<T extends string> {
  label: string;
  value: T;
  options: readonly { value: T; label: string; icon?: LucideIcon }[];
  onChoose: (value: T) => void;
}

/** One of several, of which one holds. */
export function MenuChoice<T extends string>({ label, value, options, onChoose }: MenuChoiceProps<T>) {
  return (
    <Radix.RadioGroup value={value} onValueChange={(next) => onChoose(next as T)} aria-label={label}>
      <Radix.Label className="px-2 pt-2 pb-1 font-medium text-2xs text-faint">{label}</Radix.Label>
      {options.map(({ value: each, label: name, icon: Icon }) => (
        <Radix.RadioItem key={each} value={each} className={ITEM}>
          {Icon && <Icon aria-hidden className="size-4 shrink-0 text-muted" />}
          <span className="flex-1">{name}</span>
          <Radix.ItemIndicator>✓</Radix.ItemIndicator>
        </Radix.RadioItem>
      ))}
    </Radix.RadioGroup>
  );
}

export function MenuLabel({ children }: { children: ReactNode }) {
  return <Radix.Label className="px-2 py-1.5 text-muted text-xs">{children}</Radix.Label>;
}

export function MenuLine() {
  return <Radix.Separator className="my-1 h-px bg-line" />;
}
