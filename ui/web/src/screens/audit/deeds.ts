/** What stands in the audit log, in plain words. */

const WORDS: Record<string, string> = {
  accept_invitation: "took an invitation",
  become_first_owner: "became the first owner",
  cancel_deploy: "ended a deploy",
  change_member: "changed a role",
  change_password: "changed the password",
  change_person: "changed what somebody may do",
  "command.ended": "command ended",
  confirm_second_factor: "set up a second factor",
  end_project: "ended the project",
  end_session: "signed out a browser",
  end_sessions: "signed out everywhere",
  failed_password: "typed a wrong password",
  failed_second_step: "typed a wrong code",
  failed_sign_in: "failed to sign in",
  forget_secret: "forgot a secret",
  invite_member: "invited somebody",
  invite_person: "invited somebody",
  leave_project: "left the project",
  make_key: "made an access key",
  make_project: "made the project",
  open_terminal: "opened a terminal",
  pause_project: "paused or resumed the keeping",
  propose_second_factor: "asked for a second factor",
  put_secret: "set a secret",
  queue_deploy: "deployed",
  queue_rollback: "rolled back",
  remove_member: "removed a member",
  remove_second_factor: "removed the second factor",
  renew_recovery_codes: "made new recovery codes",
  reset_password: "chose another password",
  restart_component: "restarted",
  revoke_key: "revoked a key",
  revoke_my_key: "revoked a key",
  run_command: "ran a command",
  save_schema: "changed the drawing",
  second_step: "signed in",
  send_sources: "sent sources",
  sign_in: "signed in",
  sign_out: "signed out",
  sign_up: "made an account",
  start_component: "started",
  stop_component: "stopped",
  withdraw_invitation: "took an invitation back",
  withdraw_person_invited: "took an invitation back",
};

/** What was done, as a verb in the past. */
export function inWords(what: string): string {
  return WORDS[what] ?? what.replaceAll("_", " ");
}

/** What every act is called, to choose from. */
export const ACTS: readonly (readonly [what: string, words: string])[] = Object.entries(WORDS);

/** What was different before and after, in a row: `role: viewer → developer`. */
export function change(before: unknown, after: unknown): string {
  const [from, to] = [fields(before), fields(after)];
  const names = [...new Set([...from.keys(), ...to.keys()])];
  return names
    .map((name) => [name, from.get(name), to.get(name)] as const)
    .filter(([, was, is]) => was !== is || was === undefined)
    .map(([name, was, is]) => {
      const value = was !== undefined && is !== undefined ? `${was} → ${is}` : (is ?? was);
      return name ? `${name}: ${value}` : value;
    })
    .join(", ");
}

/** By name, what a value says; a plain one has no name, and what is empty says nothing. */
function fields(value: unknown): Map<string, string> {
  if (value === null || value === undefined) return new Map();
  if (typeof value !== "object" || Array.isArray(value)) return new Map([["", plain(value)]]);
  return new Map(
    Object.entries(value)
      .filter(([, each]) => each !== null && each !== "")
      .map(([name, each]) => [name, plain(each)]),
  );
}

function plain(value: unknown): string {
  return typeof value === "object" ? JSON.stringify(value) : String(value);
}
