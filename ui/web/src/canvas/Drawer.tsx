import { ScrollText, SquareTerminal, Terminal, X } from "lucide-react";
import { lazy, Suspense, useState } from "react";
import { IconButton, Waiting } from "@/look";
import { type Drawer as Sort, useBoard } from "./context";

const Logs = lazy(() => import("../running/Logs"));
const WebTerminal = lazy(() => import("../running/WebTerminal"));
const Command = lazy(() => import("../running/Command"));

const SORTS: Record<Sort, [string, typeof X]> = {
  logs: ["Logs", ScrollText],
  terminal: ["Terminal", SquareTerminal],
  command: ["Command", Terminal],
};
const LEAST = 140;
let lastHeight = 280;

/** What is looked at below the drawing; as high as it is pulled. */
export default function Drawer({ sort, component }: { sort: Sort; component: string }) {
  const { view } = useBoard();
  const [height, setHeight] = useState(lastHeight);
  const [title, Icon] = SORTS[sort];
  function set(next: number) {
    lastHeight = Math.max(LEAST, Math.min(next, innerHeight - 220));
    setHeight(lastHeight);
  }
  return (
    <section
      aria-label={component ? `${title} of ${component}` : title}
      className="relative flex shrink-0 flex-col border-t bg-raised"
      style={{ height }}
    >
      <div
        role="separator"
        aria-orientation="horizontal"
        aria-label="Height"
        aria-valuenow={height}
        tabIndex={0}
        className="-top-1 absolute inset-x-0 z-10 h-2 cursor-row-resize hover:bg-info-solid/40"
        onKeyDown={(event) => {
          if (event.key === "ArrowUp") set(height + 20);
          if (event.key === "ArrowDown") set(height - 20);
          if (event.key.startsWith("Arrow")) event.stopPropagation();
        }}
        onPointerDown={(event) => {
          event.currentTarget.setPointerCapture(event.pointerId);
          const from = event.clientY + height;
          const target = event.currentTarget;
          target.onpointermove = (move) => set(from - move.clientY);
          target.onpointerup = () => {
            target.onpointermove = null;
          };
        }}
      />
      <header className="flex h-9 shrink-0 items-center gap-2 border-b pr-1 pl-3">
        <Icon aria-hidden className="size-4 text-muted" />
        <h2 className="font-semibold">{title}</h2>
        <span className="truncate text-muted">{component || "of everything"}</span>
        <span className="flex-1" />
        <IconButton
          icon={X}
          label="Close"
          className="size-7"
          onClick={() => view.setState({ drawer: null })}
        />
      </header>
      <div className="relative min-h-0 flex-1">
        <Suspense fallback={<Waiting what="Opening" />}>
          {sort === "logs" && <Logs component={component} />}
          {sort === "terminal" && <WebTerminal component={component} />}
          {sort === "command" && <Command component={component} />}
        </Suspense>
      </div>
    </section>
  );
}
