import { useReactFlow } from "@xyflow/react";
import { type DragEvent, lazy, Suspense, useCallback, useState } from "react";
import { useFailures, useResumed, useStaging } from "@/deploying/useStaging";
import { Inspector } from "@/inspector";
import { Waiting } from "@/look";
import { KIND_TYPE, Palette, QuickAdd, Targets } from "@/palette";
import { addKind, drawLine, fittingKinds } from "./acts";
import { Bar } from "./Bar";
import { Controls } from "./Controls";
import { useBoard, useDocument, useDrawing, useView } from "./context";
import { Empty } from "./Empty";
import { FIT, Flow } from "./Flow";
import { BOX, freePlace, GRID, onGrid } from "./flow/geometry";
import { boxId } from "./flow/nodes";
import { placesOf } from "./flow/places";
import { Messages } from "./Messages";
import { focusBox } from "./NameEditor";
import { useOpening } from "./opening";
import { reveal } from "./reveal";
import { useCanvasActions } from "./useCanvasActions";
import { useClipboard } from "./useClipboard";
import { legalityIn } from "./useLegality";

const Drawer = lazy(() => import("./Drawer"));
const DeployPanel = lazy(() => import("@/deploying/DeployPanel"));
const TextPane = lazy(() => import("./TextPane"));

/** Everything around the drawing, and the drawing. */
export function Room() {
  const { document, kinds, mayDraw } = useBoard();
  const { showsPalette, showsInspector, showsText, showsDeploy, drawer } = useView((view) => view);
  const isEmpty = useDocument((state) => state.drawing.components.size === 0 && !state.isFrozen);
  const { view } = useBoard();
  const flow = useReactFlow();
  const opening = useOpening();
  const [isOver, over] = useState(false);
  useCanvasActions();
  useClipboard();
  useStaging();
  useResumed();
  useFailures();

  const show = useCallback(
    (name: string) => {
      const place = placesOf(document.store.getState().drawing).get(name);
      if (place) reveal(flow, place);
    },
    [document, flow],
  );
  const add = useCallback(
    (kind: string) => {
      const pane = window.document.querySelector(".react-flow")?.getBoundingClientRect();
      const middle = flow.screenToFlowPosition({
        x: (pane?.left ?? 0) + (pane?.width ?? 800) / 2 - 110,
        y: (pane?.top ?? 0) + (pane?.height ?? 600) / 2 - 38,
      });
      const { drawing } = document.store.getState();
      const wanted = drawing.components.size === 0 ? ([0, 0] as const) : ([middle.x, middle.y] as const);
      const at = freePlace(wanted, [...placesOf(drawing).values()]);
      const name = addKind(document, kinds, kind, { at });
      requestAnimationFrame(() => {
        if (drawing.components.size === 0) void flow.fitView(FIT);
        else show(name);
        focusBox(name);
      });
    },
    [document, kinds, flow, show],
  );

  const isFrozen = useDocument((state) => state.isFrozen);
  // here, so that what teaches on an empty canvas is dropped on as well
  const dropping = {
    onDragOver: (event: DragEvent) => {
      const { types } = event.dataTransfer;
      if (!types.includes("Files") && !(types.includes(KIND_TYPE) && mayDraw && !isFrozen)) return;
      event.preventDefault();
      event.dataTransfer.dropEffect = "copy";
      over(types.includes("Files"));
    },
    onDragLeave: (event: DragEvent) => {
      if (!event.currentTarget.contains(event.relatedTarget as Element | null)) over(false);
    },
    onDrop: (event: DragEvent) => {
      over(false);
      const kind = event.dataTransfer.getData(KIND_TYPE);
      const [file] = event.dataTransfer.files;
      if (!kind && !file) return;
      event.preventDefault();
      if (file) {
        void opening.open(file);
        return;
      }
      const { x, y } = flow.screenToFlowPosition({ x: event.clientX, y: event.clientY });
      const name = addKind(document, kinds, kind, { at: onGrid([x - BOX.width / 2, y - BOX.height / 2]) });
      requestAnimationFrame(() => focusBox(name));
    },
  };

  return (
    <div className="flex h-full flex-col">
      <Bar />
      <div className="flex min-h-0 flex-1">
        {mayDraw && showsPalette && (
          <Palette
            kinds={[...kinds.values()]}
            onAdd={add}
            onClose={() => view.setState({ showsPalette: false })}
          />
        )}
        <div className="flex min-w-0 flex-1 flex-col" {...dropping}>
          <div className="relative min-h-0 flex-1">
            <Flow>
              <Controls />
            </Flow>
            {isEmpty && <Empty onAdd={add} />}
            <Messages />
            {isOver && (
              <div className="pointer-events-none absolute inset-3 z-20 flex items-center justify-center rounded-2xl border-2 border-info-solid border-dashed bg-info-soft/80 font-medium text-info">
                Drop the schema file to open it
              </div>
            )}
          </div>
          {drawer && (
            <Suspense fallback={<Waiting what="Opening" className="h-64 border-t" />}>
              <Drawer
                key={`${drawer.sort} ${drawer.component}`}
                sort={drawer.sort}
                component={drawer.component}
              />
            </Suspense>
          )}
        </div>
        {showsText && (
          <Suspense fallback={<Waiting what="Opening the text" className="w-96 border-l bg-raised" />}>
            <TextPane />
          </Suspense>
        )}
        {showsDeploy ? (
          <Suspense fallback={<Waiting what="Opening" className="w-84 border-l bg-raised" />}>
            <DeployPanel />
          </Suspense>
        ) : (
          showsInspector && <Inspector />
        )}
      </div>
      <Floatings />
    </div>
  );
}

/** What floats above the drawing for a moment: kinds to add, boxes to choose from. */
function Floatings() {
  const { document, view, kinds } = useBoard();
  const { quickAdd, connecting, isSearching } = useView((state) => state);
  const drawing = useDrawing();
  const flow = useReactFlow();
  const close = useCallback(
    () => view.setState({ quickAdd: null, connecting: null, isSearching: false }),
    [view],
  );
  if (quickAdd)
    return (
      <QuickAdd
        kinds={fittingKinds(document, kinds, quickAdd.from)}
        from={quickAdd.from}
        on={[quickAdd.on[0], quickAdd.on[1]]}
        onClose={close}
        onAdd={(kind) => {
          const [x, y] = quickAdd.at;
          close();
          const name = addKind(document, kinds, kind, { at: [x, y - 2 * GRID], from: quickAdd.from });
          requestAnimationFrame(() => {
            const place = placesOf(document.store.getState().drawing).get(name);
            if (place) reveal(flow, place);
            focusBox(name);
          });
        }}
      />
    );
  const components = [...drawing.components.values()];
  if (connecting) {
    const targets = components
      .filter((each) => each.name !== connecting)
      .map((each) => ({
        name: each.name,
        icon: kinds.get(each.kind)?.icon ?? "container",
        title: kinds.get(each.kind)?.title ?? each.kind,
        why: legalityIn(drawing, kinds, connecting, each.name).why,
      }))
      .sort((one, other) => Number(one.why !== "") - Number(other.why !== ""));
    return (
      <Targets
        title={`Where a line from ${connecting} leads`}
        placeholder={`Connect ${connecting} to …`}
        targets={targets}
        on={besideBox(connecting)}
        onClose={close}
        onChoose={(name) => {
          close();
          drawLine(document, kinds, connecting, name);
          requestAnimationFrame(() => focusBox(connecting));
        }}
      />
    );
  }
  if (isSearching)
    return (
      <Targets
        title="Find a component"
        placeholder="Find a component"
        targets={components.map((each) => ({
          name: each.name,
          icon: kinds.get(each.kind)?.icon ?? "container",
          title: kinds.get(each.kind)?.title ?? each.kind,
          why: "",
        }))}
        on={[innerWidth / 2 - 130, 110]}
        onClose={close}
        onChoose={(name) => {
          close();
          document.select([boxId(name)]);
          const place = placesOf(drawing).get(name);
          if (place)
            void flow.setCenter(place[0] + 110, place[1] + 38, {
              zoom: Math.max(flow.getZoom(), 0.8),
              duration: 200,
            });
          requestAnimationFrame(() => focusBox(name));
        }}
      />
    );
  return null;
}

/** A place on the screen beside a box. */
function besideBox(name: string): readonly [number, number] {
  const box = window.document
    .querySelector(`.react-flow__node[data-id="${CSS.escape(boxId(name))}"]`)
    ?.getBoundingClientRect();
  return box ? [box.right + 12, box.top] : [innerWidth / 2 - 130, 120];
}
