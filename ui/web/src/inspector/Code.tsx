import { useQuery, useQueryClient } from "@tanstack/react-query";
import { FolderUp, GitBranch, Image, type Code as Source } from "lucide-react";
import { useRef, useState } from "react";
import type { Kind } from "@/api";
import { useBoard } from "@/canvas/context";
import { sendFolder, sourcesQuery } from "@/deploying/sources";
import { Button, classes, Moment, toast, toastFault } from "@/look";
import { type Component, inTurn, setAt, unsetAt } from "@/model";
import { TextInput } from "./fields/inputs";
import { Row } from "./fields/Row";
import { typed, words } from "./fields/rule";
import { Group } from "./Group";
import { useEdits } from "./useEdits";

type Origin = "directory" | "git" | "image";
const ORIGINS: readonly { value: Origin; label: string; icon: typeof Source }[] = [
  { value: "directory", label: "Folder", icon: FolderUp },
  { value: "git", label: "Git", icon: GitBranch },
  { value: "image", label: "Image", icon: Image },
];

/** Where what runs comes from: code in a folder or a repository, or an image; and what is started. */
export function Code({ component, kind }: { component: Component; kind: Kind | undefined }) {
  const { edit, put } = useEdits();
  const path = `components/${component.name}`;
  const origin: Origin = component.image !== null ? "image" : component.source?.git ? "git" : "directory";
  const usual = typed(kind?.command ?? []);

  function choose(next: Origin) {
    if (next === origin) return;
    edit(`Take ${component.name} from elsewhere`, (text) =>
      next === "image"
        ? inTurn(text, [(now) => unsetAt(now, `${path}/source`), (now) => setAt(now, `${path}/image`, "")])
        : inTurn(text, [
            (now) => unsetAt(now, `${path}/image`),
            (now) => unsetAt(now, `${path}/source`),
            (now) =>
              setAt(
                now,
                `${path}/source`,
                next === "git" ? { git: "https://", branch: "main" } : { directory: component.name },
              ),
          ]),
    );
  }

  return (
    <Group title="Code" isOpen>
      <div
        role="radiogroup"
        aria-label="Where it comes from"
        className="flex gap-1 rounded-md bg-sunken p-0.5"
      >
        {ORIGINS.map(({ value, label, icon: Icon }) => (
          <button
            key={value}
            type="button"
            role="radio"
            aria-checked={origin === value}
            onClick={() => choose(value)}
            className={classes(
              "inline-flex h-7 flex-1 items-center justify-center gap-1.5 rounded-sm text-xs",
              origin === value ? "bg-raised font-medium shadow-raised" : "text-muted hover:text-ink",
            )}
          >
            <Icon aria-hidden className="size-3.5" />
            {label}
          </button>
        ))}
      </div>
      {origin === "directory" && <Folder component={component} path={path} />}
      {origin === "git" && (
        <>
          <Row
            label="Repository"
            path={`${path}/source/git`}
            hint="https://host/path, ssh://host/path or git@host:path."
          >
            <TextInput
              mono
              value={component.source?.git ?? ""}
              onChange={(text) => put(`${path}/source/git`, text)}
            />
          </Row>
          <div className="grid grid-cols-2 gap-3">
            <Row label="Branch, tag or commit" path={`${path}/source/branch`}>
              <TextInput
                value={component.source?.branch ?? ""}
                placeholder="its default"
                onChange={(text) => put(`${path}/source/branch`, text || undefined)}
              />
            </Row>
            <Row label="Directory" path={`${path}/source/directory`}>
              <TextInput
                value={component.source?.directory === "." ? "" : (component.source?.directory ?? "")}
                placeholder="all of it"
                onChange={(text) => put(`${path}/source/directory`, text || undefined)}
              />
            </Row>
          </div>
        </>
      )}
      {origin === "image" && (
        <Row
          label="Image"
          path={`${path}/image`}
          hint="[registry/]repository:tag. Without a tag it is another image tomorrow."
        >
          <TextInput
            mono
            value={component.image ?? ""}
            placeholder="ghcr.io/me/app:1.4"
            onChange={(text) => put(`${path}/image`, text)}
          />
        </Row>
      )}
      <Row
        label="Command"
        path={`${path}/command`}
        hint="A program and its arguments; no shell stands in between."
        fallback={usual || "the image’s own"}
        isWritten={component.command.length > 0}
        onReset={() => put(`${path}/command`, undefined)}
      >
        <CommandInput
          value={component.command}
          placeholder={usual}
          onChange={(argv) => put(`${path}/command`, argv.length > 0 ? argv : undefined)}
        />
      </Row>
    </Group>
  );
}

function CommandInput(props: {
  value: readonly string[];
  placeholder: string;
  onChange: (argv: string[]) => void;
}) {
  const [text, setText] = useState(typed(props.value));
  const isSame = typed(words(text)) === typed(props.value);
  return (
    <TextInput
      mono
      value={isSame ? text : typed(props.value)}
      placeholder={props.placeholder}
      onChange={(next) => {
        setText(next);
        props.onChange(words(next));
      }}
    />
  );
}

/** The directory that is meant, and the files themselves: a server builds what it was sent. */
function Folder({ component, path }: { component: Component; path: string }) {
  const { project, mayDeploy } = useBoard();
  const { put } = useEdits();
  const queries = useQueryClient();
  const sources = useQuery(sourcesQuery(project));
  const input = useRef<HTMLInputElement>(null);
  const [isSending, sending] = useState(false);

  async function send(files: FileList | null) {
    if (!files || files.length === 0) return;
    sending(true);
    try {
      const count = await sendFolder(queries, project, [...files]);
      toast(`${count} files were sent: the next deploy builds of them.`);
    } catch (error) {
      toastFault(error);
    } finally {
      sending(false);
    }
  }

  return (
    <>
      <Row
        label="Directory"
        path={`${path}/source`}
        hint="Within the folder that is sent: that in which your schema lies."
      >
        <TextInput
          mono
          value={component.source?.directory ?? ""}
          placeholder="."
          onChange={(text) => put(`${path}/source/directory`, text || ".")}
        />
      </Row>
      {mayDeploy && (
        <div className="flex items-center justify-between gap-2 rounded-md border bg-sunken/50 px-2.5 py-2">
          <p className="min-w-0 text-muted text-xs">
            {sources.data?.at ? (
              <>
                Files were sent <Moment at={sources.data.at} />.
              </>
            ) : (
              "No files were sent yet."
            )}
          </p>
          <Button size="small" icon={FolderUp} busy={isSending} onClick={() => input.current?.click()}>
            {sources.data?.at ? "Send anew" : "Choose folder"}
          </Button>
          <input
            ref={(element) => {
              input.current = element;
              element?.setAttribute("webkitdirectory", "");
            }}
            type="file"
            multiple
            aria-label="Folder of sources"
            className="hidden"
            onChange={(event) => {
              void send(event.target.files);
              event.target.value = "";
            }}
          />
        </div>
      )}
    </>
  );
}
