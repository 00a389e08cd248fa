import { classes } from "./classes";

const FILES = import.meta.glob<string>("../../../../templates/icons/*.svg", {
  query: "?raw",
  import: "default",
  eager: true,
});
const ICONS = new Map(
  Object.entries(FILES).map(([path, text]) => [path.slice(path.lastIndexOf("/") + 1, -".svg".length), text]),
);
const UNKNOWN = ICONS.get("container") ?? "";

/** The picture of a kind, from our own files; that of a plain container where the kind has none. */
export function KindIcon({ kind, className }: { kind: string; className?: string }) {
  return (
    <span
      aria-hidden
      className={classes("inline-flex shrink-0 [&>svg]:size-full", className ?? "size-4")}
      // biome-ignore lint/security/noDangerouslySetInnerHtml: files of this repository, read when it is built
      dangerouslySetInnerHTML={{ __html: ICONS.get(kind) ?? UNKNOWN }}
    />
  );
}
