import { ArrowRight, Spline, Trash2 } from "lucide-react";
import { useBoard, useDrawing, useKind } from "@/canvas/context";
import { useGift } from "@/canvas/useLegality";
import { Button, CopyButton, KindIcon } from "@/look";
import { type Connection, disconnect } from "@/model";
import { Choice, TextInput } from "./fields/inputs";
import { Row } from "./fields/Row";
import { Group } from "./Group";
import { Remarks } from "./Remarks";
import { Algorithm, useChange } from "./RoutesTable";

/** A line: what it gives, under which names, and, from a proxy, for which requests it is. */
export function ConnectionInspector({ id, connection }: { id: string; connection: Connection }) {
  const { document, mayDraw } = useBoard();
  const drawing = useDrawing();
  const client = drawing.components.get(connection.from);
  const server = drawing.components.get(connection.to);
  const clientKind = useKind(client?.kind ?? "");
  const serverKind = useKind(server?.kind ?? "");
  const gift = useGift(connection);
  const change = useChange(connection);
  const path = `connections/${connection.index}`;
  const ports = Object.keys({ ...serverKind?.ports, ...server?.ports });
  return (
    <div className="scroll-thin min-h-0 flex-1 overflow-y-auto">
      <header className="flex items-start gap-2.5 border-b px-3 py-2.5">
        <span className="mt-0.5 inline-flex size-9 shrink-0 items-center justify-center rounded-lg border bg-sunken">
          <Spline aria-hidden className="size-4.5 text-muted" />
        </span>
        <div className="min-w-0 flex-1">
          <h2 className="flex min-w-0 items-center gap-1.5 font-semibold text-base">
            <End name={connection.from} icon={clientKind?.icon} />
            <ArrowRight aria-hidden className="size-3.5 shrink-0 text-faint" />
            <span className="sr-only">to</span>
            <End name={connection.to} icon={serverKind?.icon} />
          </h2>
          <p className="text-muted text-xs">
            {gift ? `speaks ${gift.protocol}` : "A connection"} · {connection.from} may reach {connection.to},
            and not the other way round
          </p>
        </div>
      </header>
      <Remarks id={id} />
      <fieldset disabled={!mayDraw} className="min-w-0">
        <legend className="sr-only">The connection</legend>
        <Group title={`What ${connection.from} is given`} isOpen>
          {clientKind?.routes ? (
            <p className="text-muted text-xs">
              {connection.from} is a proxy: it passes requests on to {connection.to}, by its own
              configuration, which is written from the lines drawn.
            </p>
          ) : gift && gift.names.length > 0 ? (
            <>
              <p className="text-muted text-xs">
                In the environment of {connection.from}, filled in by Backdraft. Passwords never appear here.
              </p>
              <ul className="flex flex-col">
                {gift.names.map((name) => (
                  <li
                    key={name}
                    className="flex h-7 items-center justify-between gap-2 border-b last:border-0"
                  >
                    <code className="truncate">{name}</code>
                    <CopyButton text={name} label={`Copy ${name}`} />
                  </li>
                ))}
              </ul>
            </>
          ) : (
            <p className="text-muted text-xs">Nothing: it grants reach and orders the start.</p>
          )}
          {!clientKind?.routes && (
            <Row
              label="Names begin with"
              path={`${path}/as`}
              hint="Tells two servers of one kind apart."
              fallback={gift?.usualPrefix}
              isWritten={connection.as !== null}
              onReset={() => change({ as: null })}
            >
              <TextInput
                mono
                value={connection.as ?? ""}
                placeholder={gift?.usualPrefix}
                onChange={(text) => change({ as: text.toUpperCase() || null })}
              />
            </Row>
          )}
          {ports.length > 1 && (
            <Row label={`Port of ${connection.to}`} path={`${path}/to`}>
              <Choice
                value={connection.port ?? ""}
                options={[
                  { value: "", label: "the one that fits" },
                  ...ports.map((each) => ({ value: each, label: each })),
                ]}
                onChange={(port) => change({ port: port || null })}
              />
            </Row>
          )}
        </Group>
        {clientKind?.routes && (
          <Group title="Which requests" isOpen>
            <Row
              label="Path"
              path={`${path}/path`}
              hint="Requests whose path begins so."
              fallback="/"
              isWritten={connection.path !== null}
              onReset={() => change({ path: null })}
            >
              <TextInput
                mono
                value={connection.path ?? ""}
                placeholder="/"
                onChange={(text) => change({ path: text || null })}
              />
            </Row>
            <Row
              label="Host"
              path={`${path}/host`}
              hint="Requests for this name."
              fallback="any"
              isWritten={connection.host !== null}
              onReset={() => change({ host: null })}
            >
              <TextInput
                mono
                value={connection.host ?? ""}
                placeholder="shop.example"
                onChange={(text) => change({ host: text || null })}
              />
            </Row>
            <Row
              label="Weight"
              path={`${path}/weight`}
              hint="The share of this server, among those of the same path and host."
              fallback="1"
              isWritten={connection.weight !== null}
              onReset={() => change({ weight: null })}
            >
              <TextInput
                value={connection.weight === null ? "" : String(connection.weight)}
                inputMode="numeric"
                placeholder="1"
                onChange={(text) => change({ weight: /^\d+$/.test(text) ? Number(text) : null })}
              />
            </Row>
            <Row label="How a server is chosen" path={`${path}/algorithm`}>
              <Algorithm connection={connection} />
            </Row>
          </Group>
        )}
        {mayDraw && (
          <div className="p-3">
            <Button
              icon={Trash2}
              onClick={() => document.edit("Remove a line", (text) => disconnect(text, [connection.index]))}
            >
              Remove the line
            </Button>
          </div>
        )}
      </fieldset>
    </div>
  );
}

function End({ name, icon }: { name: string; icon: string | undefined }) {
  return (
    <span className="inline-flex min-w-0 items-center gap-1">
      <KindIcon kind={icon ?? "container"} className="size-3.5" />
      <span className="truncate">{name}</span>
    </span>
  );
}
