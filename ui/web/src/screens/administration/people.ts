import { infiniteQueryOptions } from "@tanstack/react-query";
import { api, body } from "@/api";

export const PEOPLE = ["people"] as const;

/** Everybody who may sign in, by name. */
export const peopleQuery = infiniteQueryOptions({
  queryKey: PEOPLE,
  queryFn: ({ pageParam }) =>
    body(api.GET("/api/v1/people", { params: { query: { cursor: pageParam, limit: 100 } } })),
  initialPageParam: undefined as string | undefined,
  getNextPageParam: (page) => page.next ?? undefined,
});
