import { useQuery, useQueryClient } from "@tanstack/react-query";
import { FileUp, SquareDashed } from "lucide-react";
import { type DragEvent, type ReactNode, useRef, useState } from "react";
import { useLocation, useSearch } from "wouter";
import { api, body, keys, kindsQuery, type Stack, stacksQuery, text, useSubmit } from "@/api";
import { Loaded } from "@/app/Loaded";
import { Shell } from "@/app/Shell";
import { Badge, Button, Dialog, Field, Input, Page, toastFault } from "@/look";
import { Wrong } from "../entrance/Entrance";
import { Picture } from "../Picture";
import { nameLike, nameOf, renamed } from "./naming";

/** What a project begins with. */
interface Beginning {
  title: string;
  name: string;
  /** Its schema; none: an empty one. */
  text?: string;
  /** The stack whose sample code comes with it. */
  stack?: string;
}

const EMPTY: Beginning = { title: "An empty canvas", name: "" };
const LARGEST_FILE = 2 ** 20;

export function NewProject() {
  const stacks = useQuery(stacksQuery);
  const search = useSearch();
  const [chosen, choose] = useState<Beginning | null>(() => (search === "with=nothing" ? EMPTY : null));
  const [isOver, over] = useState(false);
  const input = useRef<HTMLInputElement>(null);

  async function open(file: File | undefined) {
    if (!file) return;
    if (file.size > LARGEST_FILE) {
      toastFault(`${file.name} is larger than a schema may be (1 MiB).`);
      return;
    }
    const content = await file.text();
    choose({ title: file.name, name: nameOf(content) || nameLike(file.name), text: content });
  }
  function drop(event: DragEvent) {
    event.preventDefault();
    over(false);
    void open(event.dataTransfer.files[0]);
  }
  return (
    <Shell place={<span className="font-medium">New project</span>}>
      {/* biome-ignore lint/a11y/noStaticElementInteractions: dropping a file here is a second way to the button */}
      <div
        className="scroll-thin h-full overflow-y-auto"
        onDragOver={(event) => {
          event.preventDefault();
          over(true);
        }}
        onDragLeave={(event) => event.currentTarget === event.target && over(false)}
        onDrop={drop}
      >
        <Page
          title="New project"
          lead="Begin with a stack that works, and change it; or with nothing; or with a file."
        >
          <Loaded of={stacks} what="stacks">
            {(found) => (
              <ul className="grid grid-cols-[repeat(auto-fill,minmax(300px,1fr))] gap-4">
                {found.map((each) => (
                  <StackCard key={each.stack} stack={each} choose={choose} />
                ))}
                <Tile
                  picture={<SquareDashed aria-hidden className="size-9 text-faint" strokeWidth={1.25} />}
                  title="Empty canvas"
                  summary="Draw it from the first box on."
                  onChoose={() => choose(EMPTY)}
                />
                <Tile
                  isMarked={isOver}
                  picture={<FileUp aria-hidden className="size-9 text-faint" strokeWidth={1.25} />}
                  title="Schema file"
                  summary="Choose a backdraft.yml, or drop one anywhere on this page."
                  onChoose={() => input.current?.click()}
                />
              </ul>
            )}
          </Loaded>
          <input
            ref={input}
            type="file"
            accept=".yml,.yaml"
            aria-label="Schema file"
            className="hidden"
            onChange={(event) => {
              void open(event.target.files?.[0]);
              event.target.value = "";
            }}
          />
        </Page>
      </div>
      {chosen && <Naming beginning={chosen} onClose={() => choose(null)} />}
    </Shell>
  );
}

function StackCard({ stack, choose }: { stack: Stack; choose: (beginning: Beginning) => void }) {
  const { data: kinds } = useQuery(kindsQuery);
  const titles = new Map(kinds?.map((each) => [each.kind, each.title]));
  const used = [...new Set(stack.outline.boxes.map((each) => titles.get(each.kind) ?? each.kind))];
  return (
    <Tile
      picture={<Picture of={stack.outline} label={`The drawing of ${stack.title}`} />}
      title={stack.title}
      summary={stack.summary}
      used={used}
      onChoose={() =>
        choose({
          title: `The stack “${stack.title}”`,
          name: stack.stack,
          text: stack.text,
          stack: stack.text.includes("source:") ? stack.stack : undefined,
        })
      }
    />
  );
}

interface TileProps {
  picture: ReactNode;
  title: string;
  summary: string;
  used?: readonly string[];
  isMarked?: boolean;
  onChoose: () => void;
}

function Tile({ picture, title, summary, used = [], isMarked, onChoose }: TileProps) {
  return (
    <li
      className={`relative flex flex-col overflow-hidden rounded-xl border bg-raised shadow-raised transition-colors hover:border-line-strong ${isMarked ? "border-info ring-2 ring-info" : ""}`}
    >
      <div className="flex h-40 items-center justify-center border-b bg-[radial-gradient(var(--color-line)_1px,transparent_1px)] bg-[size:14px_14px] bg-ground p-4">
        {picture}
      </div>
      <div className="flex flex-1 flex-col gap-1.5 px-4 py-3">
        <h2 className="font-semibold text-base">
          <button type="button" onClick={onChoose} className="after:absolute after:inset-0 after:rounded-xl">
            {title}
          </button>
        </h2>
        <p className="text-muted">{summary}</p>
        {used.length > 0 && (
          <p className="mt-auto flex flex-wrap gap-1 pt-1">
            {used.map((each) => (
              <Badge key={each}>{each}</Badge>
            ))}
          </p>
        )}
      </div>
    </li>
  );
}

function Naming({ beginning, onClose }: { beginning: Beginning; onClose: () => void }) {
  const queries = useQueryClient();
  const [, go] = useLocation();
  const form = useSubmit(async (data) => {
    const name = text(data, "name");
    await body(
      api.POST("/api/v1/projects", {
        body: { name, text: beginning.text === undefined ? null : renamed(beginning.text, name) },
      }),
    );
    if (beginning.stack !== undefined) {
      const { sendStackSources } = await import("@/deploying/sources");
      await sendStackSources(queries, name, beginning.stack).catch(toastFault);
    }
    // whoever makes a project is its owner: what we may do has changed
    await Promise.all([
      queries.invalidateQueries({ queryKey: keys.me }),
      queries.invalidateQueries({ queryKey: keys.projects }),
    ]);
    go(`/projects/${name}`);
  });
  return (
    <Dialog
      open
      onClose={onClose}
      width="small"
      title="New project"
      description={beginning.title}
      footer={
        <>
          <Button onClick={onClose}>Cancel</Button>
          <Button type="submit" form="new-project" kind="primary" busy={form.isBusy}>
            Make the project
          </Button>
        </>
      }
    >
      <form id="new-project" onSubmit={form.onSubmit} className="flex flex-col gap-4">
        <Wrong problem={form.elsewhere("name")} />
        <Field
          label="Name"
          hint="Lower-case letters, digits and -. It is part of the names of containers, and stays."
          error={form.at("name")}
        >
          <Input
            name="name"
            defaultValue={beginning.name}
            pattern="[a-z][a-z0-9]*(-[a-z0-9]+)*"
            maxLength={40}
            title="lower-case letters, digits and -, beginning with a letter"
            autoComplete="off"
            required
            autoFocus
            onFocus={(event) => event.target.select()}
          />
        </Field>
      </form>
    </Dialog>
  );
}
