/** What helps against a problem or what advice asks for, as edits, where a machine can know it. The server judges again. */
import type { Kind } from "@/api";
import type { Advice, SchemaProblem } from "@/canvas/document/judgement";
import {
  changeConnection,
  type Drawing,
  disconnect,
  type Edit,
  renameAt,
  setAt,
  setReplicas,
  unsetAt,
} from "@/model";

export interface Fix {
  label: string;
  edit: Edit;
}

export function fixesOf(
  remark: SchemaProblem | Advice,
  drawing: Drawing,
  kinds: ReadonlyMap<string, Kind>,
): readonly Fix[] {
  return "id" in remark ? ofAdvice(remark, drawing, kinds) : ofProblem(remark, drawing);
}

function ofAdvice({ id, component, why }: Advice, drawing: Drawing, kinds: ReadonlyMap<string, Kind>): Fix[] {
  const box = drawing.components.get(component);
  switch (id) {
    case "single-point-of-failure":
      return box
        ? [{ label: "Run two", edit: (text) => setReplicas(text, component, { min: 2, max: 2, cpu: null }) }]
        : [];
    case "published-to-the-world":
    case "database-outside": {
      const port = Object.entries(box?.publish ?? {}).find(([name]) => why.includes(`'${name}'`));
      if (!port) return [];
      const [name, { number }] = port;
      return [
        {
          label: "Only this machine",
          edit: (text) => setAt(text, `components/${component}/publish/${name}`, number),
        },
      ];
    }
    case "no-health-check": {
      const port = Object.keys({ ...kinds.get(box?.kind ?? "")?.ports, ...box?.ports })[0];
      return port
        ? [
            {
              label: "Check its port",
              edit: (text) => setAt(text, `components/${component}/health`, { tcp: port }),
            },
          ]
        : [];
    }
    case "shared-network":
      return [{ label: "Isolate", edit: (text) => unsetAt(text, "network") }];
    default:
      return [];
  }
}

const MEANT = /did you mean '([^']+)'\?/;

function ofProblem({ path, fault, remedy }: SchemaProblem, drawing: Drawing): Fix[] {
  const words = path.split("/");
  if (words[0] === "connections") return ofLine(Number(words[1]), words[2], remedy);
  const meant = MEANT.exec(remedy)?.[1];
  if (words[0] === "layout") return [{ label: "Remove it", edit: (text) => unsetAt(text, path) }];
  if (words[0] !== "components") return [];
  const [, name = "", field, key] = words;
  switch (field) {
    case "kind":
      return meant ? [{ label: `Use ${meant}`, edit: (text) => setAt(text, path, meant) }] : [];
    case "settings":
      if (meant && key) return [{ label: `Rename to ${meant}`, edit: (text) => renameAt(text, path, meant) }];
      return fault.includes("has no setting")
        ? [{ label: "Remove it", edit: (text) => unsetAt(text, path) }]
        : [];
    case "publish":
      if (fault.includes("is taken by") && key) {
        const number = freeNumber(drawing, drawing.components.get(name)?.publish[key]?.number ?? 8080);
        return [{ label: `Use ${number}`, edit: (text) => setAt(text, path, number) }];
      }
      return meant ? [{ label: `Use ${meant}`, edit: (text) => renameAt(text, path, meant) }] : [];
    case "replicas":
      return remedy.includes("replicas: 1")
        ? [{ label: "Run one", edit: (text) => setReplicas(text, name, { min: 1, max: 1, cpu: null }) }]
        : [];
    case "source":
      return fault.includes("runs no code")
        ? [{ label: "Remove it", edit: (text) => unsetAt(text, path) }]
        : [];
    case undefined:
      return fault.includes("no source is given")
        ? [{ label: `Code in ${name}/`, edit: (text) => setAt(text, `${path}/source`, { directory: name }) }]
        : [];
    default:
      return meant && key ? [{ label: `Use ${meant}`, edit: (text) => setAt(text, path, meant) }] : [];
  }
}

function ofLine(index: number, field: string | undefined, remedy: string): Fix[] {
  const as = /`as: ([A-Z0-9_]+)`/.exec(remedy)?.[1];
  if (as) return [{ label: `As ${as}`, edit: (text) => changeConnection(text, index, { as }) }];
  const port = /(?:write one of|draw it to) [\w-]+\.([\w-]+)/.exec(remedy)?.[1];
  if (port) return [{ label: `To port ${port}`, edit: (text) => changeConnection(text, index, { port }) }];
  const meant = MEANT.exec(remedy)?.[1];
  if (meant && (field === "from" || field === "to"))
    return [{ label: `Use ${meant}`, edit: (text) => changeConnection(text, index, { [field]: meant }) }];
  if (field && ["path", "host", "weight", "algorithm"].includes(field))
    return [{ label: "Remove it", edit: (text) => changeConnection(text, index, { [field]: null }) }];
  return remedy.startsWith("remove")
    ? [{ label: "Remove the line", edit: (text) => disconnect(text, [index]) }]
    : [];
}

/** The next port of the host that nothing drawn wants. */
export function freeNumber(drawing: Drawing, from: number): number {
  const taken = new Set(
    [...drawing.components.values()].flatMap((each) =>
      Object.values(each.publish).map(({ number }) => number),
    ),
  );
  let number = from;
  while (taken.has(number)) number += 1;
  return number;
}
