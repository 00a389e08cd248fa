import { useEffect, useState } from "react";

const STEPS: readonly [number, Intl.RelativeTimeFormatUnit][] = [
  [60, "second"],
  [3600, "minute"],
  [86_400, "hour"],
  [86_400 * 30, "day"],
  [86_400 * 365, "month"],
  [Number.POSITIVE_INFINITY, "year"],
];
const SECONDS: Partial<Record<Intl.RelativeTimeFormatUnit, number>> = {
  second: 1,
  minute: 60,
  hour: 3600,
  day: 86_400,
  month: 86_400 * 30,
  year: 86_400 * 365,
};
const relative = new Intl.RelativeTimeFormat("en", { numeric: "auto" });
const absolute = new Intl.DateTimeFormat("en-GB", { dateStyle: "medium", timeStyle: "medium" });

/** `3 minutes ago`, `in 5 days`; times in seconds since 1970. */
export function ago(at: number, now: number): string {
  const seconds = at - now;
  if (Math.abs(seconds) < 5) return "just now";
  const unit = STEPS.find(([most]) => Math.abs(seconds) < most)?.[1] ?? "year";
  return relative.format(Math.round(seconds / (SECONDS[unit] ?? 1)), unit);
}

/** `1 h 4 min`, `12 s`, `0.4 s`. */
export function duration(seconds: number): string {
  if (seconds < 10) return `${Math.max(0, seconds).toFixed(1)} s`;
  if (seconds < 60) return `${Math.round(seconds)} s`;
  if (seconds < 3600) return `${Math.floor(seconds / 60)} min ${Math.round(seconds % 60)} s`;
  return `${Math.floor(seconds / 3600)} h ${Math.floor((seconds % 3600) / 60)} min`;
}

const EVERY = 15_000;

/** A moment as people say it; exactly when, where it is pointed at. */
export function Moment({ at, className }: { at: number; className?: string }) {
  const [now, setNow] = useState(() => Date.now() / 1000);
  useEffect(() => {
    const timer = setInterval(() => setNow(Date.now() / 1000), EVERY);
    return () => clearInterval(timer);
  }, []);
  const date = new Date(at * 1000);
  return (
    <time
      dateTime={date.toISOString()}
      title={absolute.format(date)}
      className={className ?? "whitespace-nowrap"}
    >
      {ago(at, now)}
    </time>
  );
}
