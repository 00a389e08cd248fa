import { useInfiniteQuery, useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { Ban, Ellipsis, FolderPlus, RotateCcw, Shield, ShieldOff, UserPlus } from "lucide-react";
import { useState } from "react";
import { api, body, keys, meQuery, type Schemas, text, useSubmit } from "@/api";
import { Loaded } from "@/app/Loaded";
import {
  Badge,
  Button,
  Checkbox,
  Confirm,
  Dialog,
  IconButton,
  Menu,
  MenuItem,
  MenuLine,
  Moment,
  Section,
  Table,
  toast,
  toastFault,
} from "@/look";
import { Wrong } from "../entrance/Entrance";
import { Invitations, LinkOnce, MailField } from "../invitations";
import { PEOPLE, peopleQuery } from "./people";

type Person = Schemas["PersonOut"];
type Change = Schemas["PersonChange"];
const INVITED = ["people", "invitations"] as const;

export function People() {
  const people = useInfiniteQuery(peopleQuery);
  const { data: me } = useQuery(meQuery);
  const queries = useQueryClient();
  const [isInviting, invite] = useState(false);
  const [disabling, disable] = useState<Person | null>(null);
  const save = useMutation({
    mutationFn: ({ person, change }: { person: string; change: Change }) =>
      body(api.PATCH("/api/v1/people/{person}", { params: { path: { person } }, body: change })),
    onError: toastFault,
    onSuccess: (person) => toast(`Saved: ${person.name}.`),
    onSettled: () =>
      Promise.all([
        queries.invalidateQueries({ queryKey: PEOPLE }),
        queries.invalidateQueries({ queryKey: keys.me }),
      ]),
  });
  return (
    <div className="flex flex-col gap-5 pt-5">
      <div className="flex items-start justify-between gap-4">
        <p className="text-muted">
          Everybody who may sign in. People are disabled, never removed: the records stay true.
        </p>
        <Button kind="primary" icon={UserPlus} onClick={() => invite(true)}>
          Invite
        </Button>
      </div>
      <Loaded of={people} what="people">
        {({ pages }) => (
          <Table
            label="People"
            rows={pages.flatMap((page) => page.people)}
            id={(each) => each.id}
            columns={[
              {
                key: "name",
                title: "Name",
                cell: (each) => (
                  <span className="flex items-center gap-2 whitespace-nowrap font-medium">
                    <span className={each.is_disabled ? "text-faint line-through" : ""}>{each.name}</span>
                    {each.id === me?.id && <Badge>you</Badge>}
                  </span>
                ),
              },
              { key: "email", title: "E-mail", cell: (each) => each.email ?? "–", className: "text-muted" },
              {
                key: "may",
                title: "May",
                cell: (each) => (
                  <span className="flex flex-wrap gap-1">
                    {each.is_disabled && <Badge tone="bad">disabled</Badge>}
                    {each.is_administrator && <Badge>administrator</Badge>}
                    {each.makes_projects && <Badge>makes projects</Badge>}
                  </span>
                ),
              },
              {
                key: "proof",
                title: "Signs in with",
                cell: (each) =>
                  [each.has_password ? "password" : "provider", each.second_factor_since && "second factor"]
                    .filter(Boolean)
                    .join(" and "),
                className: "whitespace-nowrap text-muted",
              },
              {
                key: "made",
                title: "Since",
                cell: (each) => <Moment at={each.made} />,
                className: "text-muted",
              },
              {
                key: "acts",
                title: <span className="sr-only">Acts</span>,
                align: "right",
                cell: (each) => (
                  <Acts
                    of={each}
                    isMe={each.id === me?.id}
                    change={(change) => save.mutate({ person: each.id, change })}
                    disable={() => disable(each)}
                  />
                ),
              },
            ]}
          />
        )}
      </Loaded>
      {people.hasNextPage && (
        <Button
          className="self-center"
          busy={people.isFetchingNextPage}
          onClick={() => people.fetchNextPage()}
        >
          Show more
        </Button>
      )}
      <Waiting />
      {isInviting && <Invite onClose={() => invite(false)} />}
      {disabling && (
        <Confirm
          title={`Disable ${disabling.name}?`}
          verb="Disable"
          onClose={() => disable(null)}
          onConfirm={() => save.mutateAsync({ person: disabling.id, change: { is_disabled: true } })}
        >
          {disabling.name} is signed out everywhere at once, cannot sign in, and access keys of theirs are
          refused.
        </Confirm>
      )}
    </div>
  );
}

interface ActsProps {
  of: Person;
  isMe: boolean;
  change: (change: Change) => void;
  disable: () => void;
}

function Acts({ of, isMe, change, disable }: ActsProps) {
  return (
    <Menu trigger={<IconButton icon={Ellipsis} label={`What ${of.name} may do`} />}>
      <MenuItem icon={FolderPlus} onSelect={() => change({ makes_projects: !of.makes_projects })}>
        {of.makes_projects ? "May make no more projects" : "May make projects"}
      </MenuItem>
      <MenuItem
        icon={of.is_administrator ? ShieldOff : Shield}
        onSelect={() => change({ is_administrator: !of.is_administrator })}
      >
        {of.is_administrator ? "Administrator no more" : "Make administrator"}
      </MenuItem>
      {!isMe && <MenuLine />}
      {!isMe &&
        (of.is_disabled ? (
          <MenuItem icon={RotateCcw} onSelect={() => change({ is_disabled: false })}>
            Enable again
          </MenuItem>
        ) : (
          <MenuItem icon={Ban} danger onSelect={disable}>
            Disable …
          </MenuItem>
        ))}
    </Menu>
  );
}

function Waiting() {
  const queries = useQueryClient();
  const invitations = useQuery({
    queryKey: INVITED,
    queryFn: async () => (await body(api.GET("/api/v1/people/invitations"))).invitations,
  });
  if (!invitations.data?.length) return null;
  return (
    <Section title="Invitations that wait" lead="Each is good once and for a week.">
      <Invitations
        found={invitations.data}
        withdraw={async (invitation) => {
          await body(
            api.DELETE("/api/v1/people/invitations/{invitation}", { params: { path: { invitation } } }),
          );
          await queries.invalidateQueries({ queryKey: INVITED });
        }}
      />
    </Section>
  );
}

function Invite({ onClose }: { onClose: () => void }) {
  const queries = useQueryClient();
  const [link, setLink] = useState<string | null>(null);
  const form = useSubmit(async (data) => {
    const made = await body(
      api.POST("/api/v1/people/invitations", {
        body: { email: text(data, "email") || null, makes_projects: data.has("makes_projects") },
      }),
    );
    await queries.invalidateQueries({ queryKey: INVITED });
    if (made.link) {
      setLink(made.link);
      return;
    }
    toast(`A letter is on its way to ${made.email}.`);
    onClose();
  });
  if (link) return <LinkOnce link={link} onClose={onClose} />;
  return (
    <Dialog
      open
      onClose={onClose}
      width="small"
      title="Invite somebody"
      description="To this server. To invite into a project, go to its members."
      footer={
        <>
          <Button onClick={onClose}>Cancel</Button>
          <Button type="submit" form="invite-person" kind="primary" busy={form.isBusy}>
            Invite
          </Button>
        </>
      }
    >
      <form id="invite-person" onSubmit={form.onSubmit} className="flex flex-col gap-4">
        <Wrong problem={form.elsewhere("email")} />
        <MailField error={form.at("email")} />
        <Checkbox
          name="makes_projects"
          label="May make projects"
          hint="Otherwise they see the projects that they are invited into."
          defaultChecked
        />
      </form>
    </Dialog>
  );
}
