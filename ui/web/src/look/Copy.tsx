import { Check, Copy as CopyIcon } from "lucide-react";
import { useState } from "react";
import { IconButton } from "./IconButton";
import { toastFault } from "./Toast";

/** Puts `text` on the clipboard, and says so. */
export function CopyButton({ text, label = "Copy" }: { text: string; label?: string }) {
  const [isDone, done] = useState(false);
  async function copy() {
    try {
      await navigator.clipboard.writeText(text);
      done(true);
      setTimeout(() => done(false), 2000);
    } catch {
      toastFault("The browser did not allow copying: select the text and copy it yourself.");
    }
  }
  return <IconButton icon={isDone ? Check : CopyIcon} label={isDone ? "Copied" : label} onClick={copy} />;
}

/** A text that is meant to be taken elsewhere, with a button that copies it. */
export function CopyLine({ text, label }: { text: string; label: string }) {
  return (
    <div className="flex items-center gap-1 rounded-md border border-line-strong bg-sunken py-0.5 pr-0.5 pl-2.5">
      <code className="min-w-0 flex-1 select-all break-all py-1">{text}</code>
      <CopyButton text={text} label={label} />
    </div>
  );
}
