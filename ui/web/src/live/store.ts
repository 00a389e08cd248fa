/** How everything is now, slice by slice: a box reads the slice of its component, and is drawn anew when that changes. */

import { createStore, useStore } from "zustand";
import type { Replica, Status } from "@/api";
import { grouped } from "@/grouping";
import type { Connection, Entry } from "./stream";

/** Where a component stands in the deploy that is under way, or that was the last. */
export interface Phase {
  deploy: number;
  component: string;
  /** 0: the component as a whole. */
  replica: number;
  phase: string;
  seconds: number;
  took?: number;
  detail?: string;
}

/** A deploy that is under way or was the last, as its events tell it. */
export interface Underway {
  deploy: number;
  /** `deploy`, `rollback`, `stop`, `heal`, …; empty where its begin was missed. */
  action: string;
  state: string;
  who: string;
  why: string;
  messages: readonly string[];
}

export interface Live {
  connection: Connection;
  /** By project and component: `shop/api`. */
  replicas: ReadonlyMap<string, readonly Replica[]>;
  /** By project and component, of each replica the newest. */
  phases: ReadonlyMap<string, readonly Phase[]>;
  /** By project. */
  deploys: ReadonlyMap<string, Underway>;
}

const KEPT_MESSAGES = 200;
const NOTHING: readonly never[] = [];

export const live = createStore<Live>(() => ({
  connection: "connecting",
  replicas: new Map(),
  phases: new Map(),
  deploys: new Map(),
}));

/** The replicas of a component; the same array until one of them changes. */
export function useReplicas(project: string, component: string): readonly Replica[] {
  return useStore(live, (state) => state.replicas.get(place(project, component)) ?? NOTHING);
}

/** Where the replicas of a component stand in a deploy. */
export function usePhases(project: string, component: string): readonly Phase[] {
  return useStore(live, (state) => state.phases.get(place(project, component)) ?? NOTHING);
}

export function useUnderway(project: string): Underway | undefined {
  return useStore(live, (state) => state.deploys.get(project));
}

export function useConnection(): Connection {
  return useStore(live, (state) => state.connection);
}

export function place(project: string, component: string): string {
  return `${project}/${component}`;
}

/** Takes in a status that was looked up: slices that are as they were stay the very same. */
export function withStatus(state: Live, status: Status): Live {
  const replicas = new Map(state.replicas);
  const found = grouped(status.replicas, (each) => place(status.project, each.component));
  for (const key of replicas.keys()) {
    if (key.startsWith(`${status.project}/`) && !found.has(key)) replicas.delete(key);
  }
  for (const [key, slice] of found) {
    if (JSON.stringify(replicas.get(key)) !== JSON.stringify(slice)) replicas.set(key, slice);
  }
  return { ...state, replicas };
}

/** Takes in something that happened. */
export function withEntry(state: Live, entry: Entry): Live {
  switch (entry.kind) {
    case "status.changed":
      return withChange(state, entry);
    case "deploy.phase":
      return withPhase(state, entry);
    case "deploy.queued":
    case "deploy.began":
    case "deploy.ended":
    case "deploy.message":
      return withDeploy(state, entry);
    case "project.removed":
      return without(state, entry.project);
    default:
      return state;
  }
}

function withChange(state: Live, { project, content }: Entry): Live {
  const key = place(project, String(content.component));
  const before = state.replicas.get(key) ?? NOTHING;
  const isIt = (each: Replica) => each.replica === content.replica && each.name === content.container;
  // what is new is looked up as a whole, since an event tells only what changed
  if (content.state !== "gone" && !before.some(isIt)) return state;
  const after =
    content.state === "gone"
      ? before.filter((each) => !isIt(each))
      : before.map((each) =>
          isIt(each) ? { ...each, state: String(content.state), reason: String(content.reason ?? "") } : each,
        );
  return { ...state, replicas: new Map(state.replicas).set(key, after) };
}

function withPhase(state: Live, { project, content }: Entry): Live {
  const phase = content as unknown as Phase;
  const key = place(project, phase.component);
  const others = (state.phases.get(key) ?? NOTHING).filter(
    (each) => each.deploy === phase.deploy && each.replica !== phase.replica,
  );
  const after = [...others, phase].sort((one, other) => one.replica - other.replica);
  return { ...state, phases: new Map(state.phases).set(key, after) };
}

/** The states of a deploy that is not over. */
export const UNDER_WAY: ReadonlySet<string> = new Set(["waiting", "running"]);

/** Where the replicas of a component stand in what is done to the project now; nothing once that is over. */
export function useCurrentPhases(project: string, component: string): readonly Phase[] {
  const phases = usePhases(project, component);
  const current = useStore(live, (state) => {
    const deploy = state.deploys.get(project);
    return deploy && UNDER_WAY.has(deploy.state) ? deploy.deploy : null;
  });
  // how long it took to be ready is worth knowing afterwards as well
  const isOfNow = (each: Phase) => each.deploy === current || each.phase === "ready";
  return phases.every(isOfNow) ? phases : NOTHING;
}

function withDeploy(state: Live, { project, kind, content }: Entry): Live {
  const deploy = Number(content.deploy);
  const known = state.deploys.get(project);
  const same = known?.deploy === deploy ? known : undefined;
  // one that waits behind another is shown once its turn has come
  if (known && !same && (known.deploy > deploy || (kind === "deploy.queued" && UNDER_WAY.has(known.state))))
    return state;
  const messages = same?.messages ?? NOTHING;
  const after: Underway = {
    deploy,
    state: stateAfter(kind, content) ?? same?.state ?? "running",
    action: String(content.action ?? same?.action ?? ""),
    who: String(content.who ?? same?.who ?? ""),
    why: String(content.why ?? same?.why ?? ""),
    messages:
      kind === "deploy.message" ? [...messages, String(content.text ?? "")].slice(-KEPT_MESSAGES) : messages,
  };
  return { ...state, deploys: new Map(state.deploys).set(project, after) };
}

function stateAfter(kind: string, content: Entry["content"]): string | undefined {
  if (kind === "deploy.queued") return "waiting";
  if (kind === "deploy.began") return "running";
  if (kind === "deploy.ended") return String(content.state);
  return undefined;
}

function without(state: Live, project: string): Live {
  const isOther = ([key]: readonly [string, unknown]) => !key.startsWith(`${project}/`);
  return {
    ...state,
    replicas: new Map([...state.replicas].filter(isOther)),
    phases: new Map([...state.phases].filter(isOther)),
    deploys: new Map([...state.deploys].filter(([key]) => key !== project)),
  };
}
