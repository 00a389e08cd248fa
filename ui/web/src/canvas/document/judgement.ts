/** What the server says of a drawing, sorted by what it is about. */
import type { Schemas } from "@/api";
import type { Drawing } from "@/model";
import { lineIds } from "../flow/edges";

export type Judgement = Schemas["JudgementOut"];
export type SchemaProblem = Schemas["ProblemOut"];
export type Advice = Schemas["AdviceOut"];

export interface Remarks {
  problems: readonly SchemaProblem[];
  advice: readonly Advice[];
}

export const NO_REMARKS: Remarks = { problems: [], advice: [] };

/** Remarks by the id of the box or line that they are about; what is about none of them has the id ``. */
export function remarksById(judgement: Judgement | null, drawing: Drawing): ReadonlyMap<string, Remarks> {
  const found = new Map<string, { problems: SchemaProblem[]; advice: Advice[] }>();
  const at = (id: string) => {
    const known = found.get(id) ?? { problems: [], advice: [] };
    found.set(id, known);
    return known;
  };
  const lines = lineIds(drawing.connections);
  for (const problem of judgement?.problems ?? [])
    at(idOf(problem.path, drawing, lines)).problems.push(problem);
  for (const advice of judgement?.advice ?? [])
    at(drawing.components.has(advice.component) ? `box:${advice.component}` : "").advice.push(advice);
  return found;
}

function idOf(path: string, drawing: Drawing, lines: readonly string[]): string {
  const [section, name] = path.split("/");
  if (section === "components" && name && drawing.components.has(name)) return `box:${name}`;
  if (section === "connections" && name) return lines[Number(name)] ?? "";
  return "";
}
