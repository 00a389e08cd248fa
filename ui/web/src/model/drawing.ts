/** A drawing as values: what the text of a schema says, as far as it can be read, and where it says so. */
import type { Fault, Range, Value } from "./tree";

export type Network = "isolated" | "pairs" | "shared";
export type Point = readonly [x: number, y: number];

export interface Source {
  directory: string;
  git: string | null;
  branch: string | null;
}

/** `min` containers, up to `max` when the mean CPU share passes `cpu` percent. */
export interface Replicas {
  min: number;
  max: number;
  cpu: number | null;
}

/** A port opened on the host. */
export interface Publication {
  number: number;
  address: string;
}

export interface Port {
  protocol: string;
  number: number;
}

/** Memory as it is written (`256MiB`). Null: the kind's. */
export interface Limits {
  memory: string | null;
  cpus: number | null;
  pids: number | null;
}

export interface Health {
  tcp: string | null;
  http: { port: string; path: string } | null;
  command: readonly string[];
  timeout: number | null;
}

/** A box. What is empty or null is left to the kind; `kind` is empty where none could be read. */
export interface Component {
  name: string;
  kind: string;
  settings: Readonly<Record<string, Value>>;
  environment: Readonly<Record<string, string>>;
  image: string | null;
  command: readonly string[];
  source: Source | null;
  replicas: Replicas;
  publish: Readonly<Record<string, Publication>>;
  ports: Readonly<Record<string, Port>>;
  volumes: Readonly<Record<string, string>>;
  place: { zone: string | null; host: string | null };
  limits: Limits;
  health: Health | null;
  egress: boolean | null;
  schedule: string | null;
  relax: Readonly<Record<string, string>>;
  note: string;
  /** The frame it is drawn in, with others that name the same one. */
  group: string | null;
  /** Which fields are written down, so that a form can tell a value from a default. */
  written: readonly string[];
}

/** A line from a client to a server's port. `index` is its place in the list, by which edits name it. */
export interface Connection {
  index: number;
  from: string;
  to: string;
  /** Null: the server's only port, or the only one the client speaks to. */
  port: string | null;
  as: string | null;
  path: string | null;
  host: string | null;
  weight: number | null;
  algorithm: string | null;
}

/** A word to the readers of the drawing, on the drawing. */
export interface Note {
  name: string;
  text: string;
  at: Point;
}

export interface Drawing {
  name: string;
  network: Network;
  /** By name, in the order of the text. */
  components: ReadonlyMap<string, Component>;
  connections: readonly Connection[];
  /** By name, in the order of the text. */
  notes: ReadonlyMap<string, Note>;
  /** Where boxes stand; a box that is not in it has no place yet. */
  layout: ReadonlyMap<string, Point>;
}

/** What was read of a text. */
export interface Reading {
  /** Null where the text is not YAML: show what was drawn before. */
  drawing: Drawing | null;
  faults: readonly Fault[];
}

export type { Fault, Range, Value };
