/**
 * What a line between two components would be: whether it may be drawn, to which port, and what it gives.
 *
 * It shows the way while somebody draws or writes, by the words of the catalogue; what is drawn, the server judges. The
 * faults are those of the server.
 */
import type { Component, Connection, Drawing } from "./drawing";
import { ownPrefix } from "./naming";

/** What is asked of a kind of the catalogue. */
export interface KindOfClients {
  /** The protocols that it may be drawn to; null: any. */
  accepts: readonly string[] | null;
  /** A proxy: lines from it are routes. */
  routes: boolean;
  ports: Readonly<Record<string, PortOfKind>>;
}

export interface PortOfKind {
  protocol: string;
  /** How the variables begin that it gives; null: the server's name. */
  prefix: string | null;
  offers: readonly string[];
}

export type Kinds = ReadonlyMap<string, KindOfClients>;

export interface Legality {
  isLegal: boolean;
  /** Why not; empty where it is. */
  why: string;
  /** The port to be written, where the server has several that fit; null where it need not be said. */
  port: string | null;
}

export interface Gift {
  /** The port it comes from. */
  port: string;
  protocol: string;
  /** The names in the client's environment. */
  names: readonly string[];
  /** The words of `${server.word}`, in capitals. */
  keys: readonly string[];
  /** How the names begin unless `as` says otherwise. */
  usualPrefix: string;
}

const ADDRESS = ["HOST", "PORT"];
const HTTP = ["URL", ...ADDRESS];

/** The ports of a component: those of its kind, then its own, which take the place of the kind's. */
export function portsOf(component: Component, kinds: Kinds): ReadonlyMap<string, PortOfKind> {
  const ports = new Map<string, PortOfKind>(Object.entries(kinds.get(component.kind)?.ports ?? {}));
  for (const [name, { protocol }] of Object.entries(component.ports)) {
    if (ports.get(name)?.protocol === protocol) continue;
    ports.set(name, { protocol, prefix: null, offers: protocol === "http" ? HTTP : ADDRESS });
  }
  return ports;
}

/** Whether a line from `from` to `to` may be drawn, besides those that are. */
export function legality(drawing: Drawing, kinds: Kinds, from: string, to: string): Legality {
  const no = (why: string): Legality => ({ isLegal: false, why, port: null });
  const client = drawing.components.get(from);
  const server = drawing.components.get(to);
  if (!client || !server) return no(`there is no component '${client ? to : from}'`);
  if (from === to) return no(`'${from}' is connected to itself`);
  if (!kinds.has(server.kind)) return no(`there is no kind '${server.kind}'`);
  const ports = portsOf(server, kinds);
  if (!ports.size) return no(`'${to}' has no port to connect to`);
  const kind = kinds.get(client.kind);
  const speaks = kind?.accepts ?? null;
  const fitting = fittingPorts(ports, speaks);
  if (!fitting.length) return no(mismatch(client, server, ports, speaks));
  const drawn = drawing.connections.filter((line) => line.from === from && line.to === to);
  const port = ports.size > 1 && fitting.length > 1 ? freePort(fitting, drawn) : null;
  const isDrawn = port === null ? drawn.length > 0 : port === "";
  if (isDrawn && !kind?.routes) return no("it is drawn already");
  return { isLegal: true, why: "", port: port || null };
}

function mismatch(
  client: Component,
  server: Component,
  ports: ReadonlyMap<string, PortOfKind>,
  speaks: readonly string[] | null,
): string {
  if (!speaks?.length) return `'${client.name}' (${client.kind}) is no client of anything`;
  const spoken = [...new Set([...ports.values()].map((port) => port.protocol))];
  return `'${client.name}' (${client.kind}) speaks ${speaks.join(", ")}, '${server.name}' speaks ${spoken.join(", ")}`;
}

function fittingPorts(ports: ReadonlyMap<string, PortOfKind>, speaks: readonly string[] | null): string[] {
  return [...ports].filter(([, port]) => !speaks || speaks.includes(port.protocol)).map(([name]) => name);
}

/** The first port that no line leads to; empty where each has one. */
function freePort(fitting: readonly string[], drawn: readonly Connection[]): string {
  return fitting.find((name) => !drawn.some((line) => line.port === name)) ?? "";
}

/** What a connection gives its client; null where it leads to no port that is known. */
export function gift(drawing: Drawing, kinds: Kinds, connection: Connection): Gift | null {
  const server = drawing.components.get(connection.to);
  const client = drawing.components.get(connection.from);
  if (!server || !client) return null;
  const ports = portsOf(server, kinds);
  const fitting = fittingPorts(ports, kinds.get(client.kind)?.accepts ?? null);
  const name = connection.port ?? (ports.size === 1 ? [...ports.keys()][0] : fitting[0]);
  const port = name === undefined ? undefined : ports.get(name);
  if (!port || name === undefined) return null;
  const usualPrefix = port.prefix ?? ownPrefix(connection.to);
  const prefix = connection.as ?? usualPrefix;
  const names = port.offers.map((key) => `${prefix}_${key}`);
  return { port: name, protocol: port.protocol, names, keys: port.offers, usualPrefix };
}

/** Every reference that the environment of a component may hold, and what it means, such as `db.url`. */
export function referencesFor(drawing: Drawing, kinds: Kinds, client: string): ReadonlyMap<string, string> {
  const found = new Map<string, Set<string>>();
  const exact = new Map<string, string>();
  for (const line of drawing.connections.filter((each) => each.from === client)) {
    const given = gift(drawing, kinds, line);
    given?.keys.forEach((key, at) => {
      const word = key.toLowerCase();
      const short = `${line.to}.${word}`;
      found.set(short, (found.get(short) ?? new Set()).add(given.port));
      exact.set(`${line.to}.${given.port}.${word}`, given.names[at] ?? "");
    });
  }
  // where two ports give the same word, the port has to be named
  const references = new Map<string, string>();
  for (const [short, ports] of found) {
    const [server = "", word = ""] = short.split(".");
    for (const port of ports) {
      const name = exact.get(`${server}.${port}.${word}`) ?? "";
      references.set(ports.size === 1 ? short : `${server}.${port}.${word}`, name);
    }
  }
  return references;
}
