import { useQuery } from "@tanstack/react-query";
import { Database, FileUp, MousePointerClick, Spline } from "lucide-react";
import { useRef } from "react";
import { stacksQuery } from "@/api";
import { Button, Keys } from "@/look";
import { useBoard } from "./context";
import { useOpening } from "./opening";
import { StackPicture } from "./StackPicture";

/** An empty canvas teaches in place: what to do first, and drawings to begin with. */
export function Empty({ onAdd }: { onAdd: (kind: string) => void }) {
  const { mayDraw } = useBoard();
  const stacks = useQuery(stacksQuery);
  const opening = useOpening();
  const input = useRef<HTMLInputElement>(null);
  if (!mayDraw)
    return (
      <Centred>
        <h2 className="font-semibold text-lg">Nothing is drawn here yet</h2>
        <p className="mt-1 text-muted">You may look at this project. Somebody who may draw begins it.</p>
      </Centred>
    );
  return (
    <Centred>
      <h2 className="font-semibold text-lg">Draw your backend</h2>
      <p className="mt-1 text-muted">
        Boxes are what runs. A line from one to another gives it the address and the password. Deploy makes it
        so.
      </p>
      <ol className="mt-4 grid gap-2 text-left sm:grid-cols-3">
        <Step icon={MousePointerClick} title="Add a box">
          Click or drag one from the palette, or press <Keys of="a" />
        </Step>
        <Step icon={Spline} title="Draw a line">
          From the dot at its right side to what it needs, or press <Keys of="c" />
        </Step>
        <Step icon={Database} title="Deploy">
          Look at what would change, then <Keys of="mod+enter" />
        </Step>
      </ol>
      <div className="mt-4 flex flex-wrap justify-center gap-2">
        <Button kind="primary" onClick={() => onAdd("nginx")}>
          Begin with a proxy
        </Button>
        <Button icon={FileUp} onClick={() => input.current?.click()}>
          Open a schema file
        </Button>
        <input
          ref={input}
          type="file"
          accept=".yml,.yaml"
          aria-label="Schema file"
          className="hidden"
          onChange={(event) => {
            void opening.open(event.target.files?.[0]);
            event.target.value = "";
          }}
        />
      </div>
      {stacks.data && stacks.data.length > 0 && (
        <>
          <h3 className="mt-6 mb-2 font-medium text-faint text-xs">
            Or begin with a drawing that runs, and change it
          </h3>
          <ul className="grid gap-3 sm:grid-cols-3">
            {stacks.data.map((each) => (
              <li
                key={each.stack}
                className="relative flex flex-col overflow-hidden rounded-lg border bg-raised text-left shadow-raised transition-colors hover:border-faint"
              >
                <StackPicture outline={each.outline} />
                <div className="border-t px-3 py-2">
                  <button
                    type="button"
                    onClick={() => opening.begin(each)}
                    className="font-semibold after:absolute after:inset-0 after:rounded-lg"
                  >
                    {each.title}
                  </button>
                  <p className="line-clamp-2 text-muted text-xs">{each.summary}</p>
                </div>
              </li>
            ))}
          </ul>
        </>
      )}
    </Centred>
  );
}

function Centred({ children }: { children: React.ReactNode }) {
  return (
    <div className="scroll-thin pointer-events-none absolute inset-0 z-10 flex overflow-y-auto p-4">
      <div className="pointer-events-auto m-auto w-full max-w-2xl rounded-2xl border bg-overlay/95 p-5 text-center shadow-overlay">
        {children}
      </div>
    </div>
  );
}

function Step({
  icon: Icon,
  title,
  children,
}: {
  icon: typeof Spline;
  title: string;
  children: React.ReactNode;
}) {
  return (
    <li className="rounded-lg border bg-sunken/60 px-3 py-2.5">
      <p className="flex items-center gap-2 font-medium">
        <Icon aria-hidden className="size-4 text-muted" />
        {title}
      </p>
      <p className="mt-0.5 text-muted text-xs leading-5">{children}</p>
    </li>
  );
}
