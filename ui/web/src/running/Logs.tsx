import { ArrowDownToLine, Trash2 } from "lucide-react";
import { useEffect, useLayoutEffect, useMemo, useRef, useState, useSyncExternalStore } from "react";
import { useBoard } from "@/canvas/context";
import { Button, classes, IconButton } from "@/look";
import { Lines, type LogLine } from "./lines";
import { objects } from "./ndjson";

const ROW = 19;
const BEYOND = 20;
const AGAIN_AFTER = 3_000;

/** What components write, as they write it. */
export default function Logs({ component }: { component: string }) {
  const { project } = useBoard();
  const lines = useMemo(() => new Lines(), []);
  const [fault, setFault] = useState("");
  const [search, setSearch] = useState("");
  const { lines: all, dropped } = useSyncExternalStore(lines.subscribe, lines.now);

  useEffect(() => {
    const aborting = new AbortController();
    let timer: ReturnType<typeof setTimeout> | undefined;
    let newest = 0;
    async function follow() {
      const query = new URLSearchParams({ follow: "true", tail: "500" });
      if (component) query.set("component", component);
      if (newest) query.set("since", String(newest));
      try {
        const response = await fetch(`/api/v1/projects/${encodeURIComponent(project)}/logs?${query}`, {
          signal: aborting.signal,
        });
        for await (const each of objects<Partial<LogLine> & { fault?: string }>(response)) {
          if (each.fault) setFault(each.fault);
          else if (each.text !== undefined) {
            setFault("");
            newest = Math.max(newest, (each as LogLine).time);
            lines.add(each as LogLine);
          }
        }
      } catch (error) {
        if (aborting.signal.aborted) return;
        setFault(error instanceof Error ? error.message : String(error));
      }
      // a stream has an end of its own; what is written goes on
      if (!aborting.signal.aborted) timer = setTimeout(follow, AGAIN_AFTER);
    }
    lines.clear();
    void follow();
    return () => {
      clearTimeout(timer);
      aborting.abort();
    };
  }, [project, component, lines]);

  const shown = useMemo(() => {
    const wanted = search.trim().toLowerCase();
    return wanted ? all.filter((each) => each.text.toLowerCase().includes(wanted)) : all;
  }, [all, search]);

  return (
    <div className="flex h-full flex-col">
      <div className="flex h-9 shrink-0 items-center gap-2 border-b px-3">
        <input
          type="search"
          aria-label="Show only lines with"
          placeholder="Show only lines with …"
          value={search}
          onChange={(event) => setSearch(event.target.value)}
          className="h-7 min-w-0 flex-1 bg-transparent outline-none"
        />
        <span className="text-faint text-xs">
          {shown.length === all.length ? `${all.length} lines` : `${shown.length} of ${all.length} lines`}
          {dropped > 0 && `, ${dropped} older ones are not kept here`}
        </span>
        <IconButton
          icon={Trash2}
          label="Clear what is shown"
          className="size-7"
          onClick={() => lines.clear()}
        />
      </div>
      {fault && (
        <p role="alert" className="border-b bg-warn-soft px-3 py-1 text-warn text-xs">
          {fault}
        </p>
      )}
      <Rows lines={shown} showsComponent={component === ""} />
    </div>
  );
}

function Rows({ lines, showsComponent }: { lines: readonly LogLine[]; showsComponent: boolean }) {
  const box = useRef<HTMLDivElement>(null);
  const [top, setTop] = useState(0);
  const [height, setHeight] = useState(400);
  const [follows, follow] = useState(true);
  const seen = useRef(0);
  if (follows) seen.current = lines.length;
  const first = Math.max(0, Math.floor(top / ROW) - BEYOND);
  const shown = lines.slice(first, first + Math.ceil(height / ROW) + 2 * BEYOND);

  // biome-ignore lint/correctness/useExhaustiveDependencies: new lines keep it at the end
  useLayoutEffect(() => {
    if (follows && box.current) box.current.scrollTop = box.current.scrollHeight;
  }, [lines, follows]);
  useEffect(() => {
    const observer = new ResizeObserver(([entry]) => entry && setHeight(entry.contentRect.height));
    if (box.current) observer.observe(box.current);
    return () => observer.disconnect();
  }, []);

  return (
    <div className="relative min-h-0 flex-1">
      <div
        ref={box}
        role="log"
        aria-label="Lines"
        tabIndex={0}
        onScroll={(event) => {
          const { scrollTop, scrollHeight, clientHeight } = event.currentTarget;
          setTop(scrollTop);
          follow(scrollHeight - scrollTop - clientHeight < ROW);
        }}
        className="scroll-thin absolute inset-0 overflow-auto px-3 py-1 font-mono text-xs"
      >
        <div style={{ height: lines.length * ROW, position: "relative" }}>
          <div style={{ transform: `translateY(${first * ROW}px)` }}>
            {shown.map((each, index) => (
              <div
                // biome-ignore lint/suspicious/noArrayIndexKey: a line has no other key than its place
                key={first + index}
                className="flex gap-3 whitespace-pre"
                style={{ height: ROW, lineHeight: `${ROW}px` }}
              >
                <time className="shrink-0 text-faint">{clock(each.time)}</time>
                {showsComponent && <span className="w-24 shrink-0 truncate text-info">{each.component}</span>}
                <span className="shrink-0 text-faint">{each.replica}</span>
                <span className={classes(each.stream === "stderr" && "text-warn")}>{each.text}</span>
              </div>
            ))}
          </div>
        </div>
        {lines.length === 0 && (
          <p className="py-6 text-center font-sans text-muted">Nothing was written yet.</p>
        )}
      </div>
      {!follows && (
        <Button
          size="small"
          icon={ArrowDownToLine}
          onClick={() => follow(true)}
          className="absolute right-6 bottom-3 shadow-overlay"
        >
          {lines.length > seen.current ? `Paused, ${lines.length - seen.current} new` : "To the newest"}
        </Button>
      )}
    </div>
  );
}

const CLOCK = new Intl.DateTimeFormat("en-GB", {
  hour: "2-digit",
  minute: "2-digit",
  second: "2-digit",
  fractionalSecondDigits: 3,
  hour12: false,
});

function clock(time: number): string {
  return CLOCK.format(time * 1000);
}
