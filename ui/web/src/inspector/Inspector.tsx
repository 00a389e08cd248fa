import { connectionOf, useDocument, useDrawing } from "@/canvas/context";
import { meaningOf } from "@/canvas/flow/nodes";
import { ComponentInspector } from "./ComponentInspector";
import { ConnectionInspector } from "./ConnectionInspector";
import { ManyInspector } from "./ManyInspector";
import { ProjectInspector } from "./ProjectInspector";

/** About what is selected; about the whole where nothing is. */
export function Inspector() {
  return (
    <aside
      id="inspector"
      aria-label="Inspector"
      tabIndex={-1}
      className="relative flex w-84 shrink-0 flex-col border-l bg-raised focus:outline-none max-[1100px]:w-72"
    >
      <Selected />
    </aside>
  );
}

function Selected() {
  const drawing = useDrawing();
  const selected = useDocument((state) => state.selected);
  const ids = [...selected];
  const [only] = ids;
  if (ids.length === 1 && only) {
    const { sort, name } = meaningOf(only);
    if (sort === "box") return <ComponentInspector key={name} name={name} />;
    const connection = sort === "line" ? connectionOf(drawing, only) : undefined;
    if (connection) return <ConnectionInspector key={only} id={only} connection={connection} />;
  }
  const boxes = ids.filter((id) => id.startsWith("box:")).map((id) => meaningOf(id).name);
  if (ids.length > 1) return <ManyInspector names={boxes} count={ids.length} />;
  return <ProjectInspector />;
}
