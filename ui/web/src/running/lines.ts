/** Lines of logs outside of React: the newest of them, told at most once per frame. */

export interface LogLine {
  component: string;
  replica: number;
  /** In seconds since 1970. */
  time: number;
  stream: string;
  text: string;
}

export const KEPT = 20_000;

export class Lines {
  private kept: LogLine[] = [];
  private dropped = 0;
  private frame = 0;
  private snapshot: { lines: readonly LogLine[]; dropped: number } = { lines: [], dropped: 0 };
  private readonly listeners = new Set<() => void>();

  constructor(
    private readonly nextFrame: (act: () => void) => number = (act) => requestAnimationFrame(act),
  ) {}

  add(line: LogLine): void {
    this.kept.push(line);
    // by halves: shifting one by one would move all the others each time
    if (this.kept.length > KEPT * 1.5) {
      const excess = this.kept.length - KEPT;
      this.kept = this.kept.slice(excess);
      this.dropped += excess;
    }
    if (!this.frame) this.frame = this.nextFrame(() => this.tell());
  }

  clear(): void {
    this.kept = [];
    this.dropped = 0;
    this.tell();
  }

  readonly subscribe = (listener: () => void): (() => void) => {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  };

  readonly now = (): { lines: readonly LogLine[]; dropped: number } => this.snapshot;

  private tell(): void {
    this.frame = 0;
    this.snapshot = { lines: this.kept.slice(), dropped: this.dropped };
    for (const each of this.listeners) each();
  }
}
