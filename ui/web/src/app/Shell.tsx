import { useQuery } from "@tanstack/react-query";
import {
  ChevronRight,
  CircleHelp,
  LayoutGrid,
  LogOut,
  Monitor,
  Moon,
  Plus,
  Search,
  Settings2,
  Sun,
  UserRound,
} from "lucide-react";
import { type ReactNode, useEffect, useMemo, useState } from "react";
import { Link, useLocation } from "wouter";
import { api, body, mayMakeProjects, meQuery } from "@/api";
import { useConnection } from "@/live";
import {
  Banner,
  Button,
  Keys,
  Menu,
  MenuChoice,
  MenuItem,
  MenuLabel,
  MenuLine,
  toastFault,
  useTheme,
} from "@/look";
import { type Action, useActions } from "./actions";
import { Mark } from "./Mark";
import { Palette, usePalette } from "./Palette";
import { ShortcutSheet, useShortcutSheet } from "./ShortcutSheet";

interface ShellProps {
  /** Where we are, behind the mark: a project and what is shown of it. */
  place?: ReactNode;
  /** What can be done here, at the right of the bar. */
  tools?: ReactNode;
  children: ReactNode;
}

/** The frame around every screen of somebody who is signed in: the bar, the palette and the keys. */
export function Shell({ place, tools, children }: ShellProps) {
  useGlobalActions();
  return (
    <div className="flex h-full flex-col">
      <a
        href="#content"
        className="absolute top-1 left-1 z-50 -translate-y-16 rounded-md bg-ink px-3 py-1.5 text-inverse focus:translate-y-0"
      >
        Skip to the content
      </a>
      <header className="flex h-11 shrink-0 items-center gap-2 border-b bg-raised pr-2 pl-3">
        <Link href="/" aria-label="Backdraft, all projects" className="rounded-md p-1">
          <Mark className="size-5.5" />
        </Link>
        {place && (
          <nav aria-label="Place" className="flex min-w-0 items-center gap-1">
            <ChevronRight aria-hidden className="size-3.5 shrink-0 text-faint" />
            {place}
          </nav>
        )}
        <div className="flex-1" />
        {tools}
        <Button kind="quiet" icon={Search} onClick={() => usePalette.setState({ isOpen: true })}>
          Search <Keys of="mod+k" />
        </Button>
        <PersonMenu />
      </header>
      <Disconnected />
      <main id="content" tabIndex={-1} className="relative min-h-0 flex-1 focus:outline-none">
        {children}
      </main>
      <Palette />
      <ShortcutSheet />
    </div>
  );
}

/** A connection that comes back within a moment is nobody's concern. */
const TOLD_AFTER = 3_000;

function Disconnected() {
  const isBroken = useConnection() === "broken";
  const [isTold, tell] = useState(false);
  useEffect(() => {
    if (!isBroken) return;
    const timer = setTimeout(() => tell(true), TOLD_AFTER);
    return () => {
      clearTimeout(timer);
      tell(false);
    };
  }, [isBroken]);
  if (!isTold) return null;
  return (
    <Banner tone="warn" className="rounded-none border-x-0 border-t-0">
      The connection to the server is broken: what you see may be old. It is being tried again.
    </Banner>
  );
}

function PersonMenu() {
  const { data: me } = useQuery(meQuery);
  const { theme, choose } = useTheme();
  const [, go] = useLocation();
  if (!me) return null;
  return (
    <Menu
      trigger={
        <button
          type="button"
          aria-label={`${me.name}: account and theme`}
          className="inline-flex size-7 items-center justify-center rounded-full bg-pressed font-semibold text-ink text-xs uppercase hover:bg-line-strong"
        >
          {me.name.slice(0, 1)}
        </button>
      }
    >
      <MenuLabel>
        Signed in as <strong className="text-ink">{me.name}</strong>
      </MenuLabel>
      <MenuItem icon={UserRound} onSelect={() => go("/profile")}>
        Profile and access keys
      </MenuItem>
      {me.is_administrator && (
        <MenuItem icon={Settings2} onSelect={() => go("/administration")}>
          Administration
        </MenuItem>
      )}
      <MenuItem icon={CircleHelp} shortcut="?" onSelect={() => useShortcutSheet.setState({ isOpen: true })}>
        Keyboard shortcuts
      </MenuItem>
      <MenuLine />
      <MenuChoice
        label="Theme"
        value={theme}
        onChoose={choose}
        options={[
          { value: "system", label: "As the system", icon: Monitor },
          { value: "light", label: "Light", icon: Sun },
          { value: "dark", label: "Dark", icon: Moon },
        ]}
      />
      <MenuLine />
      <MenuItem icon={LogOut} onSelect={signOut}>
        Sign out
      </MenuItem>
    </Menu>
  );
}

async function signOut() {
  try {
    await body(api.DELETE("/api/v1/session"));
    // everything that this tab knows is somebody's: it goes with the page
    location.assign("/sign-in");
  } catch (error) {
    toastFault(error);
  }
}

function useGlobalActions() {
  const { data: me } = useQuery(meQuery);
  const [, go] = useLocation();
  const { theme, choose } = useTheme();
  const actions = useMemo<Action[]>(
    () => [
      {
        id: "palette.open",
        label: "Search commands",
        shortcut: "mod+k",
        group: "Everywhere",
        isHidden: true,
        whileTyping: true,
        perform: () => usePalette.setState(({ isOpen }) => ({ isOpen: !isOpen })),
      },
      {
        id: "keys.show",
        label: "Keyboard shortcuts",
        icon: CircleHelp,
        shortcut: "?",
        group: "Everywhere",
        perform: () => useShortcutSheet.setState({ isOpen: true }),
      },
      {
        id: "projects.show",
        label: "All projects",
        icon: LayoutGrid,
        shortcut: "g p",
        group: "Go to",
        perform: () => go("/"),
      },
      ...(me && mayMakeProjects(me)
        ? [
            {
              id: "project.make",
              label: "New project",
              icon: Plus,
              group: "Go to",
              keywords: ["create", "stack"],
              perform: () => go("/new"),
            },
          ]
        : []),
      {
        id: "profile.show",
        label: "Profile and access keys",
        icon: UserRound,
        shortcut: "g u",
        group: "Go to",
        keywords: ["password", "second factor", "sessions", "account"],
        perform: () => go("/profile"),
      },
      ...(me?.is_administrator
        ? [
            {
              id: "administration.show",
              label: "Administration",
              icon: Settings2,
              group: "Go to",
              keywords: ["people", "settings", "audit"],
              perform: () => go("/administration"),
            },
          ]
        : []),
      ...(["system", "light", "dark"] as const)
        .filter((each) => each !== theme)
        .map((each) => ({
          id: `theme.${each}`,
          label: `Theme: ${each === "system" ? "as the system" : each}`,
          icon: each === "system" ? Monitor : each === "light" ? Sun : Moon,
          group: "Everywhere",
          perform: () => choose(each),
        })),
      { id: "session.end", label: "Sign out", icon: LogOut, group: "Everywhere", perform: signOut },
    ],
    [me, go, theme, choose],
  );
  useActions(actions);
}
