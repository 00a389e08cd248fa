import { ArrowLeft } from "lucide-react";
import type { ReactNode } from "react";
import { Link } from "wouter";
import { classes } from "./classes";

interface PageProps {
  title: ReactNode;
  /** One sentence on what is here. */
  lead?: ReactNode;
  actions?: ReactNode;
  /** The page that this one is a part of. */
  back?: { to: string; label: string };
  width?: "narrow" | "wide";
  children: ReactNode;
}

/** A screen of text and tables: its title, what can be done, and the rest. */
export function Page({ title, lead, actions, back, width = "wide", children }: PageProps) {
  return (
    <div
      className={classes(
        "mx-auto flex w-full flex-col gap-6 px-6 py-7",
        width === "wide" ? "max-w-6xl" : "max-w-3xl",
      )}
    >
      <header className="flex flex-wrap items-start justify-between gap-x-6 gap-y-3">
        <div className="min-w-0">
          {back && (
            <Link
              href={back.to}
              className="mb-1 inline-flex items-center gap-1 rounded-sm text-muted text-xs hover:text-ink"
            >
              <ArrowLeft aria-hidden className="size-3.5" /> {back.label}
            </Link>
          )}
          <h1 className="font-semibold text-xl">{title}</h1>
          {lead && <p className="mt-0.5 max-w-2xl text-pretty text-muted">{lead}</p>}
        </div>
        {actions && <div className="flex flex-wrap gap-2">{actions}</div>}
      </header>
      {children}
    </div>
  );
}

interface SectionProps {
  title: ReactNode;
  lead?: ReactNode;
  actions?: ReactNode;
  children?: ReactNode;
}

/** A part of a page, in a frame of its own. */
export function Section({ title, lead, actions, children }: SectionProps) {
  return (
    <section className="rounded-lg border bg-raised shadow-raised">
      <header
        className={classes(
          "flex flex-wrap justify-between gap-3 px-5 py-4",
          lead ? "items-start" : "items-center",
        )}
      >
        <div className="min-w-0 flex-1">
          <h2 className="font-semibold text-base">{title}</h2>
          {lead && <div className="mt-0.5 max-w-2xl text-pretty text-muted">{lead}</div>}
        </div>
        {actions}
      </header>
      {children && <div className="border-t px-5 py-4">{children}</div>}
    </section>
  );
}
