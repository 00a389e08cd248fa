import { useRef } from "react";

/** What had the focus before something opened over it gets it back; if that is gone, the content of the page does. */
export function useOpener(open: boolean): (event: Event) => void {
  const opener = useRef<Element | null>(null);
  const wasOpen = useRef(false);
  // while it is drawn for the first time, nothing inside has taken the focus yet
  if (open && !wasOpen.current) opener.current = document.activeElement;
  wasOpen.current = open;
  return (event) => {
    event.preventDefault();
    // what closed has led to another one, which has the focus by now
    if (document.activeElement?.closest("[role='dialog']")) return;
    const target = opener.current?.isConnected && opener.current !== document.body ? opener.current : null;
    ((target ?? document.getElementById("content")) as HTMLElement | null)?.focus();
  };
}
