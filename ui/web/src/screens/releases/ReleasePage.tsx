import { useQuery } from "@tanstack/react-query";
import { GitCompareArrows, Undo2 } from "lucide-react";
import { useState } from "react";
import { Link } from "wouter";
import { isProblem, may, meQuery, releaseQuery, type Schemas, statusQuery } from "@/api";
import { Loaded } from "@/app/Loaded";
import {
  Badge,
  Banner,
  Button,
  buttonLook,
  CopyButton,
  duration,
  Moment,
  Page,
  Section,
  Table,
} from "@/look";
import { NotFound } from "../NotFound";
import { Outcome } from "./Outcome";
import { RollBack } from "./RollBack";

type Details = Schemas["ReleaseDetails"];

export function ReleasePage({ project, number }: { project: string; number: number }) {
  const release = useQuery(releaseQuery(project, number));
  if (isProblem(release.error, "not-found")) return <NotFound what="release" />;
  return (
    <Loaded of={release} what="release">
      {(found) => <Shown project={project} release={found} />}
    </Loaded>
  );
}

function Shown({ project, release }: { project: string; release: Details }) {
  const { data: status } = useQuery(statusQuery(project));
  const { data: me } = useQuery(meQuery);
  const [isGoingBack, goBack] = useState(false);
  const base = `/projects/${encodeURIComponent(project)}/releases`;
  const runs = status?.release === release.number;
  return (
    <Page
      back={{ to: base, label: "All releases" }}
      title={
        <span className="flex flex-wrap items-center gap-2.5">
          Release {release.number} <Outcome of={release} /> {runs && <Badge tone="ok">runs now</Badge>}
        </span>
      }
      lead={
        <>
          {release.who}, <Moment at={release.began} />
          {release.ended && `, in ${duration(release.ended - release.began)}`}
          {release.why && ` – ${release.why}`}
        </>
      }
      actions={
        <>
          {release.number > 1 && (
            <Link href={`${base}/${release.number - 1}/compare/${release.number}`} className={buttonLook()}>
              <GitCompareArrows aria-hidden className="size-4" /> Compare with {release.number - 1}
            </Link>
          )}
          {me && may(me, "deploy", project) && release.outcome === "done" && !runs && (
            <Button kind="primary" icon={Undo2} onClick={() => goBack(true)}>
              Roll back to it
            </Button>
          )}
        </>
      }
    >
      {release.failures.map((each) => (
        <Banner
          key={`${each.component}/${each.replica}/${each.what}`}
          tone="bad"
          title={[each.component, each.what].filter(Boolean).join(": ")}
        >
          {each.expected && <p>Expected: {each.expected}</p>}
          {each.remedy && <p>What helps: {each.remedy}</p>}
          {each.log.length > 0 && (
            <pre
              tabIndex={0}
              className="scroll-thin mt-2 max-h-48 overflow-auto rounded-md bg-sunken p-2 text-muted"
            >
              {each.log.join("\n")}
            </pre>
          )}
        </Banner>
      ))}
      {release.images.length > 0 && (
        <Table
          label="Images"
          rows={release.images}
          id={(each) => each.component}
          columns={[
            {
              key: "component",
              title: "Component",
              cell: (each) => <span className="font-medium">{each.component}</span>,
            },
            { key: "image", title: "Image", cell: (each) => <code>{each.name}</code> },
            {
              key: "digest",
              title: "Digest",
              cell: (each) => <code title={each.digest}>{each.digest.slice(0, 19)}</code>,
              className: "text-muted",
            },
          ]}
        />
      )}
      {release.steps.length > 0 && (
        <Section title="What was done" lead={`${release.steps.length} steps, in their order.`}>
          <ol className="flex flex-col gap-1 font-mono text-xs">
            {release.steps.map((each) => (
              <li key={each.number} className="break-words">
                {each.text}
              </li>
            ))}
          </ol>
        </Section>
      )}
      <Section title="The schema" actions={<CopyButton text={release.text} label="Copy the schema" />}>
        <pre tabIndex={0} className="scroll-thin overflow-x-auto leading-5">
          {release.text}
        </pre>
      </Section>
      {isGoingBack && <RollBack project={project} release={release} onClose={() => goBack(false)} />}
    </Page>
  );
}
