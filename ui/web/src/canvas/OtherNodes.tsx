/** What is drawn beside components: what a deploy would remove, notes, and frames of zones and groups. */
import type { NodeProps } from "@xyflow/react";
import { Boxes, MapPin } from "lucide-react";
import { memo, useEffect, useRef, useState } from "react";
import { classes, KindIcon } from "@/look";
import { changeNote } from "@/model";
import { useBoard, useEffectOn, useKind } from "./context";
import type {
  FrameNode as FrameNodeType,
  GhostNode as GhostNodeType,
  NoteNode as NoteNodeType,
} from "./flow/nodes";
import { LightOf } from "./LightOf";

export const GhostNode = memo(function GhostNode({ data }: NodeProps<GhostNodeType>) {
  const { project } = useBoard();
  const kind = useKind(data.kind);
  const effect = useEffectOn(data.name);
  return (
    <div
      className="flex h-full flex-col rounded-xl border border-bad-solid border-dashed bg-raised/60"
      title={effect?.causes.join(", ")}
    >
      <div className="flex min-h-0 flex-1 items-center gap-2.5 px-3 text-muted">
        <KindIcon kind={kind?.icon ?? "container"} className="size-5" />
        <p className="min-w-0 flex-1 truncate line-through">{data.name}</p>
      </div>
      <div className="flex h-6 items-center justify-between border-t border-dashed px-3 text-2xs text-muted">
        <LightOf project={project} component={data.name} />
        <span className="rounded-sm bg-bad-soft px-1 font-medium text-bad">is removed</span>
      </div>
    </div>
  );
});

export const NoteNode = memo(function NoteNode({ data, selected }: NodeProps<NoteNodeType>) {
  const { document, mayDraw } = useBoard();
  const [isEditing, edit] = useState(data.text === "");
  const [text, setText] = useState(data.text);
  const area = useRef<HTMLTextAreaElement>(null);
  useEffect(() => setText(data.text), [data.text]);
  useEffect(() => {
    if (isEditing) area.current?.focus();
  }, [isEditing]);

  function end() {
    edit(false);
    if (text !== data.text)
      document.edit("Change a note", (before) => changeNote(before, data.name, { text }));
  }

  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: Enter does the same, by the action for what is selected
    <div
      onDoubleClick={() => mayDraw && edit(true)}
      className={classes(
        "h-full overflow-hidden rounded-lg border bg-warn-soft/60 p-2.5 text-xs",
        selected ? "border-info-solid" : "border-line-strong",
      )}
    >
      {isEditing ? (
        <textarea
          ref={area}
          aria-label="Text of the note"
          value={text}
          onChange={(event) => setText(event.target.value)}
          onBlur={end}
          onKeyDown={(event) => {
            event.stopPropagation();
            if (event.key === "Escape") event.currentTarget.blur();
          }}
          className="nodrag nopan nowheel size-full resize-none bg-transparent outline-none"
        />
      ) : (
        <p className="line-clamp-5 whitespace-pre-wrap break-words">{data.text || "An empty note"}</p>
      )}
    </div>
  );
});

export const FrameNode = memo(function FrameNode({ data }: NodeProps<FrameNodeType>) {
  const Icon = data.sort === "zone" ? MapPin : Boxes;
  return (
    <div
      className={classes(
        "pointer-events-none h-full rounded-2xl border",
        data.sort === "zone" ? "border-line-strong border-dashed" : "border-line-strong bg-sunken/50",
      )}
    >
      <span
        className="frame-handle pointer-events-auto absolute top-1 left-3 inline-flex cursor-grab items-center gap-1 rounded-md px-1 font-medium text-2xs text-faint hover:text-ink"
        title={
          data.sort === "zone" ? `Zone ${data.label}: drag it to move all of it` : "Drag it to move the group"
        }
      >
        <Icon aria-hidden className="size-3" />
        {data.label}
      </span>
    </div>
  );
});
