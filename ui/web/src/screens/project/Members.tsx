import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { LogOut, Mail, Trash2, UserPlus } from "lucide-react";
import { useState } from "react";
import { useLocation } from "wouter";
import { api, body, keys, may, membersQuery, meQuery, type Role, type Schemas, text, useSubmit } from "@/api";
import { Loaded } from "@/app/Loaded";
import {
  Badge,
  Button,
  Confirm,
  Dialog,
  IconButton,
  Moment,
  Page,
  Section,
  Select,
  Table,
  toast,
  toastFault,
} from "@/look";
import { Wrong } from "../entrance/Entrance";
import { Invitations, LinkOnce, MailField } from "../invitations";

type Member = Schemas["MemberOut"];

export const ROLES: readonly { role: Role; may: string }[] = [
  { role: "viewer", may: "sees the drawing, what runs, logs and history" },
  { role: "developer", may: "draws, deploys, goes back, runs commands and sets secrets" },
  { role: "owner", may: "invites, changes roles, and may end the project" },
];

export default function Members({ project }: { project: string }) {
  const members = useQuery(membersQuery(project));
  const { data: me } = useQuery(meQuery);
  const isOwner = Boolean(me && may(me, "manage", project));
  const [isInviting, invite] = useState(false);
  const [removing, remove] = useState<Member | null>(null);
  const [isLeaving, leave] = useState(false);
  const queries = useQueryClient();
  const [, go] = useLocation();
  const change = useMutation({
    mutationFn: ({ person, role }: { person: string; role: Role }) =>
      body(
        api.PUT("/api/v1/projects/{project}/members/{person}", {
          params: { path: { project, person } },
          body: { role },
        }),
      ),
    onError: toastFault,
    onSuccess: (member) => toast(`${member.name} is ${member.role} now.`),
    onSettled: () => queries.invalidateQueries({ queryKey: keys.members(project) }),
  });
  const isMember = Boolean(me?.roles[project]);
  return (
    <Page
      title="Members"
      lead="Who may see and change this project. Rights that are taken are gone at once."
      actions={
        <>
          {isMember && (
            <Button icon={LogOut} onClick={() => leave(true)}>
              Leave
            </Button>
          )}
          {isOwner && (
            <Button kind="primary" icon={UserPlus} onClick={() => invite(true)}>
              Invite
            </Button>
          )}
        </>
      }
    >
      <Loaded of={members} what="members">
        {(found) => (
          <Table
            label="Members"
            rows={found}
            id={(each) => each.person}
            columns={[
              {
                key: "name",
                title: "Name",
                cell: (each) => (
                  <span className="flex items-center gap-2.5 font-medium">
                    <span
                      aria-hidden
                      className="inline-flex size-6 items-center justify-center rounded-full bg-pressed font-semibold text-2xs uppercase"
                    >
                      {each.name.slice(0, 1)}
                    </span>
                    {each.name}
                    {each.person === me?.id && <Badge>you</Badge>}
                  </span>
                ),
              },
              {
                key: "role",
                title: "Role",
                cell: (each) =>
                  isOwner ? (
                    <Select
                      aria-label={`Role of ${each.name}`}
                      value={each.role}
                      className="w-32"
                      disabled={change.isPending}
                      onChange={(event) =>
                        change.mutate({ person: each.person, role: event.target.value as Role })
                      }
                    >
                      {ROLES.map(({ role }) => (
                        <option key={role}>{role}</option>
                      ))}
                    </Select>
                  ) : (
                    each.role
                  ),
              },
              {
                key: "may",
                title: "May",
                cell: (each) => ROLES.find(({ role }) => role === each.role)?.may,
                className: "text-muted",
              },
              {
                key: "since",
                title: "Since",
                cell: (each) => <Moment at={each.since} />,
                className: "text-muted",
              },
              {
                key: "acts",
                title: <span className="sr-only">Acts</span>,
                align: "right",
                cell: (each) =>
                  isOwner && each.person !== me?.id ? (
                    <IconButton icon={Trash2} label={`Remove ${each.name}`} onClick={() => remove(each)} />
                  ) : null,
              },
            ]}
          />
        )}
      </Loaded>
      {isOwner && <Waiting project={project} />}
      {isInviting && <Invite project={project} onClose={() => invite(false)} />}
      {removing && (
        <Confirm
          title={`Remove ${removing.name}?`}
          verb="Remove"
          onClose={() => remove(null)}
          onConfirm={async () => {
            await body(
              api.DELETE("/api/v1/projects/{project}/members/{person}", {
                params: { path: { project, person: removing.person } },
              }),
            );
            await queries.invalidateQueries({ queryKey: keys.members(project) });
            toast(`${removing.name} is no member any more.`);
          }}
        >
          {removing.name} no longer sees {project}, in any browser, and access keys of theirs stop working
          here.
        </Confirm>
      )}
      {isLeaving && (
        <Confirm
          title={`Leave ${project}?`}
          verb="Leave"
          onClose={() => leave(false)}
          onConfirm={async () => {
            await body(
              api.DELETE("/api/v1/projects/{project}/membership", { params: { path: { project } } }),
            );
            await queries.invalidateQueries({ queryKey: keys.me });
            await queries.invalidateQueries({ queryKey: keys.projects });
            go("/");
          }}
        >
          You no longer see it, until an owner invites you again.
        </Confirm>
      )}
    </Page>
  );
}

function Waiting({ project }: { project: string }) {
  const queries = useQueryClient();
  const invitations = useQuery({
    queryKey: keys.invitations(project),
    queryFn: async () =>
      (await body(api.GET("/api/v1/projects/{project}/invitations", { params: { path: { project } } })))
        .invitations,
  });
  if (!invitations.data?.length) return null;
  return (
    <Section title="Invitations that wait" lead="Each is good once and for a week.">
      <Invitations
        found={invitations.data}
        withdraw={async (invitation) => {
          await body(
            api.DELETE("/api/v1/projects/{project}/invitations/{invitation}", {
              params: { path: { project, invitation } },
            }),
          );
          await queries.invalidateQueries({ queryKey: keys.invitations(project) });
        }}
      />
    </Section>
  );
}

function Invite({ project, onClose }: { project: string; onClose: () => void }) {
  const queries = useQueryClient();
  const [link, setLink] = useState<string | null>(null);
  const form = useSubmit(async (data) => {
    const made = await body(
      api.POST("/api/v1/projects/{project}/invitations", {
        params: { path: { project } },
        body: { role: text(data, "role") as Role, email: text(data, "email") || null },
      }),
    );
    await queries.invalidateQueries({ queryKey: keys.invitations(project) });
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
      title={`Invite into ${project}`}
      description="Good once and for a week; for somebody with an account, or without."
      footer={
        <>
          <Button onClick={onClose}>Cancel</Button>
          <Button type="submit" form="invite" kind="primary" icon={Mail} busy={form.isBusy}>
            Invite
          </Button>
        </>
      }
    >
      <form id="invite" onSubmit={form.onSubmit} className="flex flex-col gap-4">
        <Wrong problem={form.elsewhere("role", "email")} />
        <fieldset className="flex flex-col gap-1.5">
          <legend className="mb-1.5 font-medium">Role</legend>
          {ROLES.map(({ role, may: rights }) => (
            <label
              key={role}
              className="flex cursor-pointer items-start gap-2.5 rounded-md border px-3 py-2 hover:bg-hover has-checked:border-ink has-checked:bg-hover"
            >
              <input
                type="radio"
                name="role"
                value={role}
                defaultChecked={role === "developer"}
                className="mt-0.5 accent-ink"
              />
              <span>
                <span className="font-medium">{role}</span>
                <span className="block text-muted text-xs">{rights}</span>
              </span>
            </label>
          ))}
        </fieldset>
        <MailField error={form.at("email")} />
      </form>
    </Dialog>
  );
}
