/** Keeps a document together with the server while it is shown: saves, takes in what others saved, warns before it is left. */
import { useEffect } from "react";
import { stream } from "@/live";
import type { Saved, SchemaDocument } from "./document";
import { forget } from "./opened";

export function useKeptDocument(document: SchemaDocument, newest: Saved): void {
  useEffect(() => document.receive(newest), [document, newest]);
  useEffect(() => {
    const leave = (event: BeforeUnloadEvent) => {
      if (document.store.getState().saving === "saved") return;
      void document.flush();
      event.preventDefault();
    };
    addEventListener("beforeunload", leave);
    const end = stream.listen({
      entry: ({ kind, project }) => {
        if (kind === "project.removed") forget(project);
      },
    });
    return () => {
      removeEventListener("beforeunload", leave);
      end();
      void document.flush();
    };
  }, [document]);
}
