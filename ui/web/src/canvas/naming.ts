/** Names of components: what they may be, before the server is asked. */
const NAME = /^[a-z][a-z0-9]*(-[a-z0-9]+)*$/;

/** Why a component cannot be called `name`; empty where it can. */
export function nameFault(name: string, taken: { has: (name: string) => boolean }): string {
  if (taken.has(name)) return `There is a component '${name}' already: choose another name.`;
  if (!NAME.test(name)) return "A name is lower-case letters and digits, with single dashes in between.";
  return "";
}
