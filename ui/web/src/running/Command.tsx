import { Play, Square } from "lucide-react";
import { useRef, useState } from "react";
import { csrfToken } from "@/api/client";
import { useBoard, useComponent, useKind } from "@/canvas/context";
import { FIELD } from "@/inspector/fields/inputs";
import { words } from "@/inspector/fields/rule";
import { Button, classes } from "@/look";
import { objects } from "./ndjson";

interface Told {
  stream?: string;
  text?: string;
  exit_code?: number;
  fault?: string;
}

/** A program that is run once, in a replica that runs; of a job, the job itself. */
export default function Command({ component }: { component: string }) {
  const { project } = useBoard();
  const drawn = useComponent(component);
  const isJob = useKind(drawn?.kind ?? "")?.run === "job";
  const [line, setLine] = useState("");
  const [told, setTold] = useState<Told[]>([]);
  const [isRunning, run] = useState(false);
  const aborting = useRef<AbortController | null>(null);

  async function start() {
    const argv = isJob ? [] : words(line);
    if (!isJob && argv.length === 0) return;
    setTold([]);
    run(true);
    aborting.current = new AbortController();
    const place = `/api/v1/projects/${encodeURIComponent(project)}/components/${encodeURIComponent(component)}/run`;
    try {
      const response = await fetch(place, {
        method: "POST",
        headers: { "Content-Type": "application/json", "X-CSRF-Token": csrfToken() },
        body: JSON.stringify({ argv }),
        signal: aborting.current.signal,
      });
      for await (const each of objects<Told>(response)) {
        if (Object.keys(each).length > 0) setTold((before) => [...before.slice(-5_000), each]);
      }
    } catch (error) {
      const fault = aborting.current.signal.aborted
        ? "It was ended."
        : error instanceof Error
          ? error.message
          : String(error);
      setTold((before) => [...before, { fault }]);
    } finally {
      run(false);
    }
  }

  return (
    <div className="flex h-full flex-col">
      <form
        className="flex items-center gap-2 border-b px-3 py-2"
        onSubmit={(event) => {
          event.preventDefault();
          if (!isRunning) void start();
        }}
      >
        {isJob ? (
          <p className="flex-1 text-muted">Starts the job now, beside its schedule.</p>
        ) : (
          <input
            aria-label="Program and arguments"
            placeholder="flask routes"
            value={line}
            spellCheck={false}
            onChange={(event) => setLine(event.target.value)}
            className={classes(FIELD, "h-8 flex-1 font-mono text-xs")}
          />
        )}
        {isRunning ? (
          <Button icon={Square} onClick={() => aborting.current?.abort()}>
            End it
          </Button>
        ) : (
          <Button type="submit" icon={Play} disabled={!isJob && !line.trim()}>
            Run
          </Button>
        )}
      </form>
      <pre
        role="log"
        aria-label="What it writes"
        tabIndex={0}
        className="scroll-thin min-h-0 flex-1 overflow-auto whitespace-pre-wrap break-words bg-sunken px-3 py-2"
      >
        {told.length === 0 && !isRunning && (
          <span className="text-faint">
            The arguments stand in the audit log: hand secrets to a component by the drawing, never in a
            command.
          </span>
        )}
        {told.map((each, index) => (
          <span
            // biome-ignore lint/suspicious/noArrayIndexKey: they only ever grow
            key={index}
            className={classes(each.stream === "stderr" && "text-warn", each.fault && "text-bad")}
          >
            {each.text ?? each.fault ?? `\nIt ended with exit code ${each.exit_code}.`}
          </span>
        ))}
      </pre>
    </div>
  );
}
