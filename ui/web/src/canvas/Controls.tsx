import { Panel, useReactFlow, useStore } from "@xyflow/react";
import { Focus, Minus, Plus, StickyNote, Workflow } from "lucide-react";
import { perform } from "@/app/actions";
import { IconButton } from "@/look";
import { useAction } from "./Bar";
import { useBoard } from "./context";

/** How near one looks, and what orders the drawing. */
export function Controls() {
  const { mayDraw } = useBoard();
  const flow = useReactFlow();
  const zoom = useStore((state) => Math.round(state.transform[2] * 100));
  return (
    <Panel
      position="bottom-left"
      className="flex items-center gap-0.5 rounded-lg border bg-raised p-0.5 shadow-raised"
    >
      <IconButton
        icon={Minus}
        label="Zoom out"
        shortcut="-"
        className="size-7"
        onClick={() => flow.zoomOut({ duration: 120 })}
      />
      <button
        type="button"
        aria-label={`${zoom} percent: look at it in full size`}
        onClick={() => flow.zoomTo(1, { duration: 120 })}
        className="h-7 w-11 rounded-md text-center text-2xs text-muted hover:bg-hover hover:text-ink"
      >
        {zoom} %
      </button>
      <IconButton
        icon={Plus}
        label="Zoom in"
        shortcut="+"
        className="size-7"
        onClick={() => flow.zoomIn({ duration: 120 })}
      />
      <Act id="drawing.fit" icon={Focus} />
      {mayDraw && (
        <>
          <span aria-hidden className="mx-0.5 h-4 w-px bg-line" />
          <Act id="drawing.layout" icon={Workflow} />
          <Act id="note.add" icon={StickyNote} />
        </>
      )}
    </Panel>
  );
}

function Act({ id, icon }: { id: string; icon: typeof Plus }) {
  const action = useAction(id);
  return (
    <IconButton
      icon={icon}
      label={action?.label ?? ""}
      shortcut={action?.shortcut}
      disabled={!action || Boolean(action.unavailable)}
      className="size-7"
      onClick={() => action && perform(action)}
    />
  );
}
