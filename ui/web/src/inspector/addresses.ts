/** Where published ports are reached. Pure. */
import type { Kind } from "@/api";
import { portsOf } from "@/canvas/flow/lines";
import type { Component } from "@/model";

/** Addresses to open in a browser; what is open to everybody is reached where this page was. */
export function addressesOf(component: Component, kind: Kind | undefined, host: string): string[] {
  const ports = portsOf(component, kind);
  return Object.entries(component.publish)
    .filter(([name]) => ports.get(name)?.protocol === "http")
    .map(([, { address, number }]) => `http://${reachedAt(address, host)}:${number}`);
}

function reachedAt(address: string, host: string): string {
  if (address === "0.0.0.0" || address === "::") return host;
  return address.includes(":") ? `[${address}]` : address;
}
