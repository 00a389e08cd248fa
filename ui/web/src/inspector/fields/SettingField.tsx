import type { Value } from "@/model";
import { Choice, Switch, TextArea, TextInput } from "./inputs";
import { Row } from "./Row";
import { parsed, ruleOf, shown } from "./rule";

interface SettingFieldProps {
  name: string;
  /** The JSON Schema of it. */
  schema: unknown;
  value: Value | undefined;
  path: string;
  disabled?: boolean;
  /** Undefined: it is left to its default. */
  onChange: (value: Value | undefined) => void;
}

/** One setting of a kind, drawn of its JSON Schema. */
export function SettingField({ name, schema, value, path, disabled, onChange }: SettingFieldProps) {
  const rule = ruleOf(schema);
  const isWritten = value !== undefined;
  const fallback = rule.default === undefined ? undefined : shown(rule.default);
  return (
    <Row
      label={labelOf(name)}
      path={path}
      hint={hintOf(rule)}
      fallback={fallback}
      isWritten={isWritten}
      onReset={disabled ? undefined : () => onChange(undefined)}
    >
      {rule.type === "boolean" ? (
        <Switch
          isOn={(value ?? rule.default) === true}
          disabled={disabled}
          onChange={(isOn) => onChange(isOn === rule.default ? undefined : isOn)}
        />
      ) : rule.choices.length > 0 ? (
        <Choice
          value={shown(value ?? rule.default)}
          disabled={disabled}
          options={rule.choices.map((each) => ({
            value: String(each),
            label: each === rule.default ? `${each} (default)` : String(each),
          }))}
          onChange={(text) => {
            const chosen = rule.choices.find((each) => String(each) === text) ?? text;
            onChange(chosen === rule.default ? undefined : chosen);
          }}
        />
      ) : rule.type === "list" ? (
        <TextArea
          value={shown(value)}
          placeholder={fallback}
          disabled={disabled}
          onChange={(text) => onChange(text === "" ? undefined : parsed(rule, text))}
        />
      ) : (
        <TextInput
          value={shown(value)}
          placeholder={fallback ?? "has to be given"}
          inputMode={rule.type === "integer" ? "numeric" : undefined}
          disabled={disabled}
          onChange={(text) => onChange(text === "" ? undefined : parsed(rule, text))}
        />
      )}
    </Row>
  );
}

function labelOf(name: string): string {
  return name.charAt(0).toUpperCase() + name.slice(1).replaceAll("_", " ");
}

function hintOf({ description, minimum, maximum }: ReturnType<typeof ruleOf>): string {
  const bounds =
    minimum !== undefined && maximum !== undefined
      ? `${minimum} to ${maximum}.`
      : minimum !== undefined
        ? `At least ${minimum}.`
        : "";
  return [description, bounds].filter(Boolean).join(" ");
}
