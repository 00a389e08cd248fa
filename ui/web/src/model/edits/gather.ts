/** Says of components which zone they stand in or which group they are drawn in; null: in none. */
import { inTurn, type TextChange } from "../changes";
import { setAt } from "../setting";

export function setZone(text: string, names: readonly string[], zone: string | null): TextChange[] {
  return each(text, names, "place/zone", zone);
}

export function setGroup(text: string, names: readonly string[], group: string | null): TextChange[] {
  return each(text, names, "group", group);
}

function each(text: string, names: readonly string[], field: string, value: string | null): TextChange[] {
  return inTurn(
    text,
    names.map((name) => (now: string) => setAt(now, `components/${name}/${field}`, value)),
  );
}
