import { useQuery, useQueryClient } from "@tanstack/react-query";
import { Plus, RefreshCw, Trash2, VenetianMask } from "lucide-react";
import { useState } from "react";
import { api, body, keys, may, meQuery, type Schemas, secretsQuery, text, useSubmit } from "@/api";
import { Loaded } from "@/app/Loaded";
import {
  Badge,
  Button,
  Confirm,
  Dialog,
  EmptyState,
  Field,
  IconButton,
  Input,
  Page,
  PasswordInput,
  Table,
  toast,
} from "@/look";
import { Wrong } from "../entrance/Entrance";

type Secret = Schemas["SecretOut"];

export default function Secrets({ project }: { project: string }) {
  const secrets = useQuery(secretsQuery(project));
  const { data: me } = useQuery(meQuery);
  const maySet = Boolean(me && may(me, "set-secrets", project));
  const [editing, edit] = useState<string | null>(null);
  const [removing, remove] = useState<Secret | null>(null);
  const queries = useQueryClient();
  const add = (
    <Button kind="primary" icon={Plus} onClick={() => edit("")}>
      Set a secret
    </Button>
  );
  return (
    <Page
      title="Secrets"
      lead="Passwords and tokens that components need. They are written and never shown again, not even to you."
      actions={maySet && secrets.data?.length ? add : undefined}
    >
      <Loaded of={secrets} what="secrets">
        {(found) =>
          found.length ? (
            <Table
              label="Secrets"
              rows={found}
              id={(each) => `${each.component}/${each.name}`}
              columns={[
                { key: "name", title: "Name", cell: (each) => <code>{each.name}</code> },
                {
                  key: "use",
                  title: "In the schema",
                  cell: (each) =>
                    each.component ? (
                      <span className="text-muted">
                        made for <code>{each.component}</code>
                      </span>
                    ) : (
                      <code className="text-muted">{`\${secret.${each.name}}`}</code>
                    ),
                },
                {
                  key: "version",
                  title: "Version",
                  cell: (each) => (each.version > 1 ? `changed ${each.version - 1} times` : "first value"),
                  className: "text-muted",
                },
                {
                  key: "origin",
                  title: "Origin",
                  cell: (each) => (each.component ? <Badge>generated</Badge> : <Badge>set by hand</Badge>),
                },
                {
                  key: "acts",
                  title: <span className="sr-only">Acts</span>,
                  align: "right",
                  cell: (each) =>
                    maySet && !each.component ? (
                      <>
                        <IconButton
                          icon={RefreshCw}
                          label={`Replace ${each.name}`}
                          onClick={() => edit(each.name)}
                        />
                        <IconButton
                          icon={Trash2}
                          label={`Forget ${each.name}`}
                          onClick={() => remove(each)}
                        />
                      </>
                    ) : null,
                },
              ]}
            />
          ) : (
            <div className="rounded-lg border bg-raised shadow-raised">
              <EmptyState icon={VenetianMask} title="No secrets yet" action={maySet ? add : undefined}>
                Set one such as <code>MAIL_TOKEN</code>, and write <code>{"${secret.MAIL_TOKEN}"}</code> where
                a component needs it. Passwords between connected components are made without you.
              </EmptyState>
            </div>
          )
        }
      </Loaded>
      {editing !== null && <SetSecret project={project} name={editing} onClose={() => edit(null)} />}
      {removing && (
        <Confirm
          title={`Forget ${removing.name}?`}
          verb="Forget it"
          typed={removing.name}
          onClose={() => remove(null)}
          onConfirm={async () => {
            await body(
              api.DELETE("/api/v1/projects/{project}/secrets/{name}", {
                params: { path: { project, name: removing.name } },
              }),
            );
            await queries.invalidateQueries({ queryKey: keys.secrets(project) });
            toast(`${removing.name} is forgotten.`);
          }}
        >
          Its value is gone for good: nobody can read it back. What runs keeps it until the next deploy, and a
          schema that still names it can then not be deployed.
        </Confirm>
      )}
    </Page>
  );
}

function SetSecret({ project, name, onClose }: { project: string; name: string; onClose: () => void }) {
  const queries = useQueryClient();
  const form = useSubmit(async (data) => {
    const chosen = name || text(data, "name");
    await body(
      api.PUT("/api/v1/projects/{project}/secrets/{name}", {
        params: { path: { project, name: chosen } },
        body: { value: text(data, "value") },
      }),
    );
    await queries.invalidateQueries({ queryKey: keys.secrets(project) });
    toast(`${chosen} is set. The next deploy gives it to the components that use it.`);
    onClose();
  });
  return (
    <Dialog
      open
      onClose={onClose}
      title={name ? `Replace ${name}` : "Set a secret"}
      description="The next deploy gives it to the components that use it."
      footer={
        <>
          <Button onClick={onClose}>Cancel</Button>
          <Button type="submit" form="secret" kind="primary" busy={form.isBusy}>
            {name ? "Replace" : "Set"}
          </Button>
        </>
      }
    >
      <form id="secret" onSubmit={form.onSubmit} className="flex flex-col gap-4">
        <Wrong problem={form.elsewhere("name", "value")} />
        {!name && (
          <Field
            label="Name"
            hint="As ${secret.NAME} writes it: letters, digits, _ and -"
            error={form.at("name")}
          >
            <Input name="name" mono pattern="[A-Za-z0-9_\-]{1,100}" autoComplete="off" required autoFocus />
          </Field>
        )}
        <Field label="Value" error={form.at("value")}>
          <PasswordInput name="value" mono autoComplete="off" required autoFocus={Boolean(name)} />
        </Field>
      </form>
    </Dialog>
  );
}
