/** Says how many replicas there are, as shortly as it can be said: nothing for one, a number, or bounds. */
import type { TextChange } from "../changes";
import type { Replicas } from "../drawing";
import { setAt } from "../setting";

export function setReplicas(text: string, name: string, { min, max, cpu }: Replicas): TextChange[] {
  const path = `components/${name}/replicas`;
  if (min === max && cpu === null) return setAt(text, path, min === 1 ? null : min);
  return setAt(text, path, cpu === null ? { min, max } : { min, max, cpu });
}
