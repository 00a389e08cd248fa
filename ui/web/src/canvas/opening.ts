/** Beginning a drawing with one that exists: a file, or a stack with its sample code. */
import { useQueryClient } from "@tanstack/react-query";
import { useMemo } from "react";
import { create } from "zustand";
import { may, meQuery, type Stack } from "@/api";
import { sendStackSources } from "@/deploying/sources";
import { toast, toastFault } from "@/look";
import { applied, readDrawing, setAt } from "@/model";
import { useBoard } from "./context";

const LARGEST = 2 ** 20;

/** A drawing that waits for the answer whether it takes the place of what is drawn. */
export const replacing = create<{ text: string; title: string } | null>(() => null);

export function useOpening() {
  const { document, project, mayDraw } = useBoard();
  const queries = useQueryClient();
  return useMemo(() => {
    const take = (text: string, title: string) => {
      const named = applied(text, setAt(text, "name", project));
      if (document.store.getState().drawing.components.size > 0)
        replacing.setState({ text: named, title }, true);
      else document.setText(named, `Begin with ${title}`);
    };
    return {
      async open(file: File | undefined) {
        if (!file || !mayDraw) return;
        if (file.size > LARGEST) {
          toastFault(`${file.name} is larger than a schema may be (1 MiB).`);
          return;
        }
        const text = await file.text();
        const { drawing, faults } = readDrawing(text);
        if (!drawing) {
          toastFault(`${file.name} cannot be read: ${faults[0]?.fault ?? "it is no YAML"}`);
          return;
        }
        take(text, file.name);
      },
      begin(stack: Stack) {
        take(stack.text, `the stack “${stack.title}”`);
        const me = queries.getQueryData(meQuery.queryKey);
        if (!stack.text.includes("source:") || !me || !may(me, "deploy", project)) return;
        sendStackSources(queries, project, stack.stack)
          .then(() => toast("The sample code of the stack is there as well: it can be deployed."))
          .catch(toastFault);
      },
    };
  }, [document, project, mayDraw, queries]);
}
