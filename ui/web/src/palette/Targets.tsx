import { Command } from "cmdk";
import { KindIcon } from "@/look";
import { Floating } from "./Floating";

export interface Target {
  name: string;
  icon: string;
  title: string;
  /** Why no line may lead there; empty where one may. */
  why: string;
}

interface TargetsProps {
  title: string;
  placeholder: string;
  targets: readonly Target[];
  on: readonly [number, number];
  onChoose: (name: string) => void;
  onClose: () => void;
}

/** Boxes to choose from by keyboard: where a line leads, or what is looked for. */
export function Targets({ title, placeholder, targets, on, onChoose, onClose }: TargetsProps) {
  return (
    <Floating on={on} onClose={onClose} label={title}>
      <Command label={title} loop className="flex min-h-0 flex-col">
        <Command.Input
          autoFocus
          placeholder={placeholder}
          className="h-10 shrink-0 border-b bg-transparent px-3 outline-none"
        />
        <Command.List className="scroll-thin max-h-72 overflow-y-auto p-1">
          <Command.Empty className="px-3 py-6 text-center text-muted">No box of that name.</Command.Empty>
          {targets.map((each) => (
            <Command.Item
              key={each.name}
              value={each.name}
              keywords={[each.title]}
              disabled={each.why !== ""}
              onSelect={() => onChoose(each.name)}
              className="flex min-h-8 cursor-pointer items-center gap-2.5 rounded-md px-2 py-1 data-[disabled=true]:cursor-default data-[selected=true]:bg-hover"
            >
              <KindIcon kind={each.icon} className="size-4" />
              <span className="min-w-0 flex-1">
                <span className={each.why ? "text-muted" : "font-medium"}>{each.name}</span>
                <span className="block truncate text-2xs text-muted">{each.why || each.title}</span>
              </span>
            </Command.Item>
          ))}
        </Command.List>
      </Command>
    </Floating>
  );
}
