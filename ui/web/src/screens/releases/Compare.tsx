import { useQuery } from "@tanstack/react-query";
import { Equal } from "lucide-react";
import { api, body, isProblem, keys } from "@/api";
import { Loaded } from "@/app/Loaded";
import { Badge, classes, EmptyState, Page, Section, type Tone } from "@/look";
import { NotFound } from "../NotFound";
import { type Line, linesOf } from "./difference";

const CHANGES: Record<string, Tone> = { added: "ok", removed: "bad", changed: "warn" };

interface CompareProps {
  project: string;
  before: number;
  after: number;
}

/** Two releases side by side: which components differ in what, and the lines of their schemas. */
export function Compare({ project, before, after }: CompareProps) {
  const found = useQuery({
    queryKey: [...keys.releases(project), before, "compare", after],
    queryFn: () =>
      body(
        api.GET("/api/v1/projects/{project}/releases/{release}/compare/{other}", {
          params: { path: { project, release: before, other: after } },
        }),
      ),
    staleTime: Number.POSITIVE_INFINITY,
  });
  const base = `/projects/${encodeURIComponent(project)}/releases`;
  if (isProblem(found.error, "not-found")) return <NotFound what="release" />;
  return (
    <Page
      back={{ to: base, label: "All releases" }}
      title={`Release ${before} and release ${after}`}
      lead={`What is different in ${after}, seen from ${before}.`}
    >
      <Loaded of={found} what="comparison">
        {({ components, schema_difference }) =>
          components.length || schema_difference ? (
            <>
              {components.length > 0 && (
                <Section title="Components">
                  <ul className="-my-1.5 divide-y">
                    {components.map((each) => (
                      <li key={each.component} className="flex items-center gap-3 py-2">
                        <Badge tone={CHANGES[each.change] ?? "plain"}>{each.change}</Badge>
                        <span className="font-medium">{each.component}</span>
                        <span className="text-muted">{each.what.join(", ")}</span>
                      </li>
                    ))}
                  </ul>
                </Section>
              )}
              {schema_difference && <Difference lines={linesOf(schema_difference)} />}
            </>
          ) : (
            <div className="rounded-lg border bg-raised shadow-raised">
              <EmptyState icon={Equal} title="They are the same">
                Same drawing, same images.
              </EmptyState>
            </div>
          )
        }
      </Loaded>
    </Page>
  );
}

const LOOKS: Record<Line["kind"], string> = {
  same: "",
  added: "bg-ok-soft",
  removed: "bg-bad-soft",
  gap: "bg-sunken",
};
const SIGNS: Record<Line["kind"], string> = { same: " ", added: "+", removed: "-", gap: "…" };

function Difference({ lines }: { lines: readonly Line[] }) {
  return (
    <section
      tabIndex={0}
      aria-label="Lines of the schema that differ"
      className="scroll-thin overflow-x-auto rounded-lg border bg-raised shadow-raised"
    >
      <table className="w-full border-collapse font-mono text-xs leading-5">
        <tbody>
          {lines.map((line, index) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: lines have no other name, and never move
            <tr key={index} className={LOOKS[line.kind]}>
              <td className="w-11 select-none pr-2 pl-3 text-right text-faint">{line.before}</td>
              <td className="w-11 select-none pr-3 text-right text-faint">{line.after}</td>
              <td
                className={classes(
                  "whitespace-pre pr-4",
                  line.kind === "added" && "text-ok",
                  line.kind === "removed" && "text-bad",
                )}
              >
                {SIGNS[line.kind]} {line.text}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}
