import { type ReactNode, useState } from "react";
import { Banner } from "./Banner";
import { Button } from "./Button";
import { Dialog } from "./Dialog";
import { Field, Input } from "./Field";

interface ConfirmProps {
  title: ReactNode;
  /** What will be gone, or different, in plain words. */
  children: ReactNode;
  /** The word on the button: what is done, such as “Revoke the key”. */
  verb: string;
  /** What has to be typed first, where data is lost. */
  typed?: string;
  onConfirm: () => Promise<unknown>;
  onClose: () => void;
}

/** Asks before something that cannot be taken back; where data is lost, for its name. */
export function Confirm({ title, children, verb, typed, onConfirm, onClose }: ConfirmProps) {
  const [text, setText] = useState("");
  const [isBusy, setBusy] = useState(false);
  const [fault, setFault] = useState("");
  async function confirm() {
    setBusy(true);
    setFault("");
    try {
      await onConfirm();
      onClose();
    } catch (error) {
      setFault(error instanceof Error ? error.message : String(error));
      setBusy(false);
    }
  }
  return (
    <Dialog
      open
      onClose={onClose}
      title={title}
      width="small"
      footer={
        <>
          <Button onClick={onClose}>Cancel</Button>
          <Button kind="danger" busy={isBusy} disabled={Boolean(typed) && text !== typed} onClick={confirm}>
            {verb}
          </Button>
        </>
      }
    >
      <div className="flex flex-col gap-3 text-muted">
        <div>{children}</div>
        {typed && (
          <Field
            label={
              <span>
                Type <code className="rounded-sm bg-sunken px-1 py-0.5 text-ink">{typed}</code> to go on
              </span>
            }
          >
            <Input
              value={text}
              onChange={(event) => setText(event.target.value)}
              autoComplete="off"
              mono
              autoFocus
            />
          </Field>
        )}
        {fault && <Banner tone="bad">{fault}</Banner>}
      </div>
    </Dialog>
  );
}
