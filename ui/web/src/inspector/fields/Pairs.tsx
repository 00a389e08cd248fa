import { Plus, Trash2 } from "lucide-react";
import { useState } from "react";
import { Button, IconButton } from "@/look";
import { useEdits } from "../useEdits";
import { TextInput } from "./inputs";
import { useFaults } from "./Row";

interface PairsProps {
  label: string;
  path: string;
  entries: Readonly<Record<string, string>>;
  namePlaceholder: string;
  valuePlaceholder: string;
  add: string;
}

/** Names and texts, a row each, and an empty one to add another. */
export function Pairs({ label, path, entries, namePlaceholder, valuePlaceholder, add }: PairsProps) {
  const { put, rename } = useEdits();
  const faults = useFaults(path);
  const [isAdding, setAdding] = useState(false);
  const [name, setName] = useState("");
  const [value, setValue] = useState("");

  function keep() {
    if (!name || !value) return;
    put(`${path}/${name}`, value);
    setName("");
    setValue("");
    setAdding(false);
  }

  return (
    <div role="group" aria-label={label} className="flex flex-col gap-1.5">
      {Object.entries(entries).map(([each, text]) => (
        <div key={each} className="flex items-center gap-1.5">
          <NameInput name={each} onRename={(next) => rename(`${path}/${each}`, next)} />
          <TextInput
            aria-label={`Value of ${each}`}
            mono
            value={text}
            onChange={(next) => put(`${path}/${each}`, next)}
          />
          <IconButton
            icon={Trash2}
            label={`Remove ${each}`}
            className="size-7"
            onClick={() => put(`${path}/${each}`, undefined)}
          />
        </div>
      ))}
      {isAdding ? (
        <form
          className="flex items-center gap-1.5"
          onSubmit={(event) => {
            event.preventDefault();
            keep();
          }}
        >
          <TextInput
            aria-label="Name"
            autoFocus
            className="w-28! shrink-0"
            placeholder={namePlaceholder}
            value={name}
            onChange={setName}
          />
          <TextInput
            aria-label="Value"
            mono
            placeholder={valuePlaceholder}
            value={value}
            onChange={setValue}
          />
          <IconButton
            icon={Plus}
            label="Add it"
            type="submit"
            className="size-7"
            disabled={!name || !value}
          />
        </form>
      ) : (
        <Button size="small" icon={Plus} className="self-start" onClick={() => setAdding(true)}>
          {add}
        </Button>
      )}
      {faults.map((each) => (
        <p key={each} className="text-2xs text-bad">
          {each}
        </p>
      ))}
    </div>
  );
}

/** A name that is taken once the field is left: each letter of it would be a name of its own. */
export function NameInput({
  name,
  onRename,
  mono,
}: {
  name: string;
  onRename: (name: string) => void;
  mono?: boolean;
}) {
  const [text, setText] = useState(name);
  return (
    <TextInput
      aria-label={`Name ${name}`}
      mono={mono}
      className="w-28! shrink-0"
      value={text}
      onChange={setText}
      onKeyDown={(event) => event.key === "Enter" && event.currentTarget.blur()}
      onBlurCapture={() => {
        if (text && text !== name) onRename(text);
        else setText(name);
      }}
    />
  );
}
