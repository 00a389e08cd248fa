/**
 * What a line between two components would be: whether it may be drawn, to which port, and what it gives. Pure.
 *
 * It only shows the way while somebody draws, by the words of the catalogue; what is drawn, the server judges.
 */
import type { Kind } from "@/api";
import { type Component, type Connection, type Drawing, ownPrefix } from "@/model";

type Kinds = ReadonlyMap<string, Kind>;

export interface Legality {
  isLegal: boolean;
  /** Why not; empty where it is. */
  why: string;
  /** The port to be written, where the server has several that fit; null where it need not be said. */
  port: string | null;
}

export interface Gift {
  protocol: string;
  /** The names in the client's environment. */
  names: readonly string[];
  /** The words of `${server.word}`. */
  keys: readonly string[];
  /** How the names begin unless `as` says otherwise. */
  usualPrefix: string;
}

interface PortView {
  protocol: string;
  prefix: string | null;
  offers: readonly string[];
}

const ADDRESS = ["HOST", "PORT"];
const HTTP = ["URL", ...ADDRESS];

/** The ports of a component: those of its kind, then its own, which take the place of the kind's. */
export function portsOf(component: Component, kind: Kind | undefined): ReadonlyMap<string, PortView> {
  const ports = new Map<string, PortView>(Object.entries(kind?.ports ?? {}));
  for (const [name, { protocol }] of Object.entries(component.ports)) {
    const replaced = ports.get(name);
    if (replaced?.protocol !== protocol)
      ports.set(name, { protocol, prefix: null, offers: protocol === "http" ? HTTP : ADDRESS });
  }
  return ports;
}

export function legality(drawing: Drawing, kinds: Kinds, from: string, to: string): Legality {
  const no = (why: string): Legality => ({ isLegal: false, why, port: null });
  const client = drawing.components.get(from);
  const server = drawing.components.get(to);
  if (!client || !server) return no("There is no such box.");
  if (from === to) return no("A box needs no line to itself.");
  if (!kinds.has(server.kind)) return no(`Nobody knows the ports of “${server.kind}”.`);
  const ports = portsOf(server, kinds.get(server.kind));
  if (ports.size === 0) return no(`${to} has no port to connect to.`);
  const speaks = kinds.get(client.kind)?.accepts ?? null;
  if (speaks?.length === 0) return no(`${from} is no client of anything.`);
  const fitting = [...ports].filter(([, port]) => speaks === null || speaks.includes(port.protocol));
  if (fitting.length === 0) {
    const spoken = [...new Set([...ports.values()].map((each) => each.protocol))].join(", ");
    return no(`${from} speaks ${speaks?.join(", ")}, ${to} speaks ${spoken}.`);
  }
  const isProxy = kinds.get(client.kind)?.routes ?? false;
  const drawn = new Set(
    drawing.connections.filter((each) => each.from === from && each.to === to).map((each) => each.port ?? ""),
  );
  const port =
    ports.size > 1 && fitting.length > 1 ? (fitting.find(([name]) => !drawn.has(name))?.[0] ?? "") : null;
  const isDrawn = port === null ? drawn.size > 0 : port === "";
  if (isDrawn && !isProxy) return no(`${from} is connected to ${to} already.`);
  return { isLegal: true, why: "", port: port || null };
}

/** What a connection gives its client; null where it leads to no port that is known. */
export function gift(drawing: Drawing, kinds: Kinds, connection: Connection): Gift | null {
  const server = drawing.components.get(connection.to);
  const client = drawing.components.get(connection.from);
  if (!server || !client) return null;
  const ports = portsOf(server, kinds.get(server.kind));
  const speaks = kinds.get(client.kind)?.accepts ?? null;
  const port =
    connection.port !== null
      ? ports.get(connection.port)
      : [...ports.values()].find(
          (each) => ports.size === 1 || speaks === null || speaks.includes(each.protocol),
        );
  if (!port) return null;
  const usualPrefix = port.prefix ?? ownPrefix(connection.to);
  const prefix = connection.as ?? usualPrefix;
  return {
    protocol: port.protocol,
    names: port.offers.map((key) => `${prefix}_${key}`),
    keys: port.offers,
    usualPrefix,
  };
}
