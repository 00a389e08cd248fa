import { useQuery } from "@tanstack/react-query";
import { LayoutTemplate, Plus, Search, Workflow } from "lucide-react";
import { useMemo, useRef, useState } from "react";
import { Link, useLocation } from "wouter";
import {
  mayMakeProjects,
  meQuery,
  outlineQuery,
  overviewQuery,
  type Project,
  projectsQuery,
  type Schemas,
} from "@/api";
import { type Action, useActions } from "@/app/actions";
import { Loaded } from "@/app/Loaded";
import { Shell } from "@/app/Shell";
import { Badge, Button, buttonLook, EmptyState, Input, Keys, Moment, Page, StatusLight } from "@/look";
import { Picture } from "../Picture";
import { conditionOf } from "./condition";

type Glance = Schemas["AtAGlanceOut"];
const WORTH_SEARCHING = 7;

export function Projects() {
  const projects = useQuery(projectsQuery);
  const { data: me } = useQuery(meQuery);
  const mayMake = Boolean(me && mayMakeProjects(me));
  return (
    <Shell>
      <div className="scroll-thin h-full overflow-y-auto">
        <Page
          title="Projects"
          lead={projects.data?.length ? "Each is a drawing, and what runs of it." : undefined}
          actions={
            mayMake && projects.data?.length ? (
              <Link href="/new" className={buttonLook("primary")}>
                <Plus aria-hidden className="size-4" /> New project
              </Link>
            ) : undefined
          }
        >
          <Loaded of={projects} what="projects">
            {(found) => (found.length ? <Cards projects={found} /> : <Nothing mayMake={mayMake} />)}
          </Loaded>
        </Page>
      </div>
    </Shell>
  );
}

function Cards({ projects }: { projects: readonly Project[] }) {
  const { data: overview } = useQuery(overviewQuery);
  const glances = new Map(overview?.map((each) => [each.project, each]));
  const [sought, seek] = useState("");
  const field = useRef<HTMLInputElement>(null);
  const shown = projects.filter((each) => each.name.includes(sought.trim().toLowerCase()));
  const actions = useMemo<Action[]>(
    () => [
      {
        id: "projects.search",
        label: "Search projects",
        icon: Search,
        shortcut: "/",
        group: "Projects",
        perform: () => field.current?.focus(),
      },
    ],
    [],
  );
  useActions(actions);
  return (
    <>
      {projects.length >= WORTH_SEARCHING && (
        <div className="relative max-w-sm">
          <Search aria-hidden className="absolute top-2 left-2.5 size-4 text-faint" />
          <Input
            ref={field}
            type="search"
            aria-label="Search projects"
            placeholder="Search projects"
            value={sought}
            onChange={(event) => seek(event.target.value)}
            className="pl-8"
          />
          {!sought && (
            <span className="pointer-events-none absolute top-1.5 right-2">
              <Keys of="/" />
            </span>
          )}
        </div>
      )}
      {shown.length ? (
        <ul className="grid grid-cols-[repeat(auto-fill,minmax(280px,1fr))] gap-4">
          {shown.map((each) => (
            <Card key={each.name} project={each} glance={glances.get(each.name)} />
          ))}
        </ul>
      ) : (
        <EmptyState
          icon={Search}
          title={`No project is called like “${sought}”`}
          action={<Button onClick={() => seek("")}>Show all</Button>}
        />
      )}
    </>
  );
}

function Card({ project, glance }: { project: Project; glance: Glance | undefined }) {
  const { data: outline } = useQuery(outlineQuery(project.name, project.version));
  const found = glance && conditionOf(glance);
  return (
    <li
      aria-busy={!outline || undefined}
      className="group relative flex flex-col overflow-hidden rounded-xl border bg-raised shadow-raised transition-colors hover:border-line-strong"
    >
      <div className="h-40 border-b bg-[radial-gradient(var(--color-line)_1px,transparent_1px)] bg-[size:14px_14px] bg-ground p-4">
        {outline?.boxes.length ? (
          <Picture of={outline} label={`The drawing of ${project.name}`} />
        ) : (
          <div className="flex h-full items-center justify-center text-faint text-xs">
            {outline && "Nothing is drawn yet"}
          </div>
        )}
      </div>
      <div className="flex flex-col gap-1 px-4 py-3">
        <div className="flex items-center justify-between gap-3">
          <h2 className="min-w-0 truncate font-semibold text-base">
            <Link
              href={`/projects/${project.name}`}
              className="after:absolute after:inset-0 after:rounded-xl"
            >
              {project.name}
            </Link>
          </h2>
          <span className="flex shrink-0 items-center gap-2 text-muted text-xs">
            {project.paused && <Badge tone="warn">paused</Badge>}
            {found && <StatusLight condition={found.condition} label={found.label} />}
          </span>
        </div>
        <p className="truncate text-muted text-xs">
          {glance?.release ? (
            <>
              Release {glance.release}
              {glance.who && ` by ${glance.who}`}
              {glance.deployed && (
                <>
                  , <Moment at={glance.deployed} />
                </>
              )}
            </>
          ) : (
            <>
              Made by {project.made_by}, <Moment at={project.made} />
            </>
          )}
        </p>
      </div>
    </li>
  );
}

function Nothing({ mayMake }: { mayMake: boolean }) {
  const [, go] = useLocation();
  return (
    <div className="rounded-xl border border-dashed border-line-strong bg-raised">
      {mayMake ? (
        <EmptyState
          icon={Workflow}
          title="Draw your first backend"
          action={
            <>
              <Button kind="primary" icon={LayoutTemplate} onClick={() => go("/new")}>
                Begin with a stack
              </Button>
              <Button icon={Plus} onClick={() => go("/new?with=nothing")}>
                Begin with nothing
              </Button>
            </>
          }
        >
          <p>
            A project is a drawing: boxes such as nginx, an API or PostgreSQL, and lines between them. Draw a
            line from an API to a database, and the API has its address and its password. Press Deploy, and it
            runs.
          </p>
        </EmptyState>
      ) : (
        <EmptyState icon={Workflow} title="You are in no project yet">
          <p>
            Ask an owner of a project for an invitation, or an administrator for the right to make projects.
          </p>
        </EmptyState>
      )}
    </div>
  );
}
