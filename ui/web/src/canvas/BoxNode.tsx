import { Handle, type NodeProps, Position, useConnection, useStore } from "@xyflow/react";
import { ArrowUpRight, CircleAlert, Layers2, Lightbulb } from "lucide-react";
import { memo } from "react";
import { classes, KindIcon } from "@/look";
import type { Component } from "@/model";
import { useBoard, useComponent, useEffectOn, useKind, useRemarks, useView } from "./context";
import { type BoxNode as BoxNodeType, meaningOf } from "./flow/nodes";
import { LightOf } from "./LightOf";
import { NameEditor } from "./NameEditor";
import { useLegality } from "./useLegality";

const FAR = 0.45;

/** A component. How it runs is a slice of its own, so that a change of status draws nothing else anew. */
export const BoxNode = memo(function BoxNode({ id, data, selected }: NodeProps<BoxNodeType>) {
  const component = useComponent(data.name);
  const isFar = useStore((state) => state.transform[2] < FAR);
  if (!component) return null;
  return isFar ? (
    <FarBox component={component} isSelected={selected} />
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

/** A plain rectangle: zoomed out, nobody reads more, and nothing else is drawn as fast. */
function FarBox({ component, isSelected }: { component: Component; isSelected: boolean }) {
  const kind = useKind(component.kind);
  return (
    <div
      className={classes(
        "flex h-full items-center justify-center rounded-xl border-2 bg-raised",
        isSelected ? "border-info-solid" : "border-line-strong",
      )}
    >
      <KindIcon kind={kind?.icon ?? "container"} className="size-10" />
      <Handles />
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
