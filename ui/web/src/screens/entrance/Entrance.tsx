import type { ReactNode } from "react";
import type { Problem } from "@/api";
import { Mark } from "@/app/Mark";
import { Banner } from "@/look";
import { Picture } from "../Picture";

interface EntranceProps {
  title: ReactNode;
  lead?: ReactNode;
  children: ReactNode;
}

const DRAWING = {
  boxes: [
    { name: "front", kind: "nginx", x: 0, y: 130 },
    { name: "api", kind: "python", x: 280, y: 130 },
    { name: "db", kind: "postgres", x: 560, y: 30 },
    { name: "cache", kind: "redis", x: 560, y: 230 },
    { name: "worker", kind: "worker", x: 280, y: 330 },
  ],
  lines: [
    { client: "front", server: "api" },
    { client: "api", server: "db" },
    { client: "api", server: "cache" },
    { client: "worker", server: "cache" },
    { client: "worker", server: "db" },
  ],
};

/** The way in: what has to be typed at the left, and what it is about at the right. */
export function Entrance({ title, lead, children }: EntranceProps) {
  return (
    <div className="scroll-thin grid h-full grid-cols-1 overflow-y-auto lg:grid-cols-[minmax(440px,5fr)_7fr]">
      <main className="flex flex-col bg-raised px-8 py-8 lg:border-r">
        <div className="flex items-center gap-2 font-semibold text-base">
          <Mark className="size-6" /> Backdraft
        </div>
        <div className="mx-auto flex w-full max-w-sm flex-1 flex-col justify-center gap-5 py-10">
          <header>
            <h1 className="font-semibold text-2xl">{title}</h1>
            {lead && <div className="mt-1.5 text-base text-muted">{lead}</div>}
          </header>
          {children}
        </div>
      </main>
      <aside
        aria-label="About Backdraft"
        className="relative hidden flex-col items-center justify-center gap-8 bg-[radial-gradient(var(--color-line-strong)_1px,transparent_1px)] bg-[size:22px_22px] px-10 lg:flex"
      >
        <div className="w-full max-w-2xl">
          <Picture
            of={DRAWING}
            label="A drawing: front, which uses api, which uses db and cache, as does worker"
          />
        </div>
        <p className="rounded-full bg-ground px-4 py-1 text-center text-base text-muted">
          Draw a backend, and it runs.
        </p>
      </aside>
    </div>
  );
}

/** What went wrong with none of the fields. */
export function Wrong({ problem }: { problem: Problem | null }) {
  if (!problem) return null;
  return (
    <Banner tone="bad" title={problem.title}>
      {[problem.detail, problem.remedy].filter(Boolean).join("; ")}
    </Banner>
  );
}
