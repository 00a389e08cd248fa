import { useQuery } from "@tanstack/react-query";
import { KeyRound, Plus, Trash2 } from "lucide-react";
import { useMemo, useState } from "react";
import { secretsQuery } from "@/api";
import { useBoard, useDrawing } from "@/canvas/context";
import { giftIn } from "@/canvas/useLegality";
import { Button, IconButton } from "@/look";
import type { Component } from "@/model";
import { TextInput } from "./fields/inputs";
import { NameInput } from "./fields/Pairs";
import { ReferenceInput } from "./fields/ReferenceInput";
import { useFaults } from "./fields/Row";
import { secretsIn } from "./references";
import { SecretDialog } from "./SecretDialog";
import { useEdits } from "./useEdits";

/** The environment of a component: what it is given by its lines, and what is written for it. */
export function Environment({ component }: { component: Component }) {
  const { project, kinds, mayDraw, maySetSecrets } = useBoard();
  const drawing = useDrawing();
  const secrets = useQuery(secretsQuery(project));
  const [setting, set] = useState<string | null>(null);
  const own = Object.entries(component.environment);
  const given = useMemo(
    () =>
      drawing.connections
        .filter((each) => each.from === component.name)
        .flatMap((each) => {
          const isProxy = kinds.get(component.kind)?.routes;
          const gift = isProxy ? null : giftIn(drawing, kinds, each);
          return (gift?.names ?? []).map((name) => ({ name, from: each.to }));
        }),
    [drawing, kinds, component],
  );
  const choices = useMemo(
    () => [
      ...drawing.connections
        .filter((each) => each.from === component.name)
        .flatMap((each) =>
          (giftIn(drawing, kinds, each)?.keys ?? []).map((key) => `\${${each.to}.${key.toLowerCase()}}`),
        ),
      ...(secrets.data ?? []).filter((each) => !each.component).map((each) => `\${secret.${each.name}}`),
    ],
    [drawing, kinds, component, secrets.data],
  );
  const known = new Set((secrets.data ?? []).filter((each) => !each.component).map((each) => each.name));
  const missing = secrets.data ? secretsIn(component.environment).filter((each) => !known.has(each)) : [];
  return (
    <div className="flex flex-col gap-4 p-3">
      {missing.map((name) => (
        <div
          key={name}
          className="flex items-center gap-2 rounded-md border border-warn/40 bg-warn-soft px-2.5 py-2"
        >
          <KeyRound aria-hidden className="size-4 shrink-0 text-warn" />
          <p className="min-w-0 flex-1 text-xs">
            The secret <code>{name}</code> is not set yet.
          </p>
          {maySetSecrets && (
            <Button size="small" onClick={() => set(name)}>
              Set it
            </Button>
          )}
        </div>
      ))}
      <section className="flex flex-col gap-1.5">
        <h3 className="font-semibold text-xs">Variables</h3>
        <p className="text-muted text-xs">
          They win over what lines give. Type <code>{"${"}</code> for the address of a server or a secret.
        </p>
        {own.map(([name, value]) => (
          <Variable key={name} component={component.name} name={name} value={value} choices={choices} />
        ))}
        {own.length === 0 && !mayDraw && <p className="text-muted text-xs">None.</p>}
        {mayDraw && <NewVariable component={component} choices={choices} />}
      </section>
      {given.length > 0 && (
        <section className="flex flex-col gap-1">
          <h3 className="font-semibold text-xs">Given by its lines</h3>
          <ul>
            {given.map((each) => (
              <li
                key={`${each.from} ${each.name}`}
                className="flex h-6.5 items-center justify-between gap-2 border-b last:border-0"
              >
                <code
                  className={
                    each.name in component.environment ? "truncate text-faint line-through" : "truncate"
                  }
                >
                  {each.name}
                </code>
                <span className="shrink-0 text-muted text-xs">{each.from}</span>
              </li>
            ))}
          </ul>
        </section>
      )}
      <section className="flex flex-col gap-1">
        <h3 className="flex items-center justify-between font-semibold text-xs">
          Secrets of the project
          {maySetSecrets && (
            <Button size="small" kind="quiet" icon={Plus} onClick={() => set("")}>
              Set a secret
            </Button>
          )}
        </h3>
        {[...known].length === 0 ? (
          <p className="text-muted text-xs">
            None. They are written and never shown again; passwords between connected boxes are made without
            you.
          </p>
        ) : (
          <ul>
            {[...known].map((name) => (
              <li key={name} className="flex h-7 items-center justify-between gap-2 border-b last:border-0">
                <code className="truncate">{name}</code>
                {maySetSecrets && (
                  <Button size="small" kind="quiet" onClick={() => set(name)}>
                    Replace
                  </Button>
                )}
              </li>
            ))}
          </ul>
        )}
      </section>
      {setting !== null && <SecretDialog name={setting} onClose={() => set(null)} />}
    </div>
  );
}

interface VariableProps {
  component: string;
  name: string;
  value: string;
  choices: readonly string[];
}

function Variable({ component, name, value, choices }: VariableProps) {
  const { mayDraw } = useBoard();
  const { put, rename } = useEdits();
  const path = `components/${component}/environment/${name}`;
  const faults = useFaults(path);
  return (
    <div>
      <div className="flex items-center gap-1.5">
        {mayDraw ? (
          <NameInput mono name={name} onRename={(next) => rename(path, next)} />
        ) : (
          <code className="w-28 shrink-0 truncate">{name}</code>
        )}
        <ReferenceInput
          label={`Value of ${name}`}
          value={value}
          choices={choices}
          disabled={!mayDraw}
          isWrong={faults.length > 0}
          onChange={(text) => put(path, text)}
        />
        {mayDraw && (
          <IconButton
            icon={Trash2}
            label={`Remove ${name}`}
            className="size-7"
            onClick={() => put(path, undefined)}
          />
        )}
      </div>
      {faults.map((each) => (
        <p key={each} className="text-2xs text-bad">
          {each}
        </p>
      ))}
    </div>
  );
}

function NewVariable({ component, choices }: { component: Component; choices: readonly string[] }) {
  const { put } = useEdits();
  const [name, setName] = useState("");
  const [value, setValue] = useState("");
  return (
    <form
      className="flex items-center gap-1.5"
      onSubmit={(event) => {
        event.preventDefault();
        if (!name) return;
        put(`components/${component.name}/environment/${name}`, value);
        setName("");
        setValue("");
        event.currentTarget.querySelector("input")?.focus();
      }}
    >
      <TextInput
        aria-label="Name of a new variable"
        mono
        className="w-28! shrink-0"
        placeholder="NAME"
        value={name}
        onChange={(text) => setName(text.replace(/[^A-Za-z0-9_]/g, "_"))}
      />
      <ReferenceInput
        label="Value of the new variable"
        placeholder="value"
        value={value}
        choices={choices}
        onChange={setValue}
      />
      <IconButton icon={Plus} label="Add the variable" type="submit" className="size-7" disabled={!name} />
    </form>
  );
}
