export { api, body, bodyAndTag, newIdempotencyKey, onSignedOut, type Schemas } from "./client";
export { may, mayMakeProjects, type Permission } from "./may";
export { isProblem, Problem } from "./problem";
export * from "./queries";
export { type Submission, text, useSubmit } from "./useSubmit";
