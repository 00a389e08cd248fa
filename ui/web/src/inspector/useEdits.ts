/** Edits of one component, as fields of a form make them: typing into one field is taken back at once. */
import { useMemo } from "react";
import { useBoard } from "@/canvas/context";
import { type Edit, renameAt, setAt, unsetAt, type Value } from "@/model";

export interface Edits {
  /** Writes a value at a path of the text; undefined removes it. */
  put: (path: string, value: Value | undefined) => void;
  rename: (path: string, name: string) => void;
  edit: (label: string, edit: Edit, key?: string) => void;
}

export function useEdits(): Edits {
  const { document } = useBoard();
  return useMemo(
    () => ({
      put: (path, value) =>
        document.edit(
          `Change ${path.split("/").slice(1).join(" ")}`,
          (text) => (value === undefined ? unsetAt(text, path) : setAt(text, path, value)),
          path,
        ),
      rename: (path, name) =>
        document.edit(`Rename ${path.split("/").at(-1)}`, (text) => renameAt(text, path, name)),
      edit: (label, edit, key) => document.edit(label, edit, key),
    }),
    [document],
  );
}
