import { useQuery } from "@tanstack/react-query";
import { X } from "lucide-react";
import { useMemo } from "react";
import { formQuery } from "@/api";
import { IconButton } from "@/look";
import { type Rule, SchemaText } from "@/text";
import { toggleText, useBoard, useDocument } from "./context";
import { lineIds } from "./flow/edges";
import { boxId, meaningOf } from "./flow/nodes";

const NONE: readonly never[] = [];

/** The text beside the drawing: what is chosen in one is chosen in the other, and both share what can be taken back. */
export default function TextPane() {
  const { document, view, kinds, mayDraw } = useBoard();
  const text = useDocument((state) => state.text);
  const drawing = useDocument((state) => state.drawing);
  const faults = useDocument((state) => state.faults);
  const judgement = useDocument((state) => state.judgement);
  const chosen = useDocument((state) => state.selected);
  const { data: form } = useQuery(formQuery);
  const knowledge = useMemo(
    () => ({ form: (form ?? null) as Rule | null, kinds, drawing }),
    [form, kinds, drawing],
  );
  const lines = useMemo(() => lineIds(drawing.connections), [drawing.connections]);
  const selected = useMemo(() => [...chosen].flatMap((id) => pathOf(id, lines)), [chosen, lines]);
  return (
    <SchemaText
      className="@container w-md shrink-0 border-l max-lg:w-80"
      text={text}
      onChange={mayDraw ? (typed) => document.setText(typed, "Edit the text", "text") : undefined}
      knowledge={knowledge}
      selected={selected}
      onSelect={(path) => document.select(path ? idOf(path, lines) : [])}
      faults={faults}
      problems={judgement?.problems ?? NONE}
      advice={judgement?.advice ?? NONE}
      onUndo={() => document.undo()}
      onRedo={() => document.redo()}
      actions={
        <IconButton icon={X} label="Close the text" className="size-7" onClick={() => toggleText(view)} />
      }
    />
  );
}

function pathOf(id: string, lines: readonly string[]): string[] {
  const { sort, name } = meaningOf(id);
  if (sort === "box") return [`components/${name}`];
  if (sort === "note") return [`notes/${name}`];
  const index = lines.indexOf(id);
  return index < 0 ? [] : [`connections/${index}`];
}

function idOf(path: string, lines: readonly string[]): string[] {
  const [section, name = ""] = path.split("/");
  if (section === "components") return [boxId(name)];
  if (section === "notes") return [`note:${name}`];
  return lines[Number(name)] ? [lines[Number(name)] as string] : [];
}
