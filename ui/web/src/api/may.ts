/** Who may do what, so that nobody is offered what the server would refuse; the server judges all the same. */
import type { Me } from "./queries";

export type Permission = "read" | "draw" | "deploy" | "operate" | "set-secrets" | "manage";

const OF_A_DEVELOPER: readonly Permission[] = ["read", "draw", "deploy", "operate", "set-secrets"];
const GRANTS: Record<string, readonly Permission[]> = {
  viewer: ["read"],
  developer: OF_A_DEVELOPER,
  owner: [...OF_A_DEVELOPER, "manage"],
};

export function may(me: Me, permission: Permission, project: string): boolean {
  if (me.is_administrator) return true;
  return GRANTS[me.roles[project] ?? ""]?.includes(permission) ?? false;
}

export function mayMakeProjects(me: Me): boolean {
  return me.is_administrator || me.makes_projects;
}
