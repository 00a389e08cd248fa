import { describe, expect, it } from "vitest";
import { type Connection, type Entry, Stream } from "./stream";

class Source {
  static readonly CLOSED = 2;
  readyState = 0;
  onopen: (() => void) | null = null;
  onmessage: ((event: { data: string; lastEventId: string }) => void) | null = null;
  onerror: (() => void) | null = null;
  readonly named = new Map<string, (event: { lastEventId: string }) => void>();
  isClosed = false;
  constructor(readonly address: string) {}
  addEventListener(name: string, hear: (event: { lastEventId: string }) => void) {
    this.named.set(name, hear);
  }
  close() {
    this.isClosed = true;
  }
  says(entry: Partial<Entry>) {
    this.onmessage?.({ data: JSON.stringify(entry), lastEventId: String(entry.id) });
  }
  isRefused() {
    this.readyState = 2;
    this.onerror?.();
  }
}

function begun() {
  const sources: Source[] = [];
  const waiting: [() => void, number][] = [];
  const stream = new Stream({
    open: (address) => {
      const made = new Source(address);
      sources.push(made);
      return made as unknown as EventSource;
    },
    later: (act, milliseconds) => {
      waiting.push([act, milliseconds]);
      return 1 as unknown as ReturnType<typeof setTimeout>;
    },
    forget: () => {
      waiting.pop();
    },
    random: () => 1,
  });
  const heard: (Connection | number | "resync")[] = [];
  stream.listen({
    entry: (entry) => heard.push(entry.id),
    resync: () => heard.push("resync"),
    connection: (state) => heard.push(state),
  });
  stream.start();
  const newest = () => sources[sources.length - 1] as Source;
  return { stream, sources, newest, waiting, heard };
}

describe("the stream", () => {
  it("is one connection, however often it is started", () => {
    const { stream, sources } = begun();
    stream.start();
    expect(sources.map((each) => each.address)).toEqual(["/api/v1/events"]);
  });

  it("hands on what happens", () => {
    const { newest, heard } = begun();
    newest().onopen?.();
    newest().says({ id: 7 });
    newest().named.get("resync")?.({ lastEventId: "9" });
    expect(heard).toEqual(["connecting", "open", 7, "resync"]);
  });

  it("goes on after the last event it knows where the server refused it", () => {
    const { newest, waiting, heard } = begun();
    newest().says({ id: 7 });
    newest().isRefused();
    waiting.pop()?.[0]();
    expect(newest().address).toBe("/api/v1/events?after=7");
    expect(heard).toEqual(["connecting", 7, "broken"]);
  });

  it("has everything looked up anew where it broke before it was told an event", () => {
    const { newest, waiting, heard } = begun();
    newest().onopen?.();
    newest().isRefused();
    waiting.pop()?.[0]();
    newest().onopen?.();
    expect([newest().address, heard]).toEqual([
      "/api/v1/events",
      ["connecting", "open", "broken", "resync", "open"],
    ]);
  });

  it("leaves a connection that broke to the browser, which comes back by itself", () => {
    const { newest, waiting, sources, heard } = begun();
    newest().onopen?.();
    newest().onerror?.();
    expect([waiting.length, sources.length, heard.at(-1)]).toEqual([0, 1, "broken"]);
  });

  it("waits longer each time, and half a minute at most", () => {
    const { newest, waiting } = begun();
    const waits = Array.from({ length: 8 }, () => {
      newest().isRefused();
      const [act, milliseconds] = waiting.pop() ?? [() => undefined, 0];
      act();
      return milliseconds;
    });
    expect(waits).toEqual([1000, 2000, 4000, 8000, 16000, 30000, 30000, 30000]);
  });

  it("knows nothing any more once it was stopped", () => {
    const { stream, newest, sources } = begun();
    newest().says({ id: 7 });
    stream.stop();
    stream.start();
    expect(sources.map((each) => [each.address, each.isClosed])).toEqual([
      ["/api/v1/events", true],
      ["/api/v1/events", false],
    ]);
  });
});
