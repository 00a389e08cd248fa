import { QueryClient } from "@tanstack/react-query";
import { Problem } from "@/api";

const MOST_TRIES = 3;
const WORTH_RETRYING = new Set([0, 429, 502, 503, 504]);

/** Looked up again where that may help: no answer, or one that says to come back. */
export const queries = new QueryClient({
  defaultOptions: {
    queries: {
      staleTime: 15_000,
      refetchOnWindowFocus: true,
      retry: (tries, error) =>
        tries < MOST_TRIES && error instanceof Problem && WORTH_RETRYING.has(error.status),
      retryDelay: (tries, error) =>
        error instanceof Problem && error.retryAfter ? error.retryAfter * 1000 : 500 * 2 ** tries,
    },
    mutations: { retry: false },
  },
});
