/** What went wrong, as the server says it: a problem document (RFC 9457) with a path and a remedy. */

export interface Fault {
  path: string;
  fault: string;
}

export class Problem extends Error {
  override name = "Problem";

  constructor(
    /** The last part of the problem's address, such as `lost-update`. */
    readonly type: string,
    readonly status: number,
    readonly title: string,
    readonly detail = "",
    /** Where in what was sent. */
    readonly path = "",
    readonly remedy = "",
    /** Further members, by the type of problem. */
    readonly more: Readonly<Record<string, unknown>> = {},
    /** In seconds. */
    readonly retryAfter: number | null = null,
  ) {
    super(sentence(title, detail, remedy));
  }

  /** What is wrong at `path`, for the field that it is about. */
  at(path: string): string | undefined {
    const faults = (this.more.faults as Fault[] | undefined) ?? [];
    const found = faults.find((each) => each.path === path);
    if (found) return found.fault;
    return this.path === path ? this.message : undefined;
  }
}

/** The problem that an answer tells; of one that is no problem document, what can be said. */
export async function problemOf(response: Response): Promise<Problem> {
  const retryAfter = Number(response.headers.get("Retry-After")) || null;
  try {
    const { type, status, title, detail, path, remedy, ...more } = await response.clone().json();
    if (typeof type === "string" && typeof title === "string") {
      return new Problem(lastPart(type), status, title, detail, path, remedy, more, retryAfter);
    }
  } catch {
    // whatever stands before the server has answered
  }
  return new Problem(
    "unexpected",
    response.status,
    `The server answered ${response.status}`,
    "what stands before it may have answered instead",
    "",
    "try again in a moment",
    {},
    retryAfter,
  );
}

/** No answer came at all. */
export function unreachable(cause: unknown): Problem {
  const problem = new Problem(
    "unreachable",
    0,
    "The server does not answer",
    "",
    "",
    "see whether it runs, and whether this machine reaches it",
  );
  problem.cause = cause;
  return problem;
}

export function isProblem(error: unknown, type?: string): error is Problem {
  return error instanceof Problem && (type === undefined || error.type === type);
}

function lastPart(address: string): string {
  return address.slice(address.lastIndexOf("/") + 1);
}

function sentence(title: string, detail: string, remedy: string): string {
  return [detail ? `${title}: ${detail}` : title, remedy].filter(Boolean).join("; ");
}
