import { useQuery } from "@tanstack/react-query";
import { Trash2 } from "lucide-react";
import { useState } from "react";
import { type Schemas, waysQuery } from "@/api";
import { Badge, Banner, Button, Confirm, CopyLine, Dialog, Field, IconButton, Input, Moment } from "@/look";

type Invitation = Schemas["InvitationOut"];

interface InvitationsProps {
  found: readonly Invitation[];
  withdraw: (id: string) => Promise<void>;
}

/** Invitations that nobody has taken yet. */
export function Invitations({ found, withdraw }: InvitationsProps) {
  const [chosen, choose] = useState<Invitation | null>(null);
  return (
    <>
      <ul className="-my-2 divide-y">
        {found.map((each) => (
          <li key={each.id} className="flex items-center gap-3 py-2">
            <span className="min-w-0 flex-1 truncate">
              {each.email ?? "By a link that was handed over"}
              <span className="block text-muted text-xs">
                by {each.made_by}, <Moment at={each.made} />; ends <Moment at={each.expires} />
              </span>
            </span>
            {each.role && <Badge>{each.role}</Badge>}
            {each.makes_projects && <Badge>makes projects</Badge>}
            <IconButton icon={Trash2} label="Take the invitation back" onClick={() => choose(each)} />
          </li>
        ))}
      </ul>
      {chosen && (
        <Confirm
          title="Take the invitation back?"
          verb="Take it back"
          onClose={() => choose(null)}
          onConfirm={() => withdraw(chosen.id)}
        >
          Its link is no longer good.
        </Confirm>
      )}
    </>
  );
}

/** Where a server that sends mail sends the invitation; without an address, there is a link to hand over. */
export function MailField({ error }: { error?: string }) {
  const { data: ways } = useQuery(waysQuery);
  if (!ways?.mail) return null;
  return (
    <Field
      label="E-mail address"
      optional
      error={error}
      hint="With it, the link is mailed and nobody else sees it."
    >
      <Input name="email" type="email" autoComplete="off" />
    </Field>
  );
}

/** A link that is told this once. */
export function LinkOnce({ link, onClose }: { link: string; onClose: () => void }) {
  return (
    <Dialog
      open
      onClose={onClose}
      title="Hand over this link"
      description="Whoever opens it first comes in, within a week."
      footer={
        <Button kind="primary" onClick={onClose}>
          Done
        </Button>
      }
    >
      <div className="flex flex-col gap-3">
        <CopyLine text={link} label="Copy the link" />
        <Banner tone="warn">
          It is shown this once. If it is lost, take the invitation back and make another.
        </Banner>
      </div>
    </Dialog>
  );
}
