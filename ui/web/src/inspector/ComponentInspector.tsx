import {
  MoreHorizontal,
  Pencil,
  Play,
  RotateCw,
  ScrollText,
  Square,
  SquareTerminal,
  Terminal,
  Trash2,
} from "lucide-react";
import { useState } from "react";
import type { Kind } from "@/api";
import { perform } from "@/app/actions";
import { useAction } from "@/canvas/Bar";
import { useBoard, useComponent, useKind } from "@/canvas/context";
import { boxId } from "@/canvas/flow/nodes";
import { LightOf } from "@/canvas/LightOf";
import { IconButton, KindIcon, Menu, MenuItem, MenuLine, Tabs } from "@/look";
import type { Component } from "@/model";
import { Environment } from "./Environment";
import { operate } from "./operating";
import { Remarks } from "./Remarks";
import { Running } from "./Running";
import { SettingsTab } from "./SettingsTab";

type Tab = "settings" | "environment" | "running";
/** Which tab is looked at stays, from one box to the next. */
let lastTab: Tab = "settings";

export function ComponentInspector({ name }: { name: string }) {
  const component = useComponent(name);
  const kind = useKind(component?.kind ?? "");
  const [tab, setTab] = useState<Tab>(lastTab);
  if (!component) return null;
  return (
    <>
      <Head component={component} kind={kind} />
      <Remarks id={boxId(name)} />
      <Tabs<Tab>
        label={`About ${name}`}
        value={tab}
        onChange={(next) => {
          lastTab = next;
          setTab(next);
        }}
        className="min-h-0 flex-1 [&>[role=tablist]]:px-3 [&>[role=tabpanel]]:overflow-y-auto [&>[role=tabpanel]]:scroll-thin"
        tabs={[
          {
            value: "settings",
            label: "Settings",
            content: <SettingsTab component={component} kind={kind} />,
          },
          { value: "environment", label: "Environment", content: <Environment component={component} /> },
          { value: "running", label: "Running", content: <Running component={name} /> },
        ]}
      />
    </>
  );
}

function Head({ component, kind }: { component: Component; kind: Kind | undefined }) {
  const { project, document, view, mayDraw, mayOperate } = useBoard();
  const rename = useAction("component.rename");
  const remove = useAction("selection.remove");
  const { name } = component;
  return (
    <header className="flex items-start gap-2.5 border-b px-3 py-2.5">
      <span className="mt-0.5 inline-flex size-9 shrink-0 items-center justify-center rounded-lg border bg-sunken">
        <KindIcon kind={kind?.icon ?? "container"} className="size-5" />
      </span>
      <div className="min-w-0 flex-1">
        <h2 className="flex items-center gap-1">
          <span className="truncate font-semibold text-base" title={name}>
            {name}
          </span>
          {mayDraw && rename && (
            <IconButton
              icon={Pencil}
              label="Rename"
              shortcut="f2"
              className="size-6 [&>svg]:size-3.5"
              onClick={() => {
                document.select([boxId(name)]);
                perform(rename);
              }}
            />
          )}
        </h2>
        <p className="truncate text-muted text-xs">{kind?.title ?? `Unknown kind “${component.kind}”`}</p>
        <p className="mt-0.5 text-xs">
          <LightOf project={project} component={name} />
        </p>
      </div>
      <Menu
        trigger={
          <button
            type="button"
            aria-label={`What can be done with ${name}`}
            className="inline-flex size-8 items-center justify-center rounded-md text-muted hover:bg-hover hover:text-ink"
          >
            <MoreHorizontal aria-hidden className="size-4" />
          </button>
        }
      >
        <MenuItem
          icon={ScrollText}
          onSelect={() => view.setState({ drawer: { sort: "logs", component: name } })}
        >
          Logs
        </MenuItem>
        {mayOperate && (
          <>
            <MenuItem
              icon={SquareTerminal}
              onSelect={() => view.setState({ drawer: { sort: "terminal", component: name } })}
            >
              Terminal
            </MenuItem>
            <MenuItem
              icon={Terminal}
              onSelect={() => view.setState({ drawer: { sort: "command", component: name } })}
            >
              Run a command
            </MenuItem>
            <MenuLine />
            <MenuItem icon={Play} onSelect={() => operate(project, name, "start")}>
              Start
            </MenuItem>
            <MenuItem icon={RotateCw} onSelect={() => operate(project, name, "restart")}>
              Restart
            </MenuItem>
            <MenuItem icon={Square} onSelect={() => operate(project, name, "stop")}>
              Stop
            </MenuItem>
          </>
        )}
        {mayDraw && (
          <>
            <MenuLine />
            <MenuItem icon={Trash2} shortcut="delete" onSelect={() => remove && perform(remove)}>
              Remove from the drawing
            </MenuItem>
          </>
        )}
      </Menu>
    </header>
  );
}
