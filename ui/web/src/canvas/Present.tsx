import { useQuery } from "@tanstack/react-query";
import { useEffect, useState } from "react";
import { api, meQuery, type Schemas } from "@/api";
import { stream } from "@/live";
import { Tooltip } from "@/look";
import { useBoard } from "./context";

const EVERY = 20_000;
const SHOWN = 3;

type Person = Schemas["PresentOut"];

/** Who else has this project open now; nothing while one is alone. */
export function Present() {
  const { project } = useBoard();
  const { data: me } = useQuery(meQuery);
  const [people, setPeople] = useState<readonly Person[]>([]);
  useEffect(() => {
    const params = { path: { project } };
    let isGone = false;
    const say = () =>
      void api.PUT("/api/v1/projects/{project}/presence", { params }).then(
        ({ data }) => !isGone && data && setPeople(data.people),
        () => undefined, // the bar above says when the server does not answer
      );
    say();
    const timer = setInterval(say, EVERY);
    const end = stream.listen({
      entry: (entry) => {
        if (entry.kind === "presence.changed" && entry.project === project) say();
      },
      // whoever came while nothing was heard is known by asking once more
      connection: (connection) => {
        if (connection === "open") say();
      },
    });
    const leave = () =>
      void api
        .DELETE("/api/v1/projects/{project}/presence", { params, keepalive: true })
        .catch(() => undefined); // then the others learn it when we fall silent
    addEventListener("pagehide", leave);
    return () => {
      isGone = true;
      clearInterval(timer);
      end();
      removeEventListener("pagehide", leave);
      leave();
    };
  }, [project]);
  const others = people.filter((each) => each.id !== me?.id);
  if (others.length === 0) return null;
  const names = others.map((each) => each.name).join(", ");
  return (
    <Tooltip text={`${names} ${others.length === 1 ? "has" : "have"} this project open`}>
      <span role="img" aria-label={`Here as well: ${names}`} tabIndex={0} className="mr-1 flex rounded-full">
        {others.slice(0, SHOWN).map((each) => (
          <span
            key={each.id}
            aria-hidden
            className="-ml-1.5 inline-flex size-6.5 items-center justify-center rounded-full border-2 border-raised bg-pressed font-semibold text-2xs uppercase first:ml-0"
          >
            {each.name.slice(0, 1)}
          </span>
        ))}
        {others.length > SHOWN && (
          <span className="self-center pl-1 text-muted text-xs">+{others.length - SHOWN}</span>
        )}
      </span>
    </Tooltip>
  );
}
