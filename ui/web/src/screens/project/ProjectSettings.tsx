import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { Download, Pause, Play, Trash2 } from "lucide-react";
import { useState } from "react";
import { useLocation } from "wouter";
import { api, body, keys, may, meQuery, newIdempotencyKey, projectQuery, schemaQuery } from "@/api";
import { Banner, Button, Confirm, Moment, Page, Section, toast, toastFault } from "@/look";

export default function ProjectSettings({ project: name }: { project: string }) {
  const { data: project } = useQuery(projectQuery(name));
  const { data: me } = useQuery(meQuery);
  const schema = useQuery(schemaQuery(name));
  const isOwner = Boolean(me && may(me, "manage", name));
  const [ending, end] = useState<"keep" | "lose" | null>(null);
  const queries = useQueryClient();
  const [, go] = useLocation();
  const pause = useMutation({
    mutationFn: (paused: boolean) =>
      body(
        api.PUT("/api/v1/projects/{project}/paused", {
          params: { path: { project: name } },
          body: { paused },
        }),
      ),
    onError: toastFault,
    onSuccess: (status) =>
      toast(status.paused ? "Paused: what runs is left as it is." : "What runs is kept again."),
    onSettled: () =>
      Promise.all([
        queries.invalidateQueries({ queryKey: keys.project(name) }),
        queries.invalidateQueries({ queryKey: keys.projects }),
      ]),
  });
  async function remove(confirm: string) {
    await body(
      api.DELETE("/api/v1/projects/{project}", {
        params: {
          path: { project: name },
          query: { confirm },
          header: { "Idempotency-Key": newIdempotencyKey() },
        },
      }),
    );
    toast(`${name} is being removed.`);
    await queries.invalidateQueries({ queryKey: keys.projects });
    go("/");
  }
  return (
    <Page
      title="Settings"
      width="narrow"
      lead={
        project && (
          <>
            Made by {project.made_by}, <Moment at={project.made} />; the drawing is at version{" "}
            {project.version}.
          </>
        )
      }
    >
      {!isOwner && <Banner tone="info">Only owners may change these settings.</Banner>}
      <Section
        title="The schema as a file"
        lead="The whole drawing is one YAML file: review it in a pull request, keep it in a repository, or deploy it from the command line."
        actions={
          <Button
            icon={Download}
            disabled={!schema.data}
            onClick={() => save(`${name}.yml`, schema.data?.draft.text ?? "")}
          >
            Download
          </Button>
        }
      />
      <Section
        title={project?.paused ? "The keeping is paused" : "Keep what runs"}
        lead={
          project?.paused
            ? "What runs is left as it is, even where it is not what was deployed."
            : "What somebody changed by hand, or what died, is put back as it was deployed. Pause that while you look at something on the machine itself."
        }
        actions={
          <Button
            icon={project?.paused ? Play : Pause}
            disabled={!isOwner || !project}
            busy={pause.isPending}
            onClick={() => pause.mutate(!project?.paused)}
          >
            {project?.paused ? "Keep it again" : "Pause the keeping"}
          </Button>
        }
      />
      <Section title="End the project" lead="Its containers and networks are removed from the machine.">
        <div className="flex flex-col divide-y">
          <div className="flex flex-wrap items-center justify-between gap-3 pb-4">
            <div className="min-w-0 flex-1">
              <p className="font-medium">Remove what runs, keep the data</p>
              <p className="text-muted">
                Volumes stay, and with them the project: deploy it again, and it has its data.
              </p>
            </div>
            <Button kind="danger" disabled={!isOwner} onClick={() => end("keep")}>
              Remove what runs
            </Button>
          </div>
          <div className="flex flex-wrap items-center justify-between gap-3 pt-4">
            <div className="min-w-0 flex-1">
              <p className="font-medium">Delete the project and its data</p>
              <p className="text-muted">
                Databases, volumes, secrets, releases and the drawing: all of it, for good.
              </p>
            </div>
            <Button kind="danger" icon={Trash2} disabled={!isOwner} onClick={() => end("lose")}>
              Delete everything
            </Button>
          </div>
        </div>
      </Section>
      {ending === "keep" && (
        <Confirm
          title={`Remove what runs of ${name}?`}
          verb="Remove what runs"
          onClose={() => end(null)}
          onConfirm={() => remove("")}
        >
          Nothing of it answers any more until it is deployed again. If no component keeps data, the project
          ends as well; download its schema first if you want to keep it.
        </Confirm>
      )}
      {ending === "lose" && (
        <Confirm
          title={`Delete ${name} and its data?`}
          verb="Delete everything"
          typed={name}
          onClose={() => end(null)}
          onConfirm={() => remove(name)}
        >
          Every container, every volume with its data, every secret, every release and the drawing are gone
          for good. Nothing brings them back.
        </Confirm>
      )}
    </Page>
  );
}

/** Has the browser keep `text` as a file. */
function save(file: string, text: string) {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(new Blob([text], { type: "application/yaml" }));
  link.download = file;
  link.click();
  URL.revokeObjectURL(link.href);
}
