import { classes } from "./classes";

const FILES = import.meta.glob<string>("../../../../templates/icons/*.svg", {
  query: "?raw",
  import: "default",
  eager: true,
});
const ICONS = new Map(
  Object.entries(FILES).map(([path, text]) => [path.slice(path.lastIndexOf("/") + 1, -".svg".length), text]),
);

/** The picture of that name as SVG text, from our own files; that of a plain container where there is none. */
export function kindIcon(icon: string): string {
  return ICONS.get(icon) ?? ICONS.get("container") ?? "";
}

/** The picture of a kind. `kind` is the name of its picture (`icon` of the catalogue), which most kinds share. */
export function KindIcon({ kind, className }: { kind: string; className?: string }) {
  return (
    <span
      aria-hidden
      className={classes("inline-flex shrink-0 [&>svg]:size-full", className ?? "size-4")}
      // biome-ignore lint/security/noDangerouslySetInnerHtml: files of this repository, read when it is built
      dangerouslySetInnerHTML={{ __html: kindIcon(kind) }}
    />
  );
}
