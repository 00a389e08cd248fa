import { type InfiniteData, useInfiniteQuery } from "@tanstack/react-query";
import { ScrollText } from "lucide-react";
import { useDeferredValue, useState } from "react";
import type { Schemas } from "@/api";
import { Loaded } from "@/app/Loaded";
import { Badge, Button, EmptyState, Input, Moment, Select, Table } from "@/look";
import { ACTS, change, inWords } from "./deeds";

type Page = Schemas["DeedsOut"];

export interface Filter {
  who: string | undefined;
  what: string | undefined;
  cursor: number | undefined;
}

interface DeedsProps {
  queryKey: readonly unknown[];
  read: (filter: Filter) => Promise<Page>;
  /** Whether they are of several projects. */
  isOfAll?: boolean;
}

/** The audit log, the newest first: filtered by who and what, page after page. */
export function Deeds({ queryKey, read, isOfAll }: DeedsProps) {
  const [who, setWho] = useState("");
  const [what, setWhat] = useState("");
  const sought = useDeferredValue(who.trim());
  const deeds = useInfiniteQuery({
    queryKey: [...queryKey, sought, what],
    queryFn: ({ pageParam }) =>
      read({ who: sought || undefined, what: what || undefined, cursor: pageParam }),
    initialPageParam: undefined as number | undefined,
    getNextPageParam: (page) => (page.next ? Number(page.next) : undefined),
    placeholderData: (before: InfiniteData<Page, number | undefined> | undefined) => before,
  });
  return (
    <div className="flex flex-col gap-4">
      <div className="flex flex-wrap gap-2">
        <Input
          type="search"
          aria-label="Who"
          placeholder="Who"
          value={who}
          onChange={(event) => setWho(event.target.value)}
          className="max-w-48"
        />
        <Select
          aria-label="What"
          value={what}
          onChange={(event) => setWhat(event.target.value)}
          className="max-w-60"
        >
          <option value="">Everything that was done</option>
          {ACTS.map(([name, words]) => (
            <option key={name} value={name}>
              {words}
            </option>
          ))}
        </Select>
      </div>
      <Loaded of={deeds} what="audit log">
        {({ pages }) => {
          const found = pages.flatMap((page) => page.deeds);
          return found.length ? (
            <>
              <Table
                label="Audit log"
                rows={found}
                id={(each) => each.id}
                columns={[
                  {
                    key: "at",
                    title: "When",
                    cell: (each) => <Moment at={each.at} />,
                    className: "text-muted",
                  },
                  {
                    key: "who",
                    title: "Who",
                    cell: (each) => each.who || <span className="text-faint">nobody signed in</span>,
                    className: "font-medium whitespace-nowrap",
                  },
                  {
                    key: "what",
                    title: "What",
                    cell: (each) =>
                      each.what.startsWith("failed_") ? (
                        <Badge tone="warn">{inWords(each.what)}</Badge>
                      ) : (
                        inWords(each.what)
                      ),
                    className: "whitespace-nowrap",
                  },
                  {
                    key: "target",
                    title: "To",
                    cell: (each) => (
                      <span className="block max-w-96">
                        <span className="break-words">{each.target}</span>
                        <span className="block break-words text-muted text-xs">
                          {change(each.before, each.after)}
                        </span>
                      </span>
                    ),
                  },
                  ...(isOfAll
                    ? [
                        {
                          key: "project",
                          title: "Project",
                          cell: (each: (typeof found)[number]) => each.project || "–",
                          className: "text-muted",
                        },
                      ]
                    : []),
                  {
                    key: "address",
                    title: "From",
                    cell: (each) => <code title={`request ${each.request}`}>{each.address || "–"}</code>,
                    className: "text-muted",
                  },
                ]}
              />
              {deeds.hasNextPage && (
                <Button
                  className="self-center"
                  busy={deeds.isFetchingNextPage}
                  onClick={() => deeds.fetchNextPage()}
                >
                  Show older
                </Button>
              )}
            </>
          ) : (
            <div className="rounded-lg border bg-raised shadow-raised">
              <EmptyState
                icon={ScrollText}
                title={sought || what ? "Nothing of that kind" : "Nothing was done yet"}
              >
                Whatever changes something is written here, with who, when and from where. Nobody can change
                it.
              </EmptyState>
            </div>
          );
        }}
      </Loaded>
    </div>
  );
}
