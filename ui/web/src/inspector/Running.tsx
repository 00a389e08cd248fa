import { useQuery } from "@tanstack/react-query";
import { Play, RotateCw, ScrollText, Server, Square, SquareTerminal, Terminal } from "lucide-react";
import type { ReactNode } from "react";
import { type Replica, statusQuery } from "@/api";
import { useBoard, useComponent, useEffectOn, useKind } from "@/canvas/context";
import { phaseOf } from "@/canvas/light";
import { usePhases, useReplicas } from "@/live";
import {
  Banner,
  Button,
  type Condition,
  CopyButton,
  duration,
  EmptyState,
  Moment,
  StatusLight,
} from "@/look";
import { addressesOf } from "./addresses";
import { operate } from "./operating";

/** How a component runs: each replica with its reason, where it is reached, and what can be done. */
export function Running({ component }: { component: string }) {
  const { project, view, mayOperate } = useBoard();
  const replicas = useReplicas(project, component);
  const phase = phaseOf(usePhases(project, component));
  const status = useQuery(statusQuery(project));
  const drawn = useComponent(component);
  const kind = useKind(drawn?.kind ?? "");
  const effect = useEffectOn(component);
  const isJob = kind?.run === "job";
  if (replicas.length === 0)
    return (
      <EmptyState icon={Server} title="Nothing of it runs">
        {effect?.change === "create"
          ? "It is drawn and not deployed yet. Deploy makes it run."
          : "What was deployed last has no such component."}
      </EmptyState>
    );
  const addresses = drawn ? addressesOf(drawn, kind, location.hostname) : [];
  const stoppedBy = status.data?.stopped[component];
  return (
    <div className="flex flex-col gap-3 p-3">
      {status.data?.fault && <Banner tone="warn">{status.data.fault}</Banner>}
      {stoppedBy && (
        <p className="text-muted text-xs">
          Stopped on purpose by {stoppedBy}: it stays so until somebody starts it, or deploys.
        </p>
      )}
      {addresses.map((each) => (
        <a
          key={each}
          href={each}
          target="_blank"
          rel="noreferrer"
          className="truncate rounded-md border bg-sunken px-2.5 py-1.5 font-mono text-info text-xs hover:underline"
        >
          {each}
        </a>
      ))}
      <div className="flex flex-wrap gap-1.5">
        <Button
          size="small"
          icon={ScrollText}
          onClick={() => view.setState({ drawer: { sort: "logs", component } })}
        >
          Logs
        </Button>
        {mayOperate && (
          <>
            {!isJob && (
              <Button
                size="small"
                icon={SquareTerminal}
                onClick={() => view.setState({ drawer: { sort: "terminal", component } })}
              >
                Terminal
              </Button>
            )}
            <Button
              size="small"
              icon={Terminal}
              onClick={() => view.setState({ drawer: { sort: "command", component } })}
            >
              {isJob ? "Run now" : "Command"}
            </Button>
            {!isJob && <Operations component={component} replicas={replicas} />}
          </>
        )}
      </div>
      <ul className="flex flex-col gap-2">
        {replicas.map((each) => (
          <ReplicaCard key={`${each.replica} ${each.name}`} replica={each} />
        ))}
      </ul>
      {phase?.phase === "ready" && phase.took !== undefined && (
        <p className="text-muted text-xs">
          Ready {duration(phase.took)} after it was started, by the last deploy.
        </p>
      )}
    </div>
  );
}

function Operations({ component, replicas }: { component: string; replicas: readonly Replica[] }) {
  const { project } = useBoard();
  const isUp = replicas.some((each) => !["stopped", "exited", "missing"].includes(each.state));
  return isUp ? (
    <>
      <Button size="small" icon={RotateCw} onClick={() => operate(project, component, "restart")}>
        Restart
      </Button>
      <Button size="small" icon={Square} onClick={() => operate(project, component, "stop")}>
        Stop
      </Button>
    </>
  ) : (
    <Button size="small" icon={Play} onClick={() => operate(project, component, "start")}>
      Start
    </Button>
  );
}

function ReplicaCard({ replica }: { replica: Replica }) {
  const { image_id: digest } = replica;
  return (
    <li className="rounded-lg border bg-raised">
      <p className="flex items-center justify-between gap-2 border-b px-2.5 py-1.5">
        <StatusLight condition={replica.state as Condition} />
        <span className="text-muted text-xs">replica {replica.replica}</span>
      </p>
      {replica.reason && <p className="border-b px-2.5 py-1.5 text-xs">{replica.reason}</p>}
      <dl className="grid grid-cols-[auto_1fr] gap-x-3 gap-y-1 px-2.5 py-2 text-xs">
        {replica.started > 0 && (
          <Fact name="Started">
            <Moment at={replica.started} />
          </Fact>
        )}
        {replica.restarts > 0 && <Fact name="Restarts">{replica.restarts}</Fact>}
        {replica.health && <Fact name="Health">{replica.health}</Fact>}
        {replica.exit_code !== null && replica.state === "exited" && (
          <Fact name="Exit code">{replica.exit_code}</Fact>
        )}
        {replica.host && <Fact name="Host">{replica.host}</Fact>}
        {replica.ports.length > 0 && <Fact name="Ports">{replica.ports.join(", ")}</Fact>}
        {replica.name && (
          <Fact name="Container">
            <code className="break-all">{replica.name}</code>
          </Fact>
        )}
        {replica.image && (
          <Fact name="Image">
            <code className="break-all">{replica.image}</code>
          </Fact>
        )}
        {digest && (
          <Fact name="Digest">
            <span className="flex items-center gap-1">
              <code className="truncate">{digest.replace("sha256:", "").slice(0, 16)}</code>
              <CopyButton text={digest} label="Copy the digest" />
            </span>
          </Fact>
        )}
      </dl>
    </li>
  );
}

function Fact({ name, children }: { name: string; children: ReactNode }) {
  return (
    <>
      <dt className="text-muted">{name}</dt>
      <dd className="min-w-0">{children}</dd>
    </>
  );
}
