/** The API, typed by the server's own description; every answer that is no success is thrown as a Problem. */
import createClient, { type Middleware } from "openapi-fetch";
import { problemOf, unreachable } from "./problem";
import type { components, paths } from "./schema";

export type Schemas = components["schemas"];

const SAFE = new Set(["GET", "HEAD", "OPTIONS"]);
let csrf = "";
let whenSignedOut: () => void = () => undefined;

/** What `GET /api/v1/me` gave as csrf_token; sent with whatever changes something. */
export function setCsrfToken(token: string): void {
  csrf = token;
}

/** The token of this session, for a request that is not made with `api`: one whose answer is read as it comes. */
export function csrfToken(): string {
  return csrf;
}

/** Called when the server no longer knows who we are. */
export function onSignedOut(listener: () => void): void {
  whenSignedOut = listener;
}

const ofThisServer: Middleware = {
  onRequest({ request }) {
    if (!SAFE.has(request.method) && csrf) request.headers.set("X-CSRF-Token", csrf);
    return request;
  },
  async onResponse({ response }) {
    if (response.ok || response.status === 304) return response;
    const problem = await problemOf(response);
    if (problem.type === "session-over" || problem.type === "not-signed-in") whenSignedOut();
    throw problem;
  },
  onError({ error }) {
    return unreachable(error);
  },
};

export const api = createClient<paths>({
  baseUrl: globalThis.location?.origin ?? "",
  credentials: "same-origin",
});
api.use(ofThisServer);

/** What an answer holds. What was no success has been thrown already. */
export async function body<T>(asked: Promise<{ data?: T }>): Promise<T> {
  return (await asked).data as T;
}

/** What an answer holds, and its ETag, for If-Match. */
export async function bodyAndTag<T>(asked: Promise<{ data?: T; response: Response }>): Promise<[T, string]> {
  const { data, response } = await asked;
  return [data as T, response.headers.get("ETag") ?? ""];
}

/** A name for one act of a person: sent again with the same name, the act is done once. */
export function newIdempotencyKey(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}
