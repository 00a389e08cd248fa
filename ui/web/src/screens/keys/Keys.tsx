import { useInfiniteQuery, useQuery, useQueryClient } from "@tanstack/react-query";
import { KeyRound, Plus, Trash2 } from "lucide-react";
import { useState } from "react";
import { api, body, projectsQuery, type Schemas, text, useSubmit } from "@/api";
import { Loaded } from "@/app/Loaded";
import {
  Badge,
  Banner,
  Button,
  Checkbox,
  Confirm,
  CopyLine,
  Dialog,
  EmptyState,
  Field,
  IconButton,
  Input,
  Moment,
  Select,
  Table,
  toast,
} from "@/look";
import { Wrong } from "../entrance/Entrance";

export type AccessKey = Schemas["KeyOut"];
type Scope = Schemas["Permission"];

const KEYS = ["my keys"] as const;
const DAY = 86_400;
const LIVES = [
  { days: 30, label: "in 30 days" },
  { days: 90, label: "in 90 days" },
  { days: 365, label: "in a year" },
  { days: 0, label: "when it is revoked" },
];
const SCOPES: readonly { scope: Scope; may: string }[] = [
  { scope: "read", may: "see drawings, plans, what runs and logs" },
  { scope: "draw", may: "change drawings" },
  { scope: "deploy", may: "deploy and go back" },
  { scope: "operate", may: "start, stop, run commands" },
  { scope: "set-secrets", may: "set secrets" },
  { scope: "manage", may: "members, pausing, the end of a project" },
];

interface KeysProps {
  /** Only the keys that work in this project; new ones are made for it. */
  project?: string;
}

/** One's own access keys: what they may do, when they were used, and new ones. */
export function AccessKeys({ project }: KeysProps) {
  const queries = useQueryClient();
  const found = useInfiniteQuery({
    queryKey: KEYS,
    queryFn: ({ pageParam }) =>
      body(api.GET("/api/v1/me/keys", { params: { query: { cursor: pageParam, limit: 200 } } })),
    initialPageParam: undefined as number | undefined,
    getNextPageParam: (page) => (page.next ? Number(page.next) : undefined),
  });
  const [isMaking, make] = useState(false);
  const [made, show] = useState<Schemas["NewKeyOut"] | null>(null);
  const [revoking, revoke] = useState<AccessKey | null>(null);
  const button = (
    <Button kind="primary" icon={Plus} onClick={() => make(true)}>
      Make a key
    </Button>
  );
  return (
    <>
      <Loaded of={found} what="keys">
        {({ pages }) => {
          const keys = pages
            .flatMap((page) => page.keys)
            .filter(
              (each) => !each.revoked && (!project || !each.projects || each.projects.includes(project)),
            );
          return keys.length ? (
            <div className="flex flex-col items-start gap-4">
              <div className="w-full">
                <KeysTable keys={keys} revoke={revoke} />
              </div>
              {button}
            </div>
          ) : (
            <div className="rounded-lg border bg-raised shadow-raised">
              <EmptyState icon={KeyRound} title="No access keys" action={button}>
                A key lets a program act for you: a pipeline that deploys, a script that reads. It never does
                more than you may, and you can narrow it further.
              </EmptyState>
            </div>
          );
        }}
      </Loaded>
      {isMaking && (
        <MakeKey
          project={project}
          onClose={() => make(false)}
          onMade={(key) => {
            make(false);
            show(key);
            void queries.invalidateQueries({ queryKey: KEYS });
          }}
        />
      )}
      {made && <SecretOnce made={made} onClose={() => show(null)} />}
      {revoking && (
        <Confirm
          title={`Revoke “${revoking.name}”?`}
          verb="Revoke the key"
          onClose={() => revoke(null)}
          onConfirm={async () => {
            await body(api.DELETE("/api/v1/me/keys/{key}", { params: { path: { key: revoking.id } } }));
            await queries.invalidateQueries({ queryKey: KEYS });
            toast(`“${revoking.name}” is revoked.`);
          }}
        >
          Whatever signs with it is refused at once. A key that was revoked cannot be used again.
        </Confirm>
      )}
    </>
  );
}

interface KeysTableProps {
  keys: readonly AccessKey[];
  revoke?: (key: AccessKey) => void;
  /** Whose key it is, where they are those of several people. */
  owner?: (person: string) => string;
}

export function KeysTable({ keys, revoke, owner }: KeysTableProps) {
  const now = Date.now() / 1000;
  return (
    <Table
      label="Access keys"
      rows={keys}
      id={(each) => each.id}
      columns={[
        {
          key: "name",
          title: "Name",
          cell: (each) => (
            <span className="block min-w-36">
              <span className="font-medium">{each.name}</span>
              <code className="block text-2xs text-faint">{each.id}</code>
            </span>
          ),
        },
        ...(owner ? [{ key: "owner", title: "Whose", cell: (each: AccessKey) => owner(each.person) }] : []),
        {
          key: "scope",
          title: "May",
          cell: (each) => (
            <span className="flex flex-wrap gap-1">
              {each.scope
                ? each.scope.map((scope) => <Badge key={scope}>{scope}</Badge>)
                : "all that its person may"}
            </span>
          ),
        },
        {
          key: "projects",
          title: "Where",
          cell: (each) => (each.projects ? each.projects.join(", ") : "in every project"),
          className: "text-muted",
        },
        {
          key: "used",
          title: "Last used",
          cell: (each) => (each.last_used ? <Moment at={each.last_used} /> : "never"),
          className: "text-muted",
        },
        {
          key: "ends",
          title: "Ends",
          cell: (each) =>
            each.revoked ? (
              <Badge tone="bad">revoked</Badge>
            ) : !each.expires ? (
              "when revoked"
            ) : each.expires < now ? (
              <Badge tone="bad">expired</Badge>
            ) : (
              <Moment at={each.expires} />
            ),
          className: "text-muted",
        },
        {
          key: "acts",
          title: <span className="sr-only">Acts</span>,
          align: "right",
          cell: (each) =>
            revoke && !each.revoked ? (
              <IconButton icon={Trash2} label={`Revoke ${each.name}`} onClick={() => revoke(each)} />
            ) : null,
        },
      ]}
    />
  );
}

interface MakeKeyProps {
  project?: string;
  onClose: () => void;
  onMade: (key: Schemas["NewKeyOut"]) => void;
}

function MakeKey({ project, onClose, onMade }: MakeKeyProps) {
  const { data: projects } = useQuery(projectsQuery);
  const [isNarrow, narrow] = useState(true);
  const form = useSubmit(async (data) => {
    const days = Number(text(data, "days"));
    const scope = data.getAll("scope") as Scope[];
    const where = text(data, "project");
    onMade(
      await body(
        api.POST("/api/v1/me/keys", {
          body: {
            name: text(data, "name"),
            scope: isNarrow ? scope : null,
            projects: where ? [where] : null,
            expires: days ? Math.floor(Date.now() / 1000) + days * DAY : null,
          },
        }),
      ),
    );
  });
  return (
    <Dialog
      open
      onClose={onClose}
      title="Make an access key"
      description="For a program that acts for you. It never does more than you may."
      footer={
        <>
          <Button onClick={onClose}>Cancel</Button>
          <Button type="submit" form="make-key" kind="primary" busy={form.isBusy}>
            Make the key
          </Button>
        </>
      }
    >
      <form id="make-key" onSubmit={form.onSubmit} className="flex flex-col gap-4">
        <Wrong problem={form.elsewhere("name", "expires")} />
        <Field label="Name" hint="What it is for, such as: deploys of the pipeline" error={form.at("name")}>
          <Input name="name" maxLength={100} autoComplete="off" required autoFocus />
        </Field>
        <div className="grid grid-cols-2 gap-4">
          <Field label="Where">
            <Select name="project" defaultValue={project ?? ""}>
              <option value="">in all my projects</option>
              {(project && !projects ? [{ name: project }] : (projects ?? [])).map((each) => (
                <option key={each.name} value={each.name}>
                  in {each.name}
                </option>
              ))}
            </Select>
          </Field>
          <Field label="Ends" error={form.at("expires")}>
            <Select name="days" defaultValue="90">
              {LIVES.map((each) => (
                <option key={each.days} value={each.days}>
                  {each.label}
                </option>
              ))}
            </Select>
          </Field>
        </div>
        <fieldset className="flex flex-col gap-2">
          <legend className="mb-1.5 font-medium">May</legend>
          <label className="flex gap-2">
            <input
              type="radio"
              name="narrow"
              checked={!isNarrow}
              onChange={() => narrow(false)}
              className="accent-ink"
            />
            all that I may
          </label>
          <label className="flex gap-2">
            <input
              type="radio"
              name="narrow"
              checked={isNarrow}
              onChange={() => narrow(true)}
              className="accent-ink"
            />
            only this
          </label>
          {isNarrow && (
            <div className="ml-5 grid gap-2 sm:grid-cols-2">
              {SCOPES.map(({ scope, may }) => (
                <Checkbox
                  key={scope}
                  name="scope"
                  value={scope}
                  label={scope}
                  hint={may}
                  defaultChecked={scope === "read" || scope === "deploy"}
                />
              ))}
            </div>
          )}
        </fieldset>
      </form>
    </Dialog>
  );
}

function SecretOnce({ made, onClose }: { made: Schemas["NewKeyOut"]; onClose: () => void }) {
  const key = `${made.id}:${made.secret}`;
  return (
    <Dialog
      open
      onClose={onClose}
      title="Keep this key now"
      description="Its secret is shown this once; the server never tells it again."
      footer={
        <Button kind="primary" onClick={onClose}>
          I have kept it
        </Button>
      }
    >
      <div className="flex flex-col gap-4">
        <div className="flex flex-col gap-1.5">
          <p className="font-medium">Key and secret</p>
          <CopyLine text={key} label="Copy the key" />
        </div>
        <div className="flex flex-col gap-1.5">
          <p className="font-medium">In a pipeline or a shell</p>
          <pre tabIndex={0} className="scroll-thin overflow-x-auto rounded-md border bg-sunken p-2.5">
            {`export BACKDRAFT_SERVER=${location.origin}\nexport BACKDRAFT_KEY='${key}'\nbackdraft status`}
          </pre>
        </div>
        <Banner tone="warn">
          Whoever has it acts as you. Keep it where secrets are kept, not in a repository.
        </Banner>
      </div>
    </Dialog>
  );
}
