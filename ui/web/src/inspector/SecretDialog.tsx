import { useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { api, body, keys, Problem } from "@/api";
import { useBoard } from "@/canvas/context";
import { Banner, Button, Dialog, Field, Input, PasswordInput, toast } from "@/look";

/** Sets a secret of the project, or replaces it. There is no way to read it back. */
export function SecretDialog({ name, onClose }: { name: string; onClose: () => void }) {
  const { project } = useBoard();
  const queries = useQueryClient();
  const [called, call] = useState(name);
  const [value, setValue] = useState("");
  const [fault, setFault] = useState("");
  const [isBusy, setBusy] = useState(false);

  async function keep() {
    setBusy(true);
    try {
      await body(
        api.PUT("/api/v1/projects/{project}/secrets/{name}", {
          params: { path: { project, name: called } },
          body: { value },
        }),
      );
      await queries.invalidateQueries({ queryKey: keys.secrets(project) });
      toast(`${called} is set. The next deploy gives it to those who use it.`);
      onClose();
    } catch (error) {
      setFault(error instanceof Problem ? error.message : String(error));
      setBusy(false);
    }
  }

  return (
    <Dialog
      open
      onClose={onClose}
      width="small"
      title={name ? `Set ${name}` : "Set a secret"}
      description="Kept encrypted, and never shown again, not even to you."
      footer={
        <>
          <Button onClick={onClose}>Cancel</Button>
          <Button kind="primary" busy={isBusy} disabled={!called || !value} onClick={keep}>
            Set it
          </Button>
        </>
      }
    >
      <div className="flex flex-col gap-3">
        {fault && <Banner tone="bad">{fault}</Banner>}
        {!name && (
          <Field
            label="Name"
            hint={
              <>
                In a value it is written <code>{`\${secret.${called || "NAME"}}`}</code>.
              </>
            }
          >
            <Input
              mono
              value={called}
              onChange={(event) => call(event.target.value)}
              placeholder="MAIL_TOKEN"
            />
          </Field>
        )}
        <Field label="Value">
          <PasswordInput
            value={value}
            autoComplete="off"
            onChange={(event) => setValue(event.target.value)}
          />
        </Field>
      </div>
    </Dialog>
  );
}
