/** The drawing itself: React Flow, with nodes and edges that are derived from the document. */
import {
  Background,
  BackgroundVariant,
  type EdgeChange,
  type FinalConnectionState,
  type Connection as FlowConnection,
  type NodeChange,
  ReactFlow,
  SelectionMode,
  useReactFlow,
  ViewportPortal,
} from "@xyflow/react";
import { lazy, Suspense, useCallback, useEffect, useMemo, useRef, useState } from "react";
import { isDark, toastFault, useTheme } from "@/look";
import { changeNote, connect, type Edit, inTurn, moveBoxes, type Point } from "@/model";
import { BoxNode } from "./BoxNode";
import { useBoard, useDocument, useDrawing, useView } from "./context";
import { edgesOf, type LineEdge as LineEdgeType } from "./flow/edges";
import { aligned, around, boxAt, type Guide, onGrid, type Rectangle } from "./flow/geometry";
import { boxId, type CanvasNode, ghostsOf, meaningOf, nodesOf } from "./flow/nodes";
import { placesOf } from "./flow/places";
import { hovering } from "./hovering";
import { Arrows, LineEdge } from "./LineEdge";
import { FrameNode, GhostNode, NoteNode } from "./OtherNodes";
import { legalityIn } from "./useLegality";

const Overview = lazy(() => import("./Minimap"));
const NODE_TYPES = { box: BoxNode, ghost: GhostNode, note: NoteNode, frame: FrameNode };
const EDGE_TYPES = { line: LineEdge };
/** Above so many boxes, those that are out of sight are not drawn. */
const MANY = 150;
const REACH = 6;
const FIT = { padding: 0.08, maxZoom: 1.1, minZoom: 0.3 };
/** Fewer boxes are seen at once. */
const WORTH_AN_OVERVIEW = 12;

type Places = ReadonlyMap<string, Point>;
const NOWHERE: Places = new Map();

export function Flow({ children }: { children?: React.ReactNode }) {
  const { document, view, mayDraw, kinds } = useBoard();
  const drawing = useDrawing();
  const isFrozen = useDocument((state) => state.isFrozen);
  const selected = useDocument((state) => state.selected);
  const staged = useView((state) => state.staged);
  const [dragged, setDragged] = useState<Places>(NOWHERE);
  const [guides, setGuides] = useState<readonly Guide[]>([]);
  const flow = useReactFlow<CanvasNode, LineEdgeType>();
  useTheme();
  const showsText = useView((state) => state.showsText);
  const shownText = useRef(showsText);
  useEffect(() => {
    if (shownText.current === showsText) return;
    shownText.current = showsText;
    // the text takes room from the drawing, or gives it back
    const timer = setTimeout(() => void flow.fitView(FIT), 60);
    return () => clearTimeout(timer);
  }, [showsText, flow]);
  // what is dropped first stays where it was dropped; a whole drawing that was opened is looked at as a whole
  const [beganEmpty] = useState(() => drawing.components.size === 0);
  const count = drawing.components.size;
  const counted = useRef(count);
  useEffect(() => {
    const before = counted.current;
    counted.current = count;
    if (before > 0 || count < 2) return;
    const timer = setTimeout(() => void flow.fitView(FIT), 60);
    return () => clearTimeout(timer);
  }, [count, flow]);
  const mayChange = mayDraw && !isFrozen;

  const places = useMemo(() => placesOf(drawing), [drawing]);
  const removed = useMemo(
    () =>
      (staged.plan?.effects ?? []).filter((each) => each.change === "remove").map((each) => each.component),
    [staged.plan],
  );
  const ghosts = useMemo(
    () => ghostsOf(drawing, staged.released?.drawing ?? null, removed),
    [drawing, staged.released, removed],
  );
  const nodesBefore = useRef<CanvasNode[]>([]);
  const nodes = useMemo(() => {
    const input = { drawing, places, dragged, selected, ghosts, mayDraw: mayChange };
    nodesBefore.current = nodesOf(input, nodesBefore.current);
    return nodesBefore.current;
  }, [drawing, places, dragged, selected, ghosts, mayChange]);
  const edgesBefore = useRef<LineEdgeType[]>([]);
  const edges = useMemo(() => {
    const input = {
      drawing,
      released: staged.released?.drawing ?? null,
      showsChanges: staged.plan !== null && !staged.plan.is_empty,
      selected,
    };
    edgesBefore.current = edgesOf(input, edgesBefore.current);
    return edgesBefore.current;
  }, [drawing, staged, selected]);

  const select = useCallback(
    (changes: readonly (NodeChange<CanvasNode> | EdgeChange<LineEdgeType>)[]) => {
      const now = new Set(document.store.getState().selected);
      for (const change of changes) {
        if (change.type !== "select") continue;
        if (change.selected) now.add(change.id);
        else now.delete(change.id);
      }
      document.select(now);
    },
    [document],
  );

  function onNodesChange(changes: NodeChange<CanvasNode>[]) {
    select(changes);
    const moves = changes.flatMap((change) =>
      change.type === "position" && change.dragging && change.position
        ? [{ id: change.id, at: [change.position.x, change.position.y] as Point }]
        : [],
    );
    if (moves.length > 0) drag(moves);
  }

  function drag(moves: { id: string; at: Point }[]) {
    const wanted = new Map<string, Point>();
    for (const { id, at } of moves) for (const [each, place] of withMembers(id, at)) wanted.set(each, place);
    const boxes = [...wanted].filter(([id]) => id.startsWith("box:"));
    const moving = around(boxes.map(([, at]) => boxAt(at)));
    const others = [...places].filter(([name]) => !wanted.has(boxId(name))).map(([, at]) => boxAt(at));
    const result = moving
      ? aligned(moving, others, REACH / flow.getZoom())
      : { shift: [0, 0] as Point, guides: [] };
    const first = boxes[0]?.[1] ?? [...wanted.values()][0] ?? [0, 0];
    const snapped = onGrid(first);
    const shift: Point = [
      result.guides.some((each) => each.axis === "x") ? result.shift[0] : snapped[0] - first[0],
      result.guides.some((each) => each.axis === "y") ? result.shift[1] : snapped[1] - first[1],
    ];
    setGuides(result.guides);
    setDragged(new Map([...wanted].map(([id, [x, y]]) => [id, [x + shift[0], y + shift[1]]])));
  }

  /** A frame takes its boxes along. */
  function withMembers(id: string, at: Point): [string, Point][] {
    const frame = nodesOf({
      drawing,
      places,
      dragged: NOWHERE,
      selected: new Set(),
      ghosts: [],
      mayDraw,
    }).find((each) => each.id === id);
    if (frame?.type !== "frame") return [[id, at]];
    const [x, y] = [at[0] - frame.position.x, at[1] - frame.position.y];
    return frame.data.members.map((name) => {
      const [left, top] = places.get(name) ?? [0, 0];
      return [boxId(name), [left + x, top + y]];
    });
  }

  function drop() {
    setGuides([]);
    if (dragged.size > 0) {
      const moved = dragged;
      document.edit(moved.size > 1 ? "Move boxes" : "Move a box", movedBy(moved));
    }
    setDragged(NOWHERE);
  }

  const isLegal = useCallback(
    ({ source, target }: { source: string | null; target: string | null }) =>
      Boolean(
        source &&
          target &&
          legalityIn(drawing, kinds, meaningOf(source).name, meaningOf(target).name).isLegal,
      ),
    [drawing, kinds],
  );

  function draw({ source, target }: FlowConnection) {
    const [from, to] = [meaningOf(source).name, meaningOf(target).name];
    const legality = legalityIn(drawing, kinds, from, to);
    document.edit(`Connect ${from} to ${to}`, (text) => connect(text, { from, to, port: legality.port }));
  }

  function endLine(event: MouseEvent | TouchEvent, state: FinalConnectionState) {
    if (!state.fromNode || state.isValid) return;
    const from = meaningOf(state.fromNode.id).name;
    const to = state.toNode ? meaningOf(state.toNode.id) : null;
    if (to?.sort === "box") {
      if (to.name !== from) toastFault(legalityIn(drawing, kinds, from, to.name).why);
      return;
    }
    const point = "changedTouches" in event ? event.changedTouches[0] : event;
    if (!point) return;
    const at = flow.screenToFlowPosition({ x: point.clientX, y: point.clientY });
    view.setState({ quickAdd: { from, at: [at.x, at.y], on: [point.clientX, point.clientY] } });
  }

  return (
    <ReactFlow<CanvasNode, LineEdgeType>
      nodes={nodes}
      edges={edges}
      nodeTypes={NODE_TYPES}
      edgeTypes={EDGE_TYPES}
      onNodesChange={onNodesChange}
      onEdgesChange={select}
      onNodeDragStop={drop}
      onSelectionDragStop={drop}
      onConnect={draw}
      onConnectEnd={endLine}
      isValidConnection={isLegal}
      onEdgeMouseEnter={(_, edge) => hovering.setState({ id: edge.id })}
      onEdgeMouseLeave={() => hovering.setState({ id: null })}
      onNodeClick={() => view.setState({ showsDeploy: false })}
      onEdgeClick={() => view.setState({ showsDeploy: false })}
      onPaneClick={() => view.setState({ quickAdd: null })}
      onNodeDoubleClick={(_, node) => {
        if (node.type === "box" && mayChange) view.setState({ renaming: node.data.name });
      }}
      colorMode={isDark() ? "dark" : "light"}
      nodesDraggable={mayChange}
      nodesConnectable={mayChange}
      edgesReconnectable={false}
      connectOnClick={false}
      connectionRadius={12}
      deleteKeyCode={null}
      selectionKeyCode="Shift"
      multiSelectionKeyCode={["Meta", "Control"]}
      selectionMode={SelectionMode.Partial}
      disableKeyboardA11y
      nodesFocusable
      edgesFocusable
      elevateNodesOnSelect={false}
      elevateEdgesOnSelect={false}
      onlyRenderVisibleElements={nodes.length > MANY}
      minZoom={0.08}
      maxZoom={2}
      fitView={!beganEmpty}
      fitViewOptions={FIT}
      zoomOnDoubleClick={false}
      proOptions={{ hideAttribution: true }}
      connectionLineStyle={{ stroke: "var(--color-info-solid)", strokeWidth: 2 }}
      aria-label="The drawing"
    >
      <Background variant={BackgroundVariant.Dots} gap={20} size={1.2} className="dots" />
      <ViewportPortal>
        {guides.map((each) => (
          <GuideLine key={`${each.axis}${each.at}`} guide={each} />
        ))}
      </ViewportPortal>
      <Arrows />
      {nodes.length > WORTH_AN_OVERVIEW && (
        <Suspense fallback={null}>
          <Overview />
        </Suspense>
      )}
      {children}
    </ReactFlow>
  );
}

function GuideLine({ guide: { axis, at, from, to } }: { guide: Guide }) {
  const style: Rectangle =
    axis === "x"
      ? { x: at, y: from, width: 1, height: to - from }
      : { x: from, y: at, width: to - from, height: 1 };
  return (
    <div
      className="pointer-events-none absolute bg-info-solid"
      style={{ left: style.x, top: style.y, width: style.width, height: style.height }}
    />
  );
}

/** The edit that a drag comes to. */
export function movedBy(moved: Places): Edit {
  const boxes = new Map<string, Point>();
  const notes: [string, Point][] = [];
  for (const [id, [x, y]] of moved) {
    const { sort, name } = meaningOf(id);
    const at: Point = [Math.round(x), Math.round(y)];
    if (sort === "box") boxes.set(name, at);
    if (sort === "note") notes.push([name, at]);
  }
  return (text) =>
    inTurn(text, [
      (now) => moveBoxes(now, boxes),
      ...notes.map(
        ([name, at]): Edit =>
          (now) =>
            changeNote(now, name, { at }),
      ),
    ]);
}

export { FIT };
