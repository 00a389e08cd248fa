import { Tabs as Radix } from "radix-ui";
import type { ReactNode } from "react";
import { classes } from "./classes";

interface TabsProps<T extends string> {
  label: string;
  value: T;
  onChange: (value: T) => void;
  tabs: readonly { value: T; label: ReactNode; content: ReactNode }[];
  className?: string;
}

export function Tabs<T extends string>({ label, value, onChange, tabs, className }: TabsProps<T>) {
  return (
    <Radix.Root
      value={value}
      onValueChange={(next) => onChange(next as T)}
      className={classes("flex min-h-0 flex-col", className)}
    >
      <Radix.List aria-label={label} className="flex shrink-0 gap-4 border-b">
        {tabs.map((each) => (
          <Radix.Trigger
            key={each.value}
            value={each.value}
            className="-mb-px h-9 border-transparent border-b-2 font-medium text-muted text-sm hover:text-ink data-[state=active]:border-ink data-[state=active]:text-ink"
          >
            {each.label}
          </Radix.Trigger>
        ))}
      </Radix.List>
      {tabs.map((each) => (
        <Radix.Content
          key={each.value}
          value={each.value}
          className="min-h-0 flex-1 focus-visible:outline-none"
        >
          {each.content}
        </Radix.Content>
      ))}
    </Radix.Root>
  );
}
