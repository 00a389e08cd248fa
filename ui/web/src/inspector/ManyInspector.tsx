import { Copy, Trash2 } from "lucide-react";
import { useState } from "react";
import { perform } from "@/app/actions";
import { useAction } from "@/canvas/Bar";
import { useBoard } from "@/canvas/context";
import { Button } from "@/look";
import { setGroup, setZone } from "@/model";
import { TextInput } from "./fields/inputs";
import { Row } from "./fields/Row";
import { useEdits } from "./useEdits";

/** Several boxes at once: what can be said of all of them. */
export function ManyInspector({ names, count }: { names: readonly string[]; count: number }) {
  const { mayDraw } = useBoard();
  const { edit } = useEdits();
  const duplicate = useAction("selection.duplicate");
  const remove = useAction("selection.remove");
  const [zone, setZoneText] = useState("");
  const [group, setGroupText] = useState("");
  return (
    <div className="scroll-thin min-h-0 flex-1 overflow-y-auto">
      <header className="border-b px-3 py-2.5">
        <h2 className="font-semibold text-base">{count} selected</h2>
        <p className="truncate text-muted text-xs">{names.join(", ")}</p>
      </header>
      {mayDraw && names.length > 0 && (
        <div className="flex flex-col gap-3 p-3">
          <Row label="Group" path="-" hint="A frame around them, under this name. Empty takes it away.">
            <form
              className="flex gap-1.5"
              onSubmit={(event) => {
                event.preventDefault();
                edit("Group", (text) => setGroup(text, names, group || null));
              }}
            >
              <TextInput value={group} placeholder="orders" onChange={setGroupText} />
              <Button type="submit" size="small">
                Group
              </Button>
            </form>
          </Row>
          <Row label="Zone" path="-" hint="The datacentre they may stand in. Empty means anywhere.">
            <form
              className="flex gap-1.5"
              onSubmit={(event) => {
                event.preventDefault();
                edit("Place", (text) => setZone(text, names, zone || null));
              }}
            >
              <TextInput value={zone} placeholder="anywhere" onChange={setZoneText} />
              <Button type="submit" size="small">
                Place
              </Button>
            </form>
          </Row>
          <div className="flex gap-1.5">
            <Button size="small" icon={Copy} onClick={() => duplicate && perform(duplicate)}>
              Duplicate
            </Button>
            <Button size="small" icon={Trash2} onClick={() => remove && perform(remove)}>
              Remove
            </Button>
          </div>
        </div>
      )}
    </div>
  );
}
