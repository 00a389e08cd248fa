import { useQuery } from "@tanstack/react-query";
import { CircleCheck, Network, Pause } from "lucide-react";
import { statusQuery } from "@/api";
import { useBoard, useDocument, useDrawing } from "@/canvas/context";
import { lineIds } from "@/canvas/flow/edges";
import { boxId } from "@/canvas/flow/nodes";
import { LightOf } from "@/canvas/LightOf";
import { Banner, KindIcon, Moment } from "@/look";
import { setAt, unsetAt } from "@/model";
import { Choice } from "./fields/inputs";
import { Row } from "./fields/Row";
import { Group } from "./Group";
import { Remarks } from "./Remarks";
import { useEdits } from "./useEdits";

/** Nothing is selected: the project as a whole. */
export function ProjectInspector() {
  const { project, document, kinds, mayDraw } = useBoard();
  const drawing = useDrawing();
  const judgement = useDocument((state) => state.judgement);
  const { edit } = useEdits();
  const { data: status } = useQuery(statusQuery(project));
  const lines = lineIds(drawing.connections);
  // those that are about no box and no line stand above, with their remedy
  const problems = (judgement?.problems ?? []).filter((each) =>
    /^(components|connections)\//.test(each.path),
  );
  return (
    <div className="scroll-thin min-h-0 flex-1 overflow-y-auto">
      <header className="border-b px-3 py-2.5">
        <h2 className="truncate font-semibold text-base">{project}</h2>
        <p className="text-muted text-xs">
          {drawing.components.size} {drawing.components.size === 1 ? "component" : "components"},{" "}
          {drawing.connections.length} {drawing.connections.length === 1 ? "connection" : "connections"}
          {status?.release ? ` · release ${status.release} runs` : ""}
        </p>
      </header>
      {status?.paused && (
        <Banner tone="warn" className="m-2" title="Paused">
          <Pause aria-hidden className="mr-1 inline size-3.5" />
          What runs is left alone, even where it is not what was deployed.
        </Banner>
      )}
      {status?.fault && (
        <Banner tone="warn" className="m-2">
          {status.fault}
        </Banner>
      )}
      {status?.drift && (
        <Banner tone="warn" className="m-2" title="Not as it was deployed">
          {status.drift.causes.slice(0, 3).map((each) => (
            <p key={each} className="text-xs">
              {each}
            </p>
          ))}
          <p className="text-muted text-xs">
            Seen <Moment at={status.drift.found} />
            {status.drift.tries > 0 && `, tried to heal ${status.drift.tries} times`}.
          </p>
        </Banner>
      )}
      <Remarks id="" />
      {problems.length > 0 && (
        <Group title={problems.length === 1 ? "1 problem" : `${problems.length} problems`} isOpen>
          <ul className="-mx-1 flex flex-col">
            {problems.map((each) => {
              const [section, name = ""] = each.path.split("/");
              const id =
                section === "components"
                  ? boxId(name)
                  : section === "connections"
                    ? lines[Number(name)]
                    : undefined;
              return (
                <li key={`${each.path} ${each.fault}`}>
                  <button
                    type="button"
                    disabled={!id}
                    onClick={() => id && document.select([id])}
                    className="w-full rounded-sm px-1 py-1 text-left text-xs hover:bg-hover disabled:cursor-default"
                  >
                    <span className="block text-bad">{each.fault}</span>
                    <span className="block truncate text-2xs text-faint">{each.path}</span>
                  </button>
                </li>
              );
            })}
          </ul>
        </Group>
      )}
      {judgement?.problems.length === 0 && drawing.components.size > 0 && (
        <p className="flex items-center gap-2 border-b px-3 py-2.5 text-muted text-xs">
          <CircleCheck aria-hidden className="size-3.5 text-ok" />
          The drawing has no problems.
        </p>
      )}
      <Group title="Components" isOpen>
        <ul className="-mx-1.5 flex flex-col">
          {[...drawing.components.values()].map((each) => (
            <li key={each.name}>
              <button
                type="button"
                onClick={() => document.select([boxId(each.name)])}
                className="flex h-7.5 w-full items-center gap-2 rounded-md px-1.5 text-left hover:bg-hover"
              >
                <KindIcon kind={kinds.get(each.kind)?.icon ?? "container"} className="size-4" />
                <span className="min-w-0 flex-1 truncate">{each.name}</span>
                <span className="max-w-[55%] truncate text-2xs text-muted">
                  <LightOf project={project} component={each.name} />
                </span>
              </button>
            </li>
          ))}
          {drawing.components.size === 0 && <li className="px-1.5 text-muted text-xs">None yet.</li>}
        </ul>
      </Group>
      <Group title="Network" isOpen summary={drawing.network}>
        <Row
          label={
            <span className="inline-flex items-center gap-1.5">
              <Network aria-hidden className="size-3.5" /> What can be reached
            </span>
          }
          path="network"
          hint={NETWORKS[drawing.network]}
          fallback="isolated"
          isWritten={drawing.network !== "isolated"}
          onReset={() => edit("Isolate", (text) => unsetAt(text, "network"))}
        >
          <Choice
            value={drawing.network}
            disabled={!mayDraw}
            options={[
              { value: "isolated", label: "What is drawn, in that direction" },
              { value: "pairs", label: "The two ends of a line reach each other" },
              { value: "shared", label: "Everything reaches everything" },
            ]}
            onChange={(network) =>
              edit("Change the network", (text) =>
                network === "isolated" ? unsetAt(text, "network") : setAt(text, "network", network),
              )
            }
          />
        </Row>
      </Group>
    </div>
  );
}

const NETWORKS: Record<string, string> = {
  isolated: "A client reaches the drawn port of its server; nothing else reaches anything.",
  pairs: "On any port, both ways. For engines without nftables.",
  shared: "Whatever is drawn. It is the fastest to deploy, and protects the least.",
};
