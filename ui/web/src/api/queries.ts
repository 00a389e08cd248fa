/** What is looked up, under which key it is kept; what changes something names the keys that it makes stale. */
import { infiniteQueryOptions, queryOptions } from "@tanstack/react-query";
import { api, body, bodyAndTag, type Schemas, setCsrfToken } from "./client";

export type Me = Schemas["MeOut"];
export type Role = Schemas["Role"];
export type Project = Schemas["ProjectOut"];
export type Release = Schemas["ReleaseOut"];
export type Deploy = Schemas["DeployOut"];
export type Plan = Schemas["PlanOut"];
export type Kind = Schemas["KindOut"];
export type Stack = Schemas["StackOut"];
export type Status = Schemas["StatusOut"];
export type Replica = Schemas["ReplicaOut"];

const CATALOGUE_STAYS = 10 * 60_000;

export const keys = {
  me: ["me"] as const,
  /** The list of projects, and how they are at a glance. */
  projects: ["all projects"] as const,
  overview: ["all projects", "overview"] as const,
  project: (name: string) => ["projects", name, "itself"] as const,
  schema: (name: string) => ["projects", name, "schema"] as const,
  status: (name: string) => ["projects", name, "status"] as const,
  releases: (name: string) => ["projects", name, "releases"] as const,
  deploys: (name: string) => ["projects", name, "deploys"] as const,
  secrets: (name: string) => ["projects", name, "secrets"] as const,
  members: (name: string) => ["projects", name, "members"] as const,
  invitations: (name: string) => ["projects", name, "invitations"] as const,
  audit: (name: string) => ["projects", name, "audit"] as const,
};

/** Takes in who we are, and the token that our requests are to bring. */
export function knownAs(me: Me): Me {
  setCsrfToken(me.csrf_token);
  return me;
}

export const meQuery = queryOptions({
  queryKey: keys.me,
  queryFn: async () => knownAs(await body(api.GET("/api/v1/me"))),
  staleTime: 60_000,
});

export const waysQuery = queryOptions({
  queryKey: ["ways"],
  queryFn: () => body(api.GET("/api/v1/session/ways")),
  staleTime: 60_000,
});

export const kindsQuery = queryOptions({
  queryKey: ["kinds"],
  queryFn: async () => (await body(api.GET("/api/v1/kinds"))).kinds,
  staleTime: CATALOGUE_STAYS,
});

/** The form of a schema, as JSON Schema. */
export const formQuery = queryOptions({
  queryKey: ["form"],
  queryFn: () => body(api.GET("/api/v1/schema.json")),
  staleTime: CATALOGUE_STAYS,
});

export const stacksQuery = queryOptions({
  queryKey: ["stacks"],
  queryFn: async () => (await body(api.GET("/api/v1/stacks"))).stacks,
  staleTime: CATALOGUE_STAYS,
});

export const projectsQuery = queryOptions({
  queryKey: [...keys.projects, "list"] as const,
  queryFn: async () => (await body(api.GET("/api/v1/projects"))).projects,
});

export function projectQuery(name: string) {
  return queryOptions({
    queryKey: keys.project(name),
    queryFn: () => body(api.GET("/api/v1/projects/{project}", { params: { path: { project: name } } })),
  });
}

/** The schema as it is drawn now, and its ETag: what a save has to say it edited. */
export function schemaQuery(name: string) {
  return queryOptions({
    queryKey: keys.schema(name),
    queryFn: async () => {
      const [draft, tag] = await bodyAndTag(
        api.GET("/api/v1/projects/{project}/schema", { params: { path: { project: name } } }),
      );
      return { draft, tag };
    },
  });
}

export function statusQuery(name: string) {
  return queryOptions({
    queryKey: keys.status(name),
    queryFn: () =>
      body(api.GET("/api/v1/projects/{project}/status", { params: { path: { project: name } } })),
  });
}

export function releasesQuery(name: string) {
  return infiniteQueryOptions({
    queryKey: keys.releases(name),
    queryFn: ({ pageParam }) =>
      body(
        api.GET("/api/v1/projects/{project}/releases", {
          params: { path: { project: name }, query: { cursor: pageParam, limit: 30 } },
        }),
      ),
    initialPageParam: undefined as number | undefined,
    getNextPageParam: (page) => (page.next ? Number(page.next) : undefined),
  });
}

export function releaseQuery(name: string, release: number) {
  return queryOptions({
    queryKey: [...keys.releases(name), release] as const,
    queryFn: () =>
      body(
        api.GET("/api/v1/projects/{project}/releases/{release}", {
          params: { path: { project: name, release } },
        }),
      ),
  });
}

export function membersQuery(name: string) {
  return queryOptions({
    queryKey: keys.members(name),
    queryFn: async () =>
      (await body(api.GET("/api/v1/projects/{project}/members", { params: { path: { project: name } } })))
        .members,
  });
}

export function secretsQuery(name: string) {
  return queryOptions({
    queryKey: keys.secrets(name),
    queryFn: async () =>
      (await body(api.GET("/api/v1/projects/{project}/secrets", { params: { path: { project: name } } })))
        .secrets,
  });
}

/** All projects at a glance. */
export const overviewQuery = queryOptions({
  queryKey: keys.overview,
  queryFn: async () => (await body(api.GET("/api/v1/overview"))).projects,
});

/** The drawing of a project as it was at a version, for a small picture; a version never changes. */
export function outlineQuery(name: string, version: number) {
  return queryOptions({
    queryKey: ["outlines", name, version],
    queryFn: () =>
      body(api.GET("/api/v1/projects/{project}/outline", { params: { path: { project: name } } })),
    staleTime: Number.POSITIVE_INFINITY,
  });
}
