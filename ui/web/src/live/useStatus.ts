/** The status of a project, kept true: looked up when something changed, and handed to the slices of its boxes. */
import { useQuery } from "@tanstack/react-query";
import { useEffect } from "react";
import { type Status, statusQuery } from "@/api";
import { live, withStatus } from "./store";

export function useStatus(project: string): Status | undefined {
  const { data } = useQuery(statusQuery(project));
  useEffect(() => {
    if (data) live.setState((state) => withStatus(state, data));
  }, [data]);
  return data;
}
