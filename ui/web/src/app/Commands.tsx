import { Command } from "cmdk";
import { Search } from "lucide-react";
import { grouped } from "@/grouping";
import { classes, Keys } from "@/look";
import { type Action, offered, perform, registry } from "./actions";

/** The content of the palette: what can be done here, by groups. */
export function Commands({ close }: { close: () => void }) {
  // what was offered last is about what is on the screen now
  const actions = offered(registry((state) => state.sets))
    .filter((each) => !each.isHidden)
    .reverse();
  const groups = grouped(actions, (each) => each.group);
  return (
    <Command label="Commands" loop>
      <div className="flex items-center gap-2.5 border-b px-4">
        <Search aria-hidden className="size-4 text-muted" />
        <Command.Input
          placeholder="Go to, or do …"
          className="h-12 flex-1 bg-transparent text-base outline-none"
        />
      </div>
      <Command.List className="scroll-thin max-h-[50vh] overflow-y-auto p-1.5">
        <Command.Empty className="px-3 py-8 text-center text-muted">
          Nothing of that name can be done here.
        </Command.Empty>
        {[...groups].map(([group, members]) => (
          <Command.Group
            key={group}
            heading={group}
            className="[&_[cmdk-group-heading]]:px-2.5 [&_[cmdk-group-heading]]:pt-2 [&_[cmdk-group-heading]]:pb-1 [&_[cmdk-group-heading]]:font-medium [&_[cmdk-group-heading]]:text-2xs [&_[cmdk-group-heading]]:text-faint"
          >
            {members.map((action) => (
              <Item key={action.id} action={action} close={close} />
            ))}
          </Command.Group>
        ))}
      </Command.List>
    </Command>
  );
}

function Item({ action, close }: { action: Action; close: () => void }) {
  const Icon = action.icon;
  return (
    <Command.Item
      value={action.id}
      keywords={[action.label, ...(action.keywords ?? [])]}
      disabled={Boolean(action.unavailable)}
      onSelect={() => {
        close();
        perform(action);
      }}
      className="flex h-9 items-center gap-3 rounded-md px-2.5 data-[disabled=true]:text-faint data-[selected=true]:bg-hover"
    >
      {Icon ? <Icon aria-hidden className="size-4 shrink-0 text-muted" /> : <span className="size-4" />}
      <span className={classes("min-w-0 flex-1 truncate", action.danger && "text-bad")}>{action.label}</span>
      {action.unavailable && <span className="truncate text-faint text-xs">{action.unavailable}</span>}
      {action.shortcut && <Keys of={action.shortcut} />}
    </Command.Item>
  );
}
