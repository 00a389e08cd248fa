/** Taking one staged change back: one component is again as the last release had it. */
import type { Effect } from "@/canvas/context";
import { connect, copied, type Edit, inTurn, pasted, readDrawing, removeComponents, setAt } from "@/model";

/** The edit that takes the change of a component back; null where the text is not what changes. */
export function discarded(text: string, released: string | null, { component, change }: Effect): Edit | null {
  if (change === "restart" || change === "adjust") return null;
  const now = readDrawing(text).drawing;
  const before = released === null ? null : readDrawing(released).drawing;
  const drawn = now?.components.get(component);
  const was = before?.components.get(component);
  if (drawn && !was) return (current) => removeComponents(current, [component]);
  if (!was || !before || !now) return null;
  const lines = before.connections.filter((each) => each.from === component || each.to === component);
  if (drawn && JSON.stringify(drawn) === JSON.stringify(was)) return null;
  const at = now.layout.get(component) ?? before.layout.get(component);
  const fragment = copied(released ?? "", [component]);
  return (current) =>
    inTurn(current, [
      (each) => removeComponents(each, [component]),
      (each) => pasted(each, fragment, at).changes,
      ...lines
        .filter(({ from, to }) => [from, to].every((end) => end === component || now.components.has(end)))
        .map(
          ({ index: _, ...line }): Edit =>
            (each) =>
              connect(each, line),
        ),
      ...(at ? [(each: string) => setAt(each, `layout/${component}`, [...at])] : []),
    ]);
}
