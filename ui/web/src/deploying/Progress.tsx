import { useQuery } from "@tanstack/react-query";
import { CircleCheck, CircleX, Clock, ExternalLink, Hammer, LoaderCircle, Square } from "lucide-react";
import { useEffect, useState } from "react";
import { useStore } from "zustand";
import { useShallow } from "zustand/react/shallow";
import { api, body, keys } from "@/api";
import { useBoard, useDrawing } from "@/canvas/context";
import { boxId } from "@/canvas/flow/nodes";
import { phaseOf } from "@/canvas/light";
import { addressesOf } from "@/inspector/addresses";
import { live, type Phase, UNDER_WAY, type Underway } from "@/live";
import { Banner, Button, classes, duration, toastFault } from "@/look";

/** What the server calls the container that keeps what is not drawn from being reached. */
const GATE = "_gate";
interface ProgressProps {
  underway: Underway;
  /** The person has seen how it ended. */
  onSeen: () => void;
}

/** How a deploy goes: each component with where it stands; in the end what came of it, and what helps. */
export function Progress({ underway, onSeen }: ProgressProps) {
  const { project, mayDeploy, document } = useBoard();
  const drawing = useDrawing();
  const isOver = !UNDER_WAY.has(underway.state);
  const phases = usePhasesOf(project, underway.deploy);
  const [isCancelling, cancelling] = useState(false);
  const details = useQuery({
    queryKey: [...keys.deploys(project), underway.deploy, underway.state],
    queryFn: () =>
      body(
        api.GET("/api/v1/projects/{project}/deploys/{deploy}", {
          params: { path: { project, deploy: underway.deploy } },
        }),
      ),
  });
  const began = details.data?.began ?? details.data?.created ?? null;
  const ended = details.data?.ended ?? null;
  const names = [...new Set([...phases.map((each) => each.component), ...drawing.components.keys()])].filter(
    (name) => phases.some((each) => each.component === name),
  );

  async function cancel() {
    cancelling(true);
    try {
      await body(
        api.POST("/api/v1/projects/{project}/deploys/{deploy}/cancel", {
          params: { path: { project, deploy: underway.deploy } },
        }),
      );
    } catch (error) {
      toastFault(error);
      cancelling(false);
    }
  }

  return (
    <>
      <div className="scroll-thin min-h-0 flex-1 overflow-y-auto">
        <div className="flex items-center gap-2.5 border-b px-3 py-3">
          <StateIcon state={underway.state} />
          <div className="min-w-0 flex-1">
            <p className="font-semibold" aria-live="polite">
              {STATES[underway.state] ?? underway.state}
            </p>
            <p className="truncate text-muted text-xs">
              deploy {underway.deploy}
              {underway.who && ` by ${underway.who}`}
              {underway.why && `: ${underway.why}`}
            </p>
          </div>
          {began && <Elapsed from={began} to={ended} />}
        </div>
        {details.data?.failures.map((each) => (
          <Banner
            key={`${each.component} ${each.what}`}
            tone="bad"
            className="m-3"
            title={each.component ? `${each.component}: ${each.what}` : each.what}
          >
            {each.expected && <p className="text-xs">Expected: {each.expected}</p>}
            {each.remedy && <p className="text-xs">What helps: {each.remedy}</p>}
            {each.log.length > 0 && (
              <pre className="scroll-thin mt-2 max-h-48 overflow-auto whitespace-pre-wrap break-words rounded-md border bg-sunken p-2 text-2xs">
                {each.log.join("\n")}
              </pre>
            )}
          </Banner>
        ))}
        {underway.state === "done" && <Addresses />}
        <ul aria-label="Components" className="flex flex-col">
          {names.map((name) => (
            <li key={name} className="flex items-center gap-2.5 border-b px-3 py-2">
              {drawing.components.has(name) ? (
                <button
                  type="button"
                  onClick={() => document.select([boxId(name)])}
                  className="min-w-0 flex-1 truncate text-left font-medium hover:underline"
                >
                  {name}
                </button>
              ) : (
                <span className="min-w-0 flex-1 truncate text-muted">
                  {name === GATE ? "packet filter" : name}
                </span>
              )}
              <PhaseWord phase={phaseOf(phases.filter((each) => each.component === name))} />
            </li>
          ))}
        </ul>
        {underway.messages.length > 0 && (
          <ol aria-label="Messages" className="flex flex-col gap-1 p-3 text-muted text-xs">
            {underway.messages.map((each, index) => (
              // biome-ignore lint/suspicious/noArrayIndexKey: they only ever grow
              <li key={index}>{each}</li>
            ))}
          </ol>
        )}
      </div>
      <footer className="flex justify-end gap-2 border-t p-3">
        {isOver ? (
          <Button kind="primary" onClick={onSeen}>
            Go on drawing
          </Button>
        ) : (
          mayDeploy && (
            <Button icon={Square} busy={isCancelling} onClick={cancel}>
              {underway.state === "waiting" ? "Cancel" : "Cancel and go back"}
            </Button>
          )
        )}
      </footer>
    </>
  );
}

const STATES: Record<string, string> = {
  waiting: "Waits for its turn",
  running: "Deploying",
  done: "It runs",
  failed: "It failed",
  interrupted: "It was interrupted",
  cancelled: "Cancelled",
  replaced: "Another deploy took its place",
};

function StateIcon({ state }: { state: string }) {
  if (state === "done") return <CircleCheck aria-hidden className="size-5 text-ok" />;
  if (state === "running") return <LoaderCircle aria-hidden className="size-5 animate-spin text-info" />;
  if (state === "waiting") return <Clock aria-hidden className="size-5 text-muted" />;
  return <CircleX aria-hidden className="size-5 text-bad" />;
}

function Elapsed({ from, to }: { from: number; to: number | null }) {
  const [now, setNow] = useState(() => Date.now() / 1000);
  useEffect(() => {
    if (to !== null) return;
    const timer = setInterval(() => setNow(Date.now() / 1000), 500);
    return () => clearInterval(timer);
  }, [to]);
  return <span className="text-muted text-xs">{duration((to ?? now) - from)}</span>;
}

/** The phases of all components in one deploy; the same array until one of them changes. */
function usePhasesOf(project: string, deploy: number): readonly Phase[] {
  return useStore(
    live,
    useShallow((state) =>
      [...state.phases]
        .filter(([key]) => key.startsWith(`${project}/`))
        .flatMap(([, phases]) => phases.filter((each) => each.deploy === deploy)),
    ),
  );
}

const LOOKS: Record<string, string> = {
  ready: "text-ok",
  failed: "text-bad",
  removed: "text-muted",
  waiting: "text-muted",
};

function PhaseWord({ phase }: { phase: Phase | null }) {
  if (!phase) return <span className="text-muted text-xs">waiting</span>;
  const took = phase.phase === "ready" && phase.took !== undefined ? ` in ${duration(phase.took)}` : "";
  return (
    <span
      className={classes(
        "inline-flex max-w-[65%] items-center gap-1.5 text-xs",
        LOOKS[phase.phase] ?? "text-info",
      )}
    >
      {phase.phase === "building" && <Hammer aria-hidden className="size-3.5 shrink-0" />}
      <span className="truncate" title={phase.detail}>
        {phase.phase}
        {took}
        {phase.detail && !took ? `: ${phase.detail}` : ""}
      </span>
    </span>
  );
}

/** Where one gets in, now that it runs. */
function Addresses() {
  const { kinds } = useBoard();
  const drawing = useDrawing();
  const addresses = [...drawing.components.values()].flatMap((each) =>
    addressesOf(each, kinds.get(each.kind), location.hostname),
  );
  if (addresses.length === 0) return null;
  return (
    <ul className="flex flex-col gap-1.5 border-b p-3">
      {[...new Set(addresses)].map((each) => (
        <li key={each}>
          <a
            href={each}
            target="_blank"
            rel="noreferrer"
            className="flex items-center justify-between gap-2 rounded-md border border-ok/40 bg-ok-soft px-3 py-2 font-mono text-ok text-xs hover:underline"
          >
            {each}
            <ExternalLink aria-hidden className="size-3.5" />
          </a>
        </li>
      ))}
    </ul>
  );
}
