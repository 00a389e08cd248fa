import type { ReactNode } from "react";
import { classes } from "./classes";

export interface Column<T> {
  key: string;
  title: ReactNode;
  cell: (row: T) => ReactNode;
  /** Numbers stand at the right. */
  align?: "left" | "right";
  className?: string;
}

interface TableProps<T> {
  /** What the table is about; read aloud, not shown. */
  label: string;
  columns: readonly Column<T>[];
  rows: readonly T[];
  id: (row: T) => string | number;
}

/** Rows of equals, in a frame that scrolls sideways before it breaks. */
export function Table<T>({ label, columns, rows, id }: TableProps<T>) {
  return (
    <div
      className="scroll-thin overflow-x-auto rounded-lg border bg-raised shadow-raised"
      tabIndex={0}
      role="region"
      aria-label={label}
    >
      <table className="w-full border-collapse text-left">
        <thead>
          <tr className="border-b">
            {columns.map((each) => (
              <th
                key={each.key}
                scope="col"
                className={classes(
                  "h-9 whitespace-nowrap px-3 font-medium text-muted text-xs first:pl-4 last:pr-4",
                  each.align === "right" && "text-right",
                )}
              >
                {each.title}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map((row) => (
            <tr key={id(row)} className="border-b last:border-0 hover:bg-hover/50">
              {columns.map((each) => (
                <td
                  key={each.key}
                  className={classes(
                    "h-11 px-3 py-1.5 first:pl-4 last:pr-4",
                    each.align === "right" && "text-right",
                    each.className,
                  )}
                >
                  {each.cell(row)}
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
