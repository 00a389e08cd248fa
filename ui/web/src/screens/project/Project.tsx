import { useQuery } from "@tanstack/react-query";
import {
  ChevronsUpDown,
  History,
  KeyRound,
  LayoutGrid,
  type LucideIcon,
  Plus,
  ScrollText,
  Settings,
  UsersRound,
  VenetianMask,
  Workflow,
} from "lucide-react";
import { lazy, type ReactNode, Suspense, useMemo } from "react";
import { Link, Route, Switch, useLocation } from "wouter";
import {
  isProblem,
  type Me,
  may,
  mayMakeProjects,
  meQuery,
  type Permission,
  projectQuery,
  projectsQuery,
} from "@/api";
import { type Action, useActions } from "@/app/actions";
import { ErrorBoundary } from "@/app/ErrorBoundary";
import { Loaded } from "@/app/Loaded";
import { Shell } from "@/app/Shell";
import { classes, Menu, MenuItem, MenuLabel, MenuLine, Waiting } from "@/look";
import { NotFound } from "../NotFound";

const Canvas = lazy(() => import("@/canvas"));
const Releases = lazy(() => import("../releases"));
const Secrets = lazy(() => import("./Secrets"));
const Members = lazy(() => import("./Members"));
const ProjectKeys = lazy(() => import("./ProjectKeys"));
const ProjectAudit = lazy(() => import("./ProjectAudit"));
const ProjectSettings = lazy(() => import("./ProjectSettings"));

interface Room {
  /** What stands behind the project's name in the address. */
  path: string;
  label: string;
  icon: LucideIcon;
  shortcut: string;
  /** Who may see it at all. */
  needs?: Permission;
}

const ROOMS: readonly Room[] = [
  { path: "", label: "Canvas", icon: Workflow, shortcut: "g c" },
  { path: "/releases", label: "Releases", icon: History, shortcut: "g r" },
  { path: "/secrets", label: "Secrets", icon: VenetianMask, shortcut: "g s" },
  { path: "/members", label: "Members", icon: UsersRound, shortcut: "g m" },
  { path: "/keys", label: "Keys", icon: KeyRound, shortcut: "g k" },
  { path: "/audit", label: "Audit", icon: ScrollText, shortcut: "g a", needs: "manage" },
  { path: "/settings", label: "Settings", icon: Settings, shortcut: "g e" },
];

/** Everything that is about one project: the rail, and what is chosen there. */
export function Project({ name }: { name: string }) {
  const { data: me } = useQuery(meQuery);
  const project = useQuery(projectQuery(name));
  const rooms = ROOMS.filter((each) => !each.needs || (me && may(me, each.needs, name)));
  useRoomActions(name, rooms);
  if (isProblem(project.error, "not-found")) {
    return (
      <Shell>
        <NotFound what="project" />
      </Shell>
    );
  }
  return (
    <Shell place={<Switcher name={name} me={me} />}>
      <div className="flex h-full">
        <Rail name={name} rooms={rooms} />
        <div className="min-w-0 flex-1">
          <Loaded of={project} what="project">
            {() => <Rooms name={name} />}
          </Loaded>
        </div>
      </div>
    </Shell>
  );
}

function Rooms({ name }: { name: string }) {
  const [place] = useLocation();
  const base = `/projects/${encodeURIComponent(name)}`;
  return (
    <ErrorBoundary resetBy={place}>
      <Suspense fallback={<Waiting what="Loading" className="h-full" />}>
        <Switch>
          <Route path={base}>
            <Canvas project={name} />
          </Route>
          <Route path={`${base}/releases/*?`}>
            <Scrolled>
              <Releases project={name} />
            </Scrolled>
          </Route>
          <Route path={`${base}/secrets`}>
            <Scrolled>
              <Secrets project={name} />
            </Scrolled>
          </Route>
          <Route path={`${base}/members`}>
            <Scrolled>
              <Members project={name} />
            </Scrolled>
          </Route>
          <Route path={`${base}/keys`}>
            <Scrolled>
              <ProjectKeys project={name} />
            </Scrolled>
          </Route>
          <Route path={`${base}/audit`}>
            <Scrolled>
              <ProjectAudit project={name} />
            </Scrolled>
          </Route>
          <Route path={`${base}/settings`}>
            <Scrolled>
              <ProjectSettings project={name} />
            </Scrolled>
          </Route>
          <Route>
            <NotFound />
          </Route>
        </Switch>
      </Suspense>
    </ErrorBoundary>
  );
}

function Scrolled({ children }: { children: ReactNode }) {
  return <div className="scroll-thin h-full overflow-y-auto">{children}</div>;
}

function Rail({ name, rooms }: { name: string; rooms: readonly Room[] }) {
  const [place] = useLocation();
  const base = `/projects/${encodeURIComponent(name)}`;
  return (
    <nav aria-label="Project" className="flex w-17 shrink-0 flex-col gap-1 border-r bg-raised p-1.5">
      {rooms.map(({ path, label, icon: Icon }) => {
        const isHere = path ? place.startsWith(base + path) : place === base;
        return (
          <Link
            key={path}
            href={base + path}
            aria-current={isHere ? "page" : undefined}
            className={classes(
              "flex flex-col items-center gap-1 rounded-md py-2 text-2xs transition-colors",
              isHere ? "bg-pressed font-medium text-ink" : "text-muted hover:bg-hover hover:text-ink",
            )}
          >
            <Icon aria-hidden className="size-4.5" />
            {label}
          </Link>
        );
      })}
    </nav>
  );
}

function Switcher({ name, me }: { name: string; me: Me | undefined }) {
  const { data: projects } = useQuery(projectsQuery);
  const [, go] = useLocation();
  return (
    <Menu
      align="start"
      trigger={
        <button
          type="button"
          aria-label={`Project ${name}, change`}
          className="inline-flex h-7 min-w-0 items-center gap-1.5 rounded-md px-2 font-medium hover:bg-hover"
        >
          <span className="truncate">{name}</span>
          <ChevronsUpDown aria-hidden className="size-3.5 shrink-0 text-faint" />
        </button>
      }
    >
      <MenuLabel>Projects</MenuLabel>
      {projects?.map((each) => (
        <MenuItem key={each.name} icon={Workflow} onSelect={() => go(`/projects/${each.name}`)}>
          {each.name}
        </MenuItem>
      ))}
      <MenuLine />
      <MenuItem icon={LayoutGrid} shortcut="g p" onSelect={() => go("/")}>
        All projects
      </MenuItem>
      {me && mayMakeProjects(me) && (
        <MenuItem icon={Plus} onSelect={() => go("/new")}>
          New project
        </MenuItem>
      )}
    </Menu>
  );
}

function useRoomActions(name: string, rooms: readonly Room[]) {
  const [, go] = useLocation();
  const paths = rooms.map((each) => each.path).join(" ");
  const actions = useMemo<Action[]>(
    () =>
      ROOMS.filter((each) => paths.split(" ").includes(each.path)).map(({ path, label, icon, shortcut }) => ({
        id: `room.${path.slice(1) || "canvas"}`,
        label: `${label} of ${name}`,
        icon,
        shortcut,
        group: "Go to",
        perform: () => go(`/projects/${encodeURIComponent(name)}${path}`),
      })),
    [paths, name, go],
  );
  useActions(actions);
}
