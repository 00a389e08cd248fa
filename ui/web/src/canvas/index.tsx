/** The canvas: what is drawn, as boxes and lines that can be changed. A chunk of its own, loaded with the first project. */
import "@xyflow/react/dist/base.css";
import "./canvas.css";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { ReactFlowProvider } from "@xyflow/react";
import { useMemo } from "react";
import { type Kind, kindsQuery, type Me, may, meQuery, schemaQuery } from "@/api";
import { Loaded } from "@/app/Loaded";
import { type Board, BoardContext, createView } from "./context";
import type { SchemaDocument } from "./document/document";
import { opened } from "./document/opened";
import { useKeptDocument } from "./document/useKeptDocument";
import { Room } from "./Room";

export interface CanvasProps {
  /** The project's name. */
  project: string;
}

export default function Canvas({ project }: CanvasProps) {
  const schema = useQuery({ ...schemaQuery(project), refetchOnWindowFocus: true });
  const kinds = useQuery(kindsQuery);
  const { data: me } = useQuery(meQuery);
  return (
    <Loaded of={schema} what="drawing">
      {({ draft }) => (
        <Loaded of={kinds} what="catalogue">
          {(found) => me && <Opened project={project} draft={draft} kinds={found} me={me} />}
        </Loaded>
      )}
    </Loaded>
  );
}

/** From so many pixels on, the palette stands beside the drawing from the first. */
const ROOMY = 1200;

function isEmpty(document: SchemaDocument): boolean {
  return document.store.getState().drawing.components.size === 0;
}

interface OpenedProps {
  project: string;
  draft: { text: string; version: number; who: string };
  kinds: readonly Kind[];
  me: Me;
}

function Opened({ project, draft, kinds, me }: OpenedProps) {
  const queries = useQueryClient();
  const mayDraw = may(me, "draw", project);
  // biome-ignore lint/correctness/useExhaustiveDependencies: it is opened once; later versions are received by it
  const document = useMemo(() => opened(project, draft, mayDraw, queries), [project, mayDraw, queries]);
  const view = useMemo(
    () => createView({ showsPalette: mayDraw && (innerWidth >= ROOMY || isEmpty(document)) }),
    [mayDraw, document],
  );
  const byName = useMemo(() => new Map(kinds.map((each) => [each.kind, each])), [kinds]);
  useKeptDocument(document, draft);
  const board = useMemo<Board>(
    () => ({
      project,
      document,
      view,
      kinds: byName,
      mayDraw,
      mayDeploy: may(me, "deploy", project),
      mayOperate: may(me, "operate", project),
      maySetSecrets: may(me, "set-secrets", project),
    }),
    [project, document, view, byName, mayDraw, me],
  );
  return (
    <BoardContext value={board}>
      <ReactFlowProvider>
        <Room />
      </ReactFlowProvider>
    </BoardContext>
  );
}
