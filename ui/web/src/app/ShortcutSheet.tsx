import { create } from "zustand";
import { grouped } from "@/grouping";
import { Dialog, Keys } from "@/look";
import { offered, registry } from "./actions";

export const useShortcutSheet = create(() => ({ isOpen: false }));

/** Every key that does something here. */
export function ShortcutSheet() {
  const isOpen = useShortcutSheet((state) => state.isOpen);
  const sets = registry((state) => state.sets);
  const groups = grouped(
    offered(sets).filter((each) => each.shortcut),
    (each) => each.group,
  );
  return (
    <Dialog
      open={isOpen}
      onClose={() => useShortcutSheet.setState({ isOpen: false })}
      title="Keyboard shortcuts"
      width="large"
    >
      <div className="columns-1 gap-8 pb-2 sm:columns-2">
        {[...groups].map(([group, actions]) => (
          <section key={group} className="mb-5 break-inside-avoid">
            <h3 className="mb-1 font-medium text-faint text-xs">{group}</h3>
            <dl>
              {actions.map((each) => (
                <div
                  key={each.id}
                  className="flex h-8 items-center justify-between gap-4 border-b last:border-0"
                >
                  <dt className="truncate">{each.label}</dt>
                  <dd>
                    <Keys of={each.shortcut ?? ""} />
                  </dd>
                </div>
              ))}
            </dl>
          </section>
        ))}
      </div>
    </Dialog>
  );
}
