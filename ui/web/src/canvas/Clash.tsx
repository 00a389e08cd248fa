import { useState } from "react";
import { useStore } from "zustand";
import { Banner, Button, Dialog } from "@/look";
import { mergeWith } from "@/model";
import { useBoard } from "./context";

/** Somebody saved meanwhile and changed the same: both are shown, and a person says which holds, for each component. */
export function Clash() {
  const { document } = useBoard();
  const clash = useStore(document.store, (state) => state.clash);
  const [isOpen, open] = useState(false);
  const [mine, setMine] = useState<ReadonlySet<string>>(new Set());
  if (!clash) return null;

  function take() {
    if (!clash) return;
    document.resolve(mergeWith(clash.base, document.store.getState().text, clash.newest.text, mine));
    open(false);
    setMine(new Set());
  }

  return (
    <>
      <Banner
        tone="warn"
        className="m-2"
        title={`${clash.newest.who} saved before you, and you both changed the same`}
        action={
          <Button size="small" onClick={() => open(true)}>
            Look at both
          </Button>
        }
      >
        Nothing of either is lost. Yours is saved once you have said which holds.
      </Banner>
      <Dialog
        open={isOpen}
        onClose={() => open(false)}
        width="large"
        title="Two versions"
        description={`What only one of you changed is in the drawing already. Here you and ${clash.newest.who} differ.`}
        footer={
          <>
            <Button onClick={() => open(false)}>Later</Button>
            <Button kind="primary" onClick={take}>
              Save it so
            </Button>
          </>
        }
      >
        <ul className="flex flex-col gap-4">
          {clash.conflicts.map((each) => (
            <li key={each.what}>
              <h3 className="mb-1 font-medium">{each.what}</h3>
              <div className="grid gap-2 sm:grid-cols-2">
                <Version
                  title={clash.newest.who}
                  text={each.theirs}
                  isChosen={!mine.has(each.what)}
                  onChoose={() => setMine(without(mine, each.what))}
                />
                <Version
                  title="You"
                  text={each.yours}
                  isChosen={mine.has(each.what)}
                  onChoose={() => setMine(new Set([...mine, each.what]))}
                />
              </div>
            </li>
          ))}
        </ul>
      </Dialog>
    </>
  );
}

function without(names: ReadonlySet<string>, name: string): ReadonlySet<string> {
  return new Set([...names].filter((each) => each !== name));
}

interface VersionProps {
  title: string;
  text: string | null;
  isChosen: boolean;
  onChoose: () => void;
}

function Version({ title, text, isChosen, onChoose }: VersionProps) {
  return (
    <button
      type="button"
      aria-pressed={isChosen}
      onClick={onChoose}
      className="flex min-w-0 flex-col rounded-lg border bg-sunken p-3 text-left hover:border-faint aria-pressed:border-info-solid aria-pressed:bg-info-soft"
    >
      <span className="mb-1 font-medium text-xs">
        {title} {isChosen && <span className="font-normal text-info">· holds</span>}
      </span>
      <pre className="scroll-thin max-h-60 overflow-auto whitespace-pre-wrap break-words">
        {text ?? "(removed)"}
      </pre>
    </button>
  );
}
