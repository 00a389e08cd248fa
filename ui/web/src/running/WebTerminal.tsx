import "@xterm/xterm/css/xterm.css";
import { FitAddon } from "@xterm/addon-fit";
import { Terminal } from "@xterm/xterm";
import { RotateCw } from "lucide-react";
import { useEffect, useRef, useState } from "react";
import { api, body } from "@/api";
import { useBoard } from "@/canvas/context";
import { Button } from "@/look";

/** A shell in a replica of a component. What is begun at it ends with it. */
export default function WebTerminal({ component }: { component: string }) {
  const { project } = useBoard();
  const place = useRef<HTMLDivElement>(null);
  const [over, setOver] = useState("");
  const [round, again] = useState(0);

  // biome-ignore lint/correctness/useExhaustiveDependencies: another round is another terminal
  useEffect(() => {
    if (!place.current) return;
    setOver("");
    const terminal = new Terminal({
      fontFamily: '"JetBrains Mono Variable", monospace',
      fontSize: 12.5,
      cursorBlink: false,
      theme: coloursOf(place.current),
      scrollback: 5_000,
      screenReaderMode: true,
    });
    const fit = new FitAddon();
    terminal.loadAddon(fit);
    terminal.open(place.current);
    fit.fit();
    terminal.focus();
    let socket: WebSocket | null = null;
    let isGone = false;
    const encoder = new TextEncoder();
    // what is typed before the line is there, is not lost
    const early: string[] = [];
    async function open() {
      const { url } = await body(
        api.POST("/api/v1/projects/{project}/components/{component}/terminal", {
          params: { path: { project, component } },
          body: { rows: terminal.rows, columns: terminal.cols, replica: null },
        }),
      );
      if (isGone) return;
      const line = new WebSocket(new URL(url, location.href.replace(/^http/, "ws")));
      socket = line;
      line.binaryType = "arraybuffer";
      line.onopen = () => {
        for (const text of early) line.send(encoder.encode(text));
        early.length = 0;
      };
      line.onmessage = ({ data }) => terminal.write(new Uint8Array(data as ArrayBuffer));
      line.onclose = ({ reason }) => !isGone && setOver(reason || "The terminal is closed.");
    }
    open().catch((error) => !isGone && setOver(error instanceof Error ? error.message : String(error)));
    const typing = terminal.onData((text) => {
      if (socket?.readyState === WebSocket.OPEN) socket.send(encoder.encode(text));
      else if (!socket || socket.readyState === WebSocket.CONNECTING) early.push(text);
    });
    const sizing = terminal.onResize(({ rows, cols: columns }) => {
      if (socket?.readyState === WebSocket.OPEN) socket.send(JSON.stringify({ rows, columns }));
    });
    const observer = new ResizeObserver(() => fit.fit());
    observer.observe(place.current);
    return () => {
      isGone = true;
      observer.disconnect();
      typing.dispose();
      sizing.dispose();
      socket?.close();
      terminal.dispose();
    };
  }, [project, component, round]);

  return (
    <div className="flex h-full flex-col bg-sunken">
      {over && (
        <div
          role="status"
          className="flex items-center justify-between gap-2 border-b bg-warn-soft px-3 py-1.5 text-xs"
        >
          <span className="min-w-0 break-words">{over}</span>
          <Button size="small" icon={RotateCw} onClick={() => again(round + 1)}>
            Open another
          </Button>
        </div>
      )}
      <div ref={place} className="min-h-0 flex-1 overflow-hidden py-1 pl-3" />
    </div>
  );
}

function coloursOf(element: HTMLElement) {
  const colour = (token: string) => {
    // one for each colour: from one to the other it would fade
    const probe = document.createElement("span");
    probe.style.color = `var(--color-${token})`;
    element.append(probe);
    const found = getComputedStyle(probe).color;
    probe.remove();
    return found;
  };
  return {
    background: colour("sunken"),
    foreground: colour("ink"),
    cursor: colour("ink"),
    selectionBackground: colour("pressed"),
    red: colour("bad"),
    green: colour("ok"),
    yellow: colour("warn"),
    blue: colour("info"),
    magenta: colour("staged"),
  };
}
