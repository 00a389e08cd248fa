/** Where published ports are reached. Pure. */
import type { Replica } from "@/api";

/** Addresses to open in a browser, of what replicas tell; one that is open to everybody is that of the server here. */
export function addressesOf(replicas: readonly Replica[], host: string): string[] {
  const found = replicas
    .flatMap((each) => each.ports)
    .filter((each) => each.startsWith("http://"))
    .map((each) => each.replace(/^http:\/\/(0\.0\.0\.0|\[::\])(?=:)/, `http://${host}`));
  return [...new Set(found)];
}
