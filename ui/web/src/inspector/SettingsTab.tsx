import { useQuery } from "@tanstack/react-query";
import { Plus, Trash2 } from "lucide-react";
import type { Kind, Schemas } from "@/api";
import { useBoard } from "@/canvas/context";
import { Button, IconButton } from "@/look";
import { type Component, type Publication, setGroup, setPublication, setReplicas, setZone } from "@/model";
import { Code } from "./Code";
import { Choice, Switch, TextArea, TextInput } from "./fields/inputs";
import { Pairs } from "./fields/Pairs";
import { Row } from "./fields/Row";
import { parsed, sizeOf, typed, words } from "./fields/rule";
import { SettingField } from "./fields/SettingField";
import { freeNumber } from "./fixes";
import { schemaFormQuery } from "./form";
import { Group } from "./Group";
import { RoutesTable } from "./RoutesTable";
import { useEdits } from "./useEdits";

interface TabProps {
  component: Component;
  kind: Kind | undefined;
}

/** Everything about a component but its environment: what is asked most stands open, the rest says what holds. */
export function SettingsTab({ component, kind }: TabProps) {
  const { mayDraw } = useBoard();
  const { put } = useEdits();
  const path = `components/${component.name}`;
  const settings = Object.entries(kind?.settings ?? {});
  return (
    <fieldset disabled={!mayDraw} className="min-w-0">
      <legend className="sr-only">Settings of {component.name}</legend>
      {kind && <p className="border-b px-3 py-2.5 text-muted text-xs">{kind.summary}</p>}
      {!kind && <UnknownKind component={component} />}
      {(kind?.takes_source || component.source || component.image) && (
        <Code component={component} kind={kind} />
      )}
      {kind?.routes && <RoutesTable component={component} />}
      {settings.length > 0 && (
        <Group title="Settings" isOpen>
          {settings.map(([name, schema]) => (
            <SettingField
              key={name}
              name={name}
              schema={schema}
              value={component.settings[name]}
              path={`${path}/settings/${name}`}
              disabled={!mayDraw}
              onChange={(value) => put(`${path}/settings/${name}`, value)}
            />
          ))}
        </Group>
      )}
      {kind?.run === "job" && <Schedule component={component} />}
      {kind?.run !== "job" && <Published component={component} kind={kind} />}
      <Size component={component} kind={kind} />
      <Health component={component} kind={kind} />
      <Volumes component={component} kind={kind} />
      <Place component={component} />
      <Protection component={component} kind={kind} />
      <Group title="Note" summary={component.note}>
        <Row label="For readers" path={`${path}/note`} hint="It changes nothing that runs.">
          <TextArea value={component.note} onChange={(text) => put(`${path}/note`, text || undefined)} />
        </Row>
      </Group>
    </fieldset>
  );
}

function UnknownKind({ component }: { component: Component }) {
  const { kinds } = useBoard();
  const { put } = useEdits();
  const path = `components/${component.name}/kind`;
  return (
    <Group title="Kind" isOpen>
      <Row label="What it is" path={path} hint="This kind is not in the catalogue of this server.">
        <Choice
          value={component.kind}
          options={[...kinds.values()].map((each) => ({ value: each.kind, label: each.title }))}
          onChange={(kind) => put(path, kind)}
        />
      </Row>
    </Group>
  );
}

function Schedule({ component }: { component: Component }) {
  const { put } = useEdits();
  const path = `components/${component.name}/schedule`;
  return (
    <Group title="When it runs" isOpen summary={component.schedule ?? "with each deploy"}>
      <Row
        label="Schedule"
        path={path}
        hint="Minute, hour, day, month, weekday, in UTC, such as 15 3 * * * for a quarter past three each night. Without one it runs with a deploy that changes it."
        isWritten={component.schedule !== null}
        onReset={() => put(path, undefined)}
      >
        <TextInput
          mono
          value={component.schedule ?? ""}
          placeholder="runs with each deploy"
          onChange={(text) => put(path, text || undefined)}
        />
      </Row>
    </Group>
  );
}

function Published({ component, kind }: TabProps) {
  const { document } = useBoard();
  const { edit } = useEdits();
  const ports = Object.keys({ ...kind?.ports, ...component.ports });
  const published = Object.entries(component.publish);
  const free = ports.filter((each) => !component.publish[each]);
  const path = `components/${component.name}/publish`;
  const set = (port: string, publication: Publication | null) =>
    edit(
      `Publish ${port}`,
      (text) => setPublication(text, component.name, port, publication),
      `${path}/${port}`,
    );
  return (
    <Group
      title="Published ports"
      isOpen={published.length > 0}
      summary={
        published.length > 0
          ? published.map(([, each]) => `:${each.number}`).join(" ")
          : "none: reached by lines only"
      }
    >
      {published.map(([port, { number, address }]) => (
        <Row
          key={port}
          label={`${port} on the host`}
          path={`${path}/${port}`}
          hint={address === "127.0.0.1" ? "Reached from this machine alone." : "Reached from other machines."}
          isWritten
          onReset={() => set(port, null)}
        >
          <div className="flex gap-1.5">
            <Choice
              aria-label={`From where ${port} is reached`}
              value={address}
              className="min-w-0 flex-1"
              options={[
                { value: "127.0.0.1", label: "This machine" },
                { value: "0.0.0.0", label: "Everywhere" },
              ]}
              onChange={(chosen) => set(port, { number, address: chosen })}
            />
            <TextInput
              aria-label={`Number of ${port} on the host`}
              value={String(number)}
              inputMode="numeric"
              className="w-20!"
              onChange={(text) => /^\d{1,5}$/.test(text) && set(port, { number: Number(text), address })}
            />
          </div>
        </Row>
      ))}
      {free.map((port) => (
        <Button
          key={port}
          size="small"
          icon={Plus}
          className="self-start"
          onClick={() =>
            set(port, { number: freeNumber(document.store.getState().drawing, 8080), address: "127.0.0.1" })
          }
        >
          Publish {port}
        </Button>
      ))}
      {ports.length === 0 && (
        <p className="text-muted text-xs">It has no port to publish: give it one under “Ports of its own”.</p>
      )}
      <OwnPorts component={component} />
    </Group>
  );
}

const PROTOCOLS = [
  "http",
  "tcp",
  "postgres",
  "mysql",
  "mongodb",
  "redis",
  "memcached",
  "amqp",
  "nats",
  "smtp",
  "s3",
  "etcd",
];

function OwnPorts({ component }: { component: Component }) {
  const { put } = useEdits();
  const path = `components/${component.name}/ports`;
  const own = Object.entries(component.ports);
  return (
    <div className="flex flex-col gap-2 rounded-md border bg-sunken/50 p-2">
      <p className="font-medium text-xs">Ports of its own</p>
      {own.map(([name, port]) => (
        <div key={name} className="flex items-center gap-1.5">
          <span className="w-14 shrink-0 truncate text-xs" title={name}>
            {name}
          </span>
          <Choice
            aria-label={`Protocol of ${name}`}
            value={port.protocol}
            className="min-w-0 flex-1"
            options={PROTOCOLS.map((each) => ({ value: each, label: each }))}
            onChange={(protocol) => put(`${path}/${name}/protocol`, protocol)}
          />
          <TextInput
            aria-label={`Number of ${name}`}
            value={String(port.number)}
            inputMode="numeric"
            className="w-18!"
            onChange={(text) => put(`${path}/${name}/number`, parsed({ type: "integer" }, text))}
          />
          <IconButton
            icon={Trash2}
            label={`Remove port ${name}`}
            className="size-7"
            onClick={() => put(`${path}/${name}`, undefined)}
          />
        </div>
      ))}
      <Button
        size="small"
        kind="quiet"
        icon={Plus}
        className="self-start"
        onClick={() => {
          const names = ["http", "metrics", "admin", "port"];
          const name = names.find((each) => !component.ports[each]) ?? `port-${own.length + 1}`;
          put(`${path}/${name}`, { protocol: name === "http" ? "http" : "tcp", number: 8000 + own.length });
        }}
      >
        Add a port
      </Button>
    </div>
  );
}

function Size({ component, kind }: TabProps) {
  const { edit, put } = useEdits();
  const { min, max } = component.replicas;
  const path = `components/${component.name}`;
  const { memory, cpus, pids } = component.limits;
  const limits = kind?.limits;
  const isOne = kind?.single && min === 1 && max === 1;
  const summary = [
    min === max ? (max === 1 ? "1 replica" : `${max} replicas`) : `${min} to ${max} replicas`,
    memory ?? (limits?.memory ? sizeOf(limits.memory) : ""),
  ]
    .filter(Boolean)
    .join(", ");
  return (
    <Group title="Replicas and limits" summary={summary}>
      <Row
        label="Replicas"
        path={`${path}/replicas`}
        hint={isOne ? "This kind runs as one: two would not share their data." : "How many containers run."}
        fallback="1"
        isWritten={component.written.includes("replicas")}
        onReset={() => put(`${path}/replicas`, undefined)}
      >
        <TextInput
          type="number"
          min={0}
          max={100}
          value={String(min)}
          onChange={(text) => {
            const number = Number(text);
            if (!/^\d{1,3}$/.test(text)) return;
            edit(
              "Change replicas",
              (before) =>
                setReplicas(before, component.name, {
                  min: number,
                  max: Math.max(number, max === min ? 0 : max),
                  cpu: component.replicas.cpu,
                }),
              `${path}/replicas`,
            );
          }}
        />
      </Row>
      <Row
        label="Memory"
        path={`${path}/limits/memory`}
        hint="What one replica may use; more ends it."
        fallback={limits?.memory ? sizeOf(limits.memory) : undefined}
        isWritten={memory !== null}
        onReset={() => put(`${path}/limits/memory`, undefined)}
      >
        <TextInput
          value={memory ?? ""}
          placeholder={limits?.memory ? sizeOf(limits.memory) : ""}
          onChange={(text) => put(`${path}/limits/memory`, text || undefined)}
        />
      </Row>
      <div className="grid grid-cols-2 gap-3">
        <Row
          label="CPUs"
          path={`${path}/limits/cpus`}
          fallback={limits?.cpus ? String(limits.cpus) : undefined}
          isWritten={cpus !== null}
          onReset={() => put(`${path}/limits/cpus`, undefined)}
        >
          <TextInput
            value={cpus === null ? "" : String(cpus)}
            placeholder={limits?.cpus ? String(limits.cpus) : ""}
            onChange={(text) =>
              put(`${path}/limits/cpus`, text ? parsed({ type: "number" }, text) : undefined)
            }
          />
        </Row>
        <Row
          label="Processes"
          path={`${path}/limits/pids`}
          fallback={limits?.pids ? String(limits.pids) : undefined}
          isWritten={pids !== null}
          onReset={() => put(`${path}/limits/pids`, undefined)}
        >
          <TextInput
            value={pids === null ? "" : String(pids)}
            placeholder={limits?.pids ? String(limits.pids) : ""}
            onChange={(text) =>
              put(`${path}/limits/pids`, text ? parsed({ type: "integer" }, text) : undefined)
            }
          />
        </Row>
      </div>
    </Group>
  );
}

function Health({ component, kind }: TabProps) {
  const { put } = useEdits();
  const path = `components/${component.name}/health`;
  const { health } = component;
  const ports = Object.keys({ ...kind?.ports, ...component.ports });
  const usual = kind ? healthWords(kind.health) : "";
  return (
    <Group title="Ready when" summary={health ? "as written" : usual}>
      <p className="text-muted text-xs">
        Who waits for it starts when it is ready. {usual && `Unless you say otherwise: ${usual}.`}
      </p>
      <Row
        label="A port is open"
        path={`${path}/tcp`}
        isWritten={Boolean(health?.tcp)}
        onReset={() => put(`${path}/tcp`, undefined)}
      >
        <Choice
          value={health?.tcp ?? ""}
          options={[
            { value: "", label: "not asked" },
            ...ports.map((each) => ({ value: each, label: each })),
          ]}
          onChange={(port) => put(`${path}/tcp`, port || undefined)}
        />
      </Row>
      <Row
        label="A path answers"
        path={`${path}/http`}
        hint="With a status below 400."
        isWritten={Boolean(health?.http)}
        onReset={() => put(`${path}/http`, undefined)}
      >
        <TextInput
          mono
          value={health?.http?.path ?? ""}
          placeholder="/healthz"
          onChange={(text) =>
            put(
              `${path}/http`,
              text ? { port: health?.http?.port ?? ports[0] ?? "http", path: text } : undefined,
            )
          }
        />
      </Row>
      <Row
        label="A command ends with 0"
        path={`${path}/command`}
        isWritten={Boolean(health?.command.length)}
        onReset={() => put(`${path}/command`, undefined)}
      >
        <TextInput
          mono
          value={typed(health?.command ?? [])}
          onChange={(text) => put(`${path}/command`, text.trim() ? words(text) : undefined)}
        />
      </Row>
      <Row
        label="Within so many seconds"
        path={`${path}/timeout`}
        fallback={kind?.health.timeout ? String(kind.health.timeout) : undefined}
        isWritten={health?.timeout != null}
        onReset={() => put(`${path}/timeout`, undefined)}
      >
        <TextInput
          value={health?.timeout == null ? "" : String(health.timeout)}
          placeholder={kind?.health.timeout ? String(kind.health.timeout) : ""}
          onChange={(text) => put(`${path}/timeout`, text ? parsed({ type: "number" }, text) : undefined)}
        />
      </Row>
    </Group>
  );
}

function healthWords({ tcp, http, command }: Schemas["HealthOut"]): string {
  const told = [
    tcp && `port ${tcp} is open`,
    http && `GET ${http.slice(http.indexOf("/"))} answers`,
    command.length > 0 && `${command[0]} succeeds`,
  ].filter(Boolean);
  return told.join(" and ") || "it runs";
}

function Volumes({ component, kind }: TabProps) {
  const path = `components/${component.name}/volumes`;
  const own = Object.entries(kind?.volumes ?? {});
  const count = own.length + Object.keys(component.volumes).length;
  return (
    <Group
      title="Volumes"
      summary={count === 0 ? "none" : count === 1 ? "1 folder is kept" : `${count} folders are kept`}
    >
      <p className="text-muted text-xs">Folders that outlive containers. Removing a box keeps them.</p>
      {own.map(([name, place]) => (
        <p key={name} className="flex justify-between gap-2 text-xs">
          <span>
            {name} <span className="text-faint">(of the kind)</span>
          </span>
          <code className="truncate text-muted">{place}</code>
        </p>
      ))}
      <Pairs
        label="Volumes"
        path={path}
        entries={component.volumes}
        namePlaceholder="data"
        valuePlaceholder="/var/lib/data"
        add="Add a volume"
      />
    </Group>
  );
}

function Place({ component }: { component: Component }) {
  const { edit, put } = useEdits();
  const path = `components/${component.name}`;
  const { zone, host } = component.place;
  return (
    <Group title="Place" summary={[zone, host, component.group].filter(Boolean).join(", ") || "anywhere"}>
      <Row
        label="Zone"
        path={`${path}/place/zone`}
        hint="The datacentre; drawn as a lane. With one engine it has no effect yet."
      >
        <TextInput
          value={zone ?? ""}
          placeholder="anywhere"
          onChange={(text) =>
            edit(
              "Change the zone",
              (before) => setZone(before, [component.name], text || null),
              `${path}/zone`,
            )
          }
        />
      </Row>
      <Row label="Host" path={`${path}/place/host`}>
        <TextInput
          value={host ?? ""}
          placeholder="any"
          onChange={(text) => put(`${path}/place/host`, text || undefined)}
        />
      </Row>
      <Row label="Group" path={`${path}/group`} hint="A frame on the drawing; it changes nothing that runs.">
        <TextInput
          value={component.group ?? ""}
          placeholder="none"
          onChange={(text) =>
            edit(
              "Change the group",
              (before) => setGroup(before, [component.name], text || null),
              `${path}/group`,
            )
          }
        />
      </Row>
    </Group>
  );
}

function Protection({ component, kind }: TabProps) {
  const { put } = useEdits();
  const { data: form } = useQuery(schemaFormQuery);
  const path = `components/${component.name}`;
  const relaxed = Object.entries(component.relax);
  const others = (form?.relaxations ?? []).filter((each) => !(each in component.relax));
  const usual = kind?.egress ?? false;
  return (
    <Group title="Protection" summary={relaxed.length > 0 ? `${relaxed.length} taken back` : "all of it"}>
      <Row
        label="Reaches the world outside"
        path={`${path}/egress`}
        hint="Without it, it reaches what lines lead to and nothing else."
        fallback={usual ? "yes" : "no"}
        isWritten={component.egress !== null}
        onReset={() => put(`${path}/egress`, undefined)}
      >
        <Switch
          isOn={component.egress ?? usual}
          onChange={(isOn) => put(`${path}/egress`, isOn === usual ? undefined : isOn)}
        />
      </Row>
      {kind && (
        <p className="text-muted text-xs">
          It runs as <code>{kind.user ?? "the image’s own user"}</code>, its root file system{" "}
          {kind.read_only ? "cannot be written" : "can be written"}, and it has{" "}
          {kind.capabilities.length > 0 ? kind.capabilities.join(", ") : "no Linux capability"}.
        </p>
      )}
      {relaxed.map(([rule, reason]) => (
        <Row
          key={rule}
          label={`Taken back: ${rule.replaceAll("_", " ")}`}
          path={`${path}/relax/${rule}`}
          hint="The reason, for whoever reads it later."
          isWritten
          onReset={() => put(`${path}/relax/${rule}`, undefined)}
        >
          <TextInput value={reason} onChange={(text) => put(`${path}/relax/${rule}`, text)} />
        </Row>
      ))}
      {others.length > 0 && (
        <Choice
          aria-label="Take back a protection"
          value=""
          options={[
            { value: "", label: "Take back a protection …" },
            ...others.map((each) => ({ value: each, label: each.replaceAll("_", " ") })),
          ]}
          onChange={(rule) => rule && put(`${path}/relax/${rule}`, "say why")}
        />
      )}
    </Group>
  );
}
