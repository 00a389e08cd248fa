import type { ReactNode } from "react";
import { isProblem } from "@/api";
import { Banner, Button, Waiting } from "@/look";

interface Asked<T> {
  data: T | undefined;
  error: Error | null;
  isFetching: boolean;
  refetch: () => unknown;
}

interface LoadedProps<T> {
  of: Asked<T>;
  /** What is waited for, such as “releases”. */
  what: string;
  children: (data: T) => ReactNode;
}

/** What was looked up, once it is there; until then that it is waited for, or why it does not come and what helps. */
export function Loaded<T>({ of, what, children }: LoadedProps<T>) {
  if (of.data !== undefined) return children(of.data);
  if (!of.error) return <Waiting what={`Loading ${what}`} />;
  return (
    <Banner
      tone="bad"
      title={isProblem(of.error) ? of.error.title : `The ${what} could not be loaded`}
      action={
        <Button size="small" busy={of.isFetching} onClick={() => of.refetch()}>
          Try again
        </Button>
      }
    >
      {isProblem(of.error) ? [of.error.detail, of.error.remedy].filter(Boolean).join("; ") : of.error.message}
    </Banner>
  );
}
