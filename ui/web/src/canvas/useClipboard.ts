/** Copy, cut and paste, by the events of the browser: nothing has to be allowed for those. */
import { useReactFlow } from "@xyflow/react";
import { useEffect, useRef } from "react";
import { copyChosen, paste, removeChosen } from "./acts";
import { useBoard } from "./context";

const TYPING = "input, textarea, select, [contenteditable='true'], .cm-editor, .xterm";

export function useClipboard(): void {
  const { document, mayDraw } = useBoard();
  const flow = useReactFlow();
  const pointer = useRef<[number, number] | null>(null);
  useEffect(() => {
    const isElsewhere = (event: Event) =>
      (event.target as HTMLElement | null)?.closest?.(TYPING) !== null || String(getSelection()) !== "";
    function take(event: ClipboardEvent) {
      if (isElsewhere(event)) return;
      const text = copyChosen(document);
      if (!text) return;
      event.clipboardData?.setData("text/plain", text);
      event.preventDefault();
      if (event.type === "cut" && mayDraw) removeChosen(document);
    }
    function put(event: ClipboardEvent) {
      const text = event.clipboardData?.getData("text/plain") ?? "";
      if (isElsewhere(event) || !text || !mayDraw) return;
      event.preventDefault();
      const [x, y] = pointer.current ?? [innerWidth / 2, innerHeight / 2];
      const at = flow.screenToFlowPosition({ x, y });
      paste(document, text, [at.x, at.y]);
    }
    function move(event: PointerEvent) {
      pointer.current = [event.clientX, event.clientY];
    }
    const page = window.document;
    page.addEventListener("copy", take);
    page.addEventListener("cut", take);
    page.addEventListener("paste", put);
    page.addEventListener("pointermove", move);
    return () => {
      page.removeEventListener("copy", take);
      page.removeEventListener("cut", take);
      page.removeEventListener("paste", put);
      page.removeEventListener("pointermove", move);
    };
  }, [document, mayDraw, flow]);
}
