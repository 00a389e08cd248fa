import { Command } from "cmdk";
import type { Kind } from "@/api";
import { KindIcon } from "@/look";
import { Floating } from "./Floating";
import { byCategory } from "./kinds";

interface QuickAddProps {
  kinds: readonly Kind[];
  /** What a line is drawn from. */
  from: string | null;
  /** On the screen. */
  on: readonly [number, number];
  onAdd: (kind: string) => void;
  onClose: () => void;
}

/** Where a line was dropped in the void: what it could lead to. */
export function QuickAdd({ kinds, from, on, onAdd, onClose }: QuickAddProps) {
  return (
    <Floating on={on} onClose={onClose} label={from ? `What ${from} is connected to` : "Add a component"}>
      <Command label="Kinds of components" loop className="flex min-h-0 flex-col">
        <Command.Input
          autoFocus
          placeholder={from ? `Connect ${from} to a new …` : "Add a …"}
          className="h-10 shrink-0 border-b bg-transparent px-3 outline-none"
        />
        <Command.List className="scroll-thin max-h-72 overflow-y-auto p-1">
          <Command.Empty className="px-3 py-6 text-center text-muted">
            {from ? `${from} speaks to nothing of that name.` : "Nothing of that name."}
          </Command.Empty>
          {byCategory(kinds).map(([title, members]) => (
            <Command.Group
              key={title}
              heading={title}
              className="[&_[cmdk-group-heading]]:px-2 [&_[cmdk-group-heading]]:pt-2 [&_[cmdk-group-heading]]:pb-1 [&_[cmdk-group-heading]]:font-medium [&_[cmdk-group-heading]]:text-2xs [&_[cmdk-group-heading]]:text-faint"
            >
              {members.map((kind) => (
                <Command.Item
                  key={kind.kind}
                  value={kind.kind}
                  keywords={[kind.title, kind.category]}
                  onSelect={() => onAdd(kind.kind)}
                  className="flex h-8 cursor-pointer items-center gap-2.5 rounded-md px-2 data-[selected=true]:bg-hover"
                >
                  <KindIcon kind={kind.icon} className="size-4" />
                  {kind.title}
                </Command.Item>
              ))}
            </Command.Group>
          ))}
        </Command.List>
      </Command>
    </Floating>
  );
}
