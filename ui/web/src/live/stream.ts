/** The one stream of events of this tab: begun once, resumed where it broke, for everybody who listens. */

export interface Entry {
  id: number;
  project: string;
  /** `noun.verb`, such as `deploy.phase` or `status.changed`. */
  kind: string;
  /** In seconds since 1970. */
  at: number;
  content: Readonly<Record<string, unknown>>;
}

export type Connection = "connecting" | "open" | "broken";

export interface Listener {
  /** Something happened. */
  entry?: (entry: Entry) => void;
  /** So much was missed that what is known has to be looked up anew. */
  resync?: () => void;
  connection?: (connection: Connection) => void;
}

/** What the stream needs of a browser; a test brings its own. */
export interface Surroundings {
  open: (address: string) => EventSource;
  later: (act: () => void, milliseconds: number) => ReturnType<typeof setTimeout>;
  forget: (timer: ReturnType<typeof setTimeout>) => void;
  random: () => number;
}

export const ADDRESS = "/api/v1/events";
const CLOSED = 2; // EventSource.CLOSED
const FIRST_WAIT = 1_000;
const LONGEST_WAIT = 30_000;
const ofTheBrowser: Surroundings = {
  open: (address) => new EventSource(address),
  later: (act, milliseconds) => setTimeout(act, milliseconds),
  forget: (timer) => clearTimeout(timer),
  random: Math.random,
};

export class Stream {
  private source: EventSource | null = null;
  private timer: ReturnType<typeof setTimeout> | null = null;
  private last: string | null = null;
  private failures = 0;
  private hasOpened = false;
  private readonly listeners = new Set<Listener>();
  private state: Connection = "connecting";

  constructor(private readonly surroundings: Surroundings = ofTheBrowser) {}

  /** Hear what happens, until the function that comes back is called. */
  listen(listener: Listener): () => void {
    this.listeners.add(listener);
    listener.connection?.(this.state);
    return () => this.listeners.delete(listener);
  }

  start(): void {
    if (this.source || this.timer) return;
    this.connect();
  }

  /** End it for good, as when somebody signs out; what happened is forgotten. */
  stop(): void {
    this.close();
    this.last = null;
    this.hasOpened = false;
    this.failures = 0;
    this.tell("connecting");
  }

  private connect(): void {
    const source = this.surroundings.open(this.last ? `${ADDRESS}?after=${this.last}` : ADDRESS);
    this.source = source;
    source.onopen = () => {
      this.failures = 0;
      // it was broken before the first event: what happened meanwhile, nobody tells
      if (this.hasOpened && !this.last) this.resync();
      this.hasOpened = true;
      this.tell("open");
    };
    source.onmessage = (event: MessageEvent<string>) => {
      this.last = event.lastEventId || this.last;
      const entry = JSON.parse(event.data) as Entry;
      for (const each of this.listeners) each.entry?.(entry);
    };
    source.addEventListener("resync", (event) => {
      this.last = (event as MessageEvent).lastEventId || this.last;
      this.resync();
    });
    // the server ends it when it stops, or when it no longer knows us: the next look-up tells which
    source.addEventListener("end", () => this.again());
    source.onerror = () => {
      // a browser comes back by itself after a broken connection, but not after an answer like 503
      if (source.readyState === CLOSED) this.again();
      else this.tell("broken");
    };
  }

  private again(): void {
    this.close();
    this.tell("broken");
    const wait = Math.min(LONGEST_WAIT, FIRST_WAIT * 2 ** this.failures);
    this.failures += 1;
    this.timer = this.surroundings.later(
      () => {
        this.timer = null;
        this.connect();
      },
      wait * (0.5 + this.surroundings.random() / 2),
    );
  }

  private close(): void {
    this.source?.close();
    this.source = null;
    if (this.timer) this.surroundings.forget(this.timer);
    this.timer = null;
  }

  private resync(): void {
    for (const each of this.listeners) each.resync?.();
  }

  private tell(state: Connection): void {
    if (state === this.state) return;
    this.state = state;
    for (const each of this.listeners) each.connection?.(state);
  }
}

export const stream = new Stream();
