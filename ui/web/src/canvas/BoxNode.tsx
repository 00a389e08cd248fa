import { Handle, type NodeProps, Position, useConnection, useStore } from "@xyflow/react";
import { ArrowUpRight, CircleAlert, Layers2, Lightbulb } from "lucide-react";
import { memo } from "react";
import { classes, KindIcon } from "@/look";
import type { Component } from "@/model";
import { type Effect, useBoard, useComponent, useEffectOn, useKind, useRemarks, useView } from "./context";
import { type BoxNode as BoxNodeType, meaningOf } from "./flow/nodes";
import { LightOf } from "./LightOf";
import { NameEditor } from "./NameEditor";
import { useLegality } from "./useLegality";

/** From how far a box is only its name, and from how far only a rectangle. */
const FAR = 0.55;
const VERY_FAR = 0.2;

/** A component. How it runs is a slice of its own, so that a change of status draws nothing else anew. */
export const BoxNode = memo(function BoxNode({ id, data, selected }: NodeProps<BoxNodeType>) {
  const component = useComponent(data.name);
  const distance = useStore((state) =>
    state.transform[2] < VERY_FAR ? 2 : state.transform[2] < FAR ? 1 : 0,
  );
  if (!component) return null;
  return distance > 0 ? (
    <FarBox id={id} component={component} isSelected={selected} isNamed={distance === 1} />
  ) : (
    <NearBox id={id} component={component} isSelected={selected} />
  );
});

const CHANGES: Record<string, string> = {
  create: "border-staged-solid border-dashed",
  change: "border-staged-solid",
  restart: "border-staged-solid",
};
const CHANGE_WORDS: Record<string, string> = { create: "new", change: "changes", restart: "restarts" };

function borderOf(problems: number, effect: Effect | undefined, isKnown: boolean): string {
  if (problems > 0) return "border-bad-solid";
  return (
    (effect && CHANGES[effect.change]) || (isKnown ? "border-line-strong" : "border-warn-solid border-dashed")
  );
}

interface FarBoxProps {
  id: string;
  component: Component;
  isSelected: boolean;
  isNamed: boolean;
}

/** Zoomed out, a name in large letters and the light; from farther away a rectangle: nothing else is drawn as fast. */
function FarBox({ id, component, isSelected, isNamed }: FarBoxProps) {
  const { project } = useBoard();
  const kind = useKind(component.kind);
  const { problems } = useRemarks(id);
  const effect = useEffectOn(component.name);
  return (
    <div
      className={classes(
        "flex h-full items-center gap-3 rounded-xl border-2 bg-raised px-4",
        isSelected
          ? "border-info-solid ring-4 ring-info-solid"
          : borderOf(problems.length, effect, kind !== undefined),
      )}
    >
      {isNamed && (
        <>
          <KindIcon kind={kind?.icon ?? "container"} className="size-9" />
          <span className="min-w-0 flex-1 truncate font-semibold text-[28px] leading-9">
            {component.name}
          </span>
          <LightOf project={project} component={component.name} isLarge />
        </>
      )}
      <Handles />
      <Verdict name={component.name} />
    </div>
  );
}

function NearBox({ id, component, isSelected }: { id: string; component: Component; isSelected: boolean }) {
  const { project } = useBoard();
  const kind = useKind(component.kind);
  const { problems, advice } = useRemarks(id);
  const effect = useEffectOn(component.name);
  const isRenaming = useView((view) => view.renaming === component.name);
  const { name } = component;
  return (
    <div
      data-component={name}
      className={classes(
        "group relative flex h-full flex-col rounded-xl border bg-raised shadow-raised transition-[border-color,box-shadow]",
        problems.length > 0
          ? "border-bad-solid"
          : (effect && CHANGES[effect.change]) ||
              (kind ? "border-line-strong" : "border-warn-solid border-dashed"),
        isSelected && "ring-2 ring-info-solid ring-offset-1 ring-offset-ground",
      )}
    >
      <div className="flex min-h-0 flex-1 items-center gap-2.5 px-3">
        <span className="inline-flex size-8 shrink-0 items-center justify-center rounded-lg border bg-sunken">
          <KindIcon kind={kind?.icon ?? "container"} className="size-4.5" />
        </span>
        <div className="min-w-0 flex-1">
          {isRenaming ? (
            <NameEditor name={name} />
          ) : (
            <p className="truncate font-semibold leading-5" title={name}>
              {name}
            </p>
          )}
          <p className="truncate text-muted text-xs" title={kind?.title ?? component.kind}>
            {kind ? titleOf(component, kind.title) : `unknown kind “${component.kind}”`}
          </p>
        </div>
        <Remarks
          problems={problems.length}
          advice={advice.length}
          first={problems[0]?.fault ?? advice[0]?.why}
        />
      </div>
      <div className="flex h-6 items-center gap-2.5 overflow-hidden border-t px-3 text-2xs text-muted">
        <LightOf project={project} component={name} isDrawnOnly={effect?.change === "create"} />
        <span className="flex-1" />
        <Facts component={component} />
        {effect && CHANGE_WORDS[effect.change] && (
          <span className="whitespace-nowrap rounded-sm bg-staged-soft px-1 font-medium text-staged">
            {CHANGE_WORDS[effect.change]}
          </span>
        )}
      </div>
      <Handles />
      <Verdict name={name} />
      <FailureNote name={name} />
    </div>
  );
}

function titleOf(component: Component, title: string): string {
  const version = component.settings.version;
  return typeof version === "string" || typeof version === "number" ? `${title} ${version}` : title;
}

/** How many there are, and where they are reached from outside. */
function Facts({ component }: { component: Component }) {
  const { min, max } = component.replicas;
  const ports = Object.values(component.publish);
  return (
    <>
      {(min !== 1 || max !== 1) && (
        <span className="inline-flex items-center gap-0.5 whitespace-nowrap" title="Replicas">
          <Layers2 aria-hidden className="size-3" />
          {min === max ? `×${max}` : `×${min}–${max}`}
        </span>
      )}
      {ports.length > 0 && (
        <span className="inline-flex items-center gap-0.5 truncate" title="Published on the host">
          <ArrowUpRight aria-hidden className="size-3" />
          {ports.map((each) => `:${each.number}`).join(" ")}
        </span>
      )}
      {component.schedule && (
        <span className="truncate font-mono" title="When it runs, UTC">
          {component.schedule}
        </span>
      )}
    </>
  );
}

function Remarks({
  problems,
  advice,
  first,
}: {
  problems: number;
  advice: number;
  first: string | undefined;
}) {
  if (problems > 0)
    return (
      <span className="inline-flex items-center gap-0.5 font-medium text-2xs text-bad" title={first}>
        <CircleAlert aria-hidden className="size-4" />
        {problems}
        <span className="sr-only">problems: {first}</span>
      </span>
    );
  if (advice > 0)
    return (
      <span className="inline-flex text-faint" title={first}>
        <Lightbulb aria-hidden className="size-3.5" />
        <span className="sr-only">Advice: {first}</span>
      </span>
    );
  return null;
}

/** Where lines begin, and where they may end: the whole box, while one is drawn. */
function Handles() {
  const { mayDraw } = useBoard();
  const isDrawing = useConnection((connection) => connection.inProgress);
  return (
    <>
      <Handle
        type="target"
        position={Position.Left}
        isConnectableStart={false}
        className={isDrawing ? "line-target" : "line-end"}
      />
      <Handle
        type="source"
        position={Position.Right}
        isConnectable={mayDraw}
        isConnectableEnd={false}
        className="line-start"
      />
    </>
  );
}

/** Why the last deploy failed here, with what helps and what it wrote last. */
function FailureNote({ name }: { name: string }) {
  const failure = useView((view) => view.failures.find((each) => each.component === name));
  if (!failure) return null;
  return (
    <details className="nodrag nopan nowheel absolute inset-x-0 top-full z-10 mt-1.5 rounded-lg border border-bad-solid bg-bad-soft text-2xs shadow-overlay">
      <summary className="list-none truncate px-2 py-1 font-medium text-bad" title={failure.what}>
        {failure.what}
      </summary>
      {failure.remedy && <p className="px-2 pb-1 text-ink">{failure.remedy}</p>}
      {failure.log.length > 0 && (
        <pre className="scroll-thin max-h-28 overflow-auto whitespace-pre-wrap break-words border-bad-solid/30 border-t bg-raised px-2 py-1 text-[10px] leading-3.5">
          {failure.log.slice(-12).join("\n")}
        </pre>
      )}
    </details>
  );
}

/** While a line is drawn: whether it may end here, and otherwise why not. */
function Verdict({ name }: { name: string }) {
  const from = useConnection((connection) =>
    connection.inProgress ? meaningOf(connection.fromNode.id).name : null,
  );
  const legality = useLegality(from, name);
  if (!legality || from === name) return null;
  return legality.isLegal ? (
    <span className="pointer-events-none absolute inset-[-3px] rounded-[15px] ring-2 ring-ok-solid" />
  ) : (
    <span className="pointer-events-none absolute inset-0 flex items-end rounded-xl bg-ground/70">
      <span className="w-full rounded-b-xl bg-bad-soft px-2 py-1 text-2xs text-bad leading-tight">
        {legality.why}
      </span>
    </span>
  );
}
