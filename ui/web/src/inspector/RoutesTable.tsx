import { useQuery } from "@tanstack/react-query";
import { Trash2 } from "lucide-react";
import { useBoard, useDrawing } from "@/canvas/context";
import { lineIds } from "@/canvas/flow/edges";
import { IconButton } from "@/look";
import { type Component, type Connection, changeConnection, disconnect } from "@/model";
import { Choice, TextInput } from "./fields/inputs";
import { useFaults } from "./fields/Row";
import { schemaFormQuery } from "./form";
import { Group } from "./Group";
import { useEdits } from "./useEdits";

/** Where a proxy passes requests on to: its lines, as a table that can be edited. */
export function RoutesTable({ component }: { component: Component }) {
  const drawing = useDrawing();
  const routes = drawing.connections.filter((each) => each.from === component.name);
  return (
    <Group
      title="Routes"
      isOpen={routes.length > 0}
      summary={routes.length === 0 ? "draw a line to a server" : String(routes.length)}
    >
      {routes.length === 0 ? (
        <p className="text-muted text-xs">Draw a line from this box to a server: that is a route.</p>
      ) : (
        <div className="-mx-3 overflow-x-auto px-3">
          <table className="w-full border-separate border-spacing-x-1 border-spacing-y-0.5 text-left text-xs">
            <thead>
              <tr className="text-2xs text-muted">
                <th scope="col" className="font-normal">
                  Path
                </th>
                <th scope="col" className="font-normal">
                  Host
                </th>
                <th scope="col" className="font-normal">
                  Weight
                </th>
                <th scope="col" className="font-normal">
                  To
                </th>
                <th scope="col">
                  <span className="sr-only">Acts</span>
                </th>
              </tr>
            </thead>
            <tbody>
              {routes.map((each) => (
                <Route key={each.index} connection={each} />
              ))}
            </tbody>
          </table>
        </div>
      )}
    </Group>
  );
}

function Route({ connection }: { connection: Connection }) {
  const { document } = useBoard();
  const change = useChange(connection);
  const drawing = useDrawing();
  const { index, path, host, weight, to, port } = connection;
  const faults = useFaults(`connections/${index}`);
  const id = lineIds(drawing.connections)[index] ?? "";
  return (
    <>
      <tr>
        <td>
          <TextInput
            mono
            aria-label={`Path to ${to}`}
            value={path ?? ""}
            placeholder="/"
            onChange={(text) => change({ path: text || null })}
          />
        </td>
        <td>
          <TextInput
            mono
            aria-label={`Host for ${to}`}
            value={host ?? ""}
            placeholder="any"
            onChange={(text) => change({ host: text || null })}
          />
        </td>
        <td className="w-12">
          <TextInput
            aria-label={`Weight of ${to}`}
            value={weight === null ? "" : String(weight)}
            placeholder="1"
            inputMode="numeric"
            onChange={(text) => change({ weight: /^\d+$/.test(text) ? Number(text) : null })}
          />
        </td>
        <td className="max-w-20">
          <button
            type="button"
            className="block max-w-full truncate rounded-sm px-1 font-medium hover:underline"
            onClick={() => document.select([id])}
          >
            {to}
            {port && `.${port}`}
          </button>
        </td>
        <td>
          <IconButton
            icon={Trash2}
            label={`Remove the route to ${to}`}
            className="size-7"
            onClick={() => document.edit(`Remove the route to ${to}`, (text) => disconnect(text, [index]))}
          />
        </td>
      </tr>
      {faults.map((each) => (
        <tr key={each}>
          <td colSpan={5} className="text-2xs text-bad">
            {each}
          </td>
        </tr>
      ))}
    </>
  );
}

export function useChange(connection: Connection) {
  const { edit } = useEdits();
  const { index, from, to } = connection;
  return (fields: Parameters<typeof changeConnection>[2]) =>
    edit(
      `Change the line from ${from} to ${to}`,
      (text) => changeConnection(text, index, fields),
      `line ${index} ${Object.keys(fields).join()}`,
    );
}

/** How a server is chosen, of several of one route. */
export function Algorithm({ connection }: { connection: Connection }) {
  const { data: form } = useQuery(schemaFormQuery);
  const change = useChange(connection);
  return (
    <Choice
      value={connection.algorithm ?? ""}
      options={[
        { value: "", label: "round-robin (default)" },
        ...(form?.algorithms ?? [])
          .filter((each) => each !== "round-robin")
          .map((each) => ({ value: each, label: each })),
      ]}
      onChange={(algorithm) => change({ algorithm: algorithm || null })}
    />
  );
}
