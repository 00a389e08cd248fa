/** The code that is built: a folder of this machine or the sample of a stack, sent as a tar. */
import { type QueryClient, queryOptions } from "@tanstack/react-query";
import { api, body } from "@/api";
import { type TarFile, tar } from "./tar";

export function sourcesQuery(project: string) {
  return queryOptions({
    queryKey: ["projects", project, "sources"],
    queryFn: () => body(api.GET("/api/v1/projects/{project}/sources", { params: { path: { project } } })),
  });
}

const LEFT_OUT = /(^|\/)(\.git|node_modules|__pycache__|\.venv|\.DS_Store)(\/|$)/;
const LARGEST = 256 * 2 ** 20;

/** Sends a folder as it was chosen: how many files. What no build needs is left out. */
export async function sendFolder(
  queries: QueryClient,
  project: string,
  files: readonly File[],
): Promise<number> {
  const chosen = files
    .map((file) => ({ path: withoutTop(file.webkitRelativePath || file.name), file }))
    .filter(({ path }) => !LEFT_OUT.test(path));
  const size = chosen.reduce((sum, { file }) => sum + file.size, 0);
  if (size > LARGEST)
    throw new Error(
      "The folder is larger than the 256 MiB that sources may have: leave out what no build needs.",
    );
  const members: TarFile[] = await Promise.all(
    chosen.map(async ({ path, file }) => ({
      path,
      content: new Uint8Array(await file.arrayBuffer()),
      modified: file.lastModified / 1000,
    })),
  );
  await send(queries, project, tar(members));
  return members.length;
}

/** Sends the sample code of a stack. */
export async function sendStackSources(queries: QueryClient, project: string, stack: string): Promise<void> {
  const found = await api.GET("/api/v1/stacks/{stack}/sources", {
    params: { path: { stack } },
    parseAs: "blob",
  });
  await send(queries, project, found.data as Blob);
}

async function send(queries: QueryClient, project: string, archive: Blob): Promise<void> {
  await body(
    api.PUT("/api/v1/projects/{project}/sources", {
      params: { path: { project } },
      body: archive as never,
      bodySerializer: (given: unknown) => given as Blob,
      headers: { "Content-Type": "application/x-tar" },
    } as never),
  );
  await queries.invalidateQueries({ queryKey: sourcesQuery(project).queryKey });
}

/** A browser names the chosen folder first; the schema's directories lie within it. */
function withoutTop(path: string): string {
  const slash = path.indexOf("/");
  return slash < 0 ? path : path.slice(slash + 1);
}
