import { useQueryClient } from "@tanstack/react-query";
import { FolderUp } from "lucide-react";
import { useRef, useState } from "react";
import { useBoard } from "@/canvas/context";
import { Banner, Button, toast, toastFault } from "@/look";
import { sendFolder } from "./sources";

/** Why there is no plan; where files are missing, the way to send them. */
export function SourcesNeeded({ fault }: { fault: string }) {
  const { project, mayDeploy } = useBoard();
  const queries = useQueryClient();
  const input = useRef<HTMLInputElement>(null);
  const [isSending, sending] = useState(false);
  const name = /components\/([^/]+)\/source\/directory/.exec(fault)?.[1];
  if (!name)
    return (
      <Banner tone="bad" className="m-3" title="There is no plan">
        {fault}
      </Banner>
    );

  async function send(files: FileList | null) {
    if (!files?.length) return;
    sending(true);
    try {
      toast(`${await sendFolder(queries, project, [...files])} files were sent.`);
    } catch (error) {
      toastFault(error);
    } finally {
      sending(false);
    }
  }

  return (
    <Banner tone="info" className="m-3" title={`The code of ${name} is not here yet`}>
      <p>
        Choose the folder in which your schema would lie: the directories that the drawing names are looked
        for in it. Or take the code from git, in the settings of {name}.
      </p>
      {mayDeploy && (
        <Button
          size="small"
          icon={FolderUp}
          busy={isSending}
          className="mt-2"
          onClick={() => input.current?.click()}
        >
          Choose the folder
        </Button>
      )}
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
    </Banner>
  );
}
