import { useInfiniteQuery, useQueryClient } from "@tanstack/react-query";
import { KeyRound } from "lucide-react";
import { useState } from "react";
import { api, body } from "@/api";
import { Loaded } from "@/app/Loaded";
import { Button, Confirm, EmptyState, toast } from "@/look";
import { type AccessKey, KeysTable } from "../keys/Keys";
import { peopleQuery } from "./people";

const KEY = ["all keys"] as const;

/** The keys of everybody, those that were revoked too. */
export function AllKeys() {
  const queries = useQueryClient();
  const found = useInfiniteQuery({
    queryKey: KEY,
    queryFn: ({ pageParam }) =>
      body(api.GET("/api/v1/keys", { params: { query: { cursor: pageParam, limit: 50 } } })),
    initialPageParam: undefined as number | undefined,
    getNextPageParam: (page) => (page.next ? Number(page.next) : undefined),
  });
  const people = useInfiniteQuery(peopleQuery);
  const names = new Map(
    people.data?.pages.flatMap((page) => page.people).map((each) => [each.id, each.name]),
  );
  const [revoking, revoke] = useState<AccessKey | null>(null);
  return (
    <div className="flex flex-col gap-4 pt-5">
      <p className="text-muted">
        A key acts for its person. Revoke one that was found where it should not be.
      </p>
      <Loaded of={found} what="keys">
        {({ pages }) => {
          const all = pages.flatMap((page) => page.keys);
          return all.length ? (
            <KeysTable keys={all} revoke={revoke} owner={(person) => names.get(person) ?? person} />
          ) : (
            <div className="rounded-lg border bg-raised shadow-raised">
              <EmptyState icon={KeyRound} title="Nobody has made a key yet" />
            </div>
          );
        }}
      </Loaded>
      {found.hasNextPage && (
        <Button className="self-center" busy={found.isFetchingNextPage} onClick={() => found.fetchNextPage()}>
          Show older
        </Button>
      )}
      {revoking && (
        <Confirm
          title={`Revoke “${revoking.name}” of ${names.get(revoking.person) ?? revoking.person}?`}
          verb="Revoke the key"
          onClose={() => revoke(null)}
          onConfirm={async () => {
            await body(api.DELETE("/api/v1/keys/{key}", { params: { path: { key: revoking.id } } }));
            await queries.invalidateQueries({ queryKey: KEY });
            toast(`“${revoking.name}” is revoked.`);
          }}
        >
          Whatever signs with it is refused at once.
        </Confirm>
      )}
    </div>
  );
}
