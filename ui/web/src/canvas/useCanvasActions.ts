/** What can be done on the canvas, as actions: for the palette, the keys and the bars alike. */
import { useReactFlow } from "@xyflow/react";
import {
  BoxSelect,
  Braces,
  CopyPlus,
  Download,
  Focus,
  Image,
  type LucideIcon,
  PanelLeft,
  PanelRight,
  Pencil,
  Plus,
  Redo2,
  Rocket,
  Search,
  Spline,
  SquareTerminal,
  StickyNote,
  Trash2,
  Undo2,
  Workflow,
} from "lucide-react";
import { useMemo } from "react";
import { type Action, useActions } from "@/app/actions";
import { toastFault } from "@/look";
import { SEARCH } from "@/palette";
import { addNoteAt, copyChosen, duplicateChosen, layOut, moveChosen, paste, removeChosen } from "./acts";
import { toggleText, useBoard, useDocument, useView } from "./context";
import { FIT } from "./Flow";
import { boxAt, GRID, neighbour, type Side } from "./flow/geometry";
import { boxId, meaningOf } from "./flow/nodes";
import { placesOf } from "./flow/places";
import { focusBox } from "./NameEditor";

const STEP = GRID;
const LEAP = GRID * 5;

export function useCanvasActions(): void {
  const { document, view, project, kinds, mayDraw, mayOperate } = useBoard();
  const flow = useReactFlow();
  const isFrozen = useDocument((state) => state.isFrozen);
  const undoable = useDocument((state) => state.past.at(-1)?.label);
  const redoable = useDocument((state) => state.future.at(-1)?.label);
  const isEmpty = useDocument((state) => state.drawing.components.size === 0);
  const boxes = useDocument((state) => [...state.selected].filter((id) => id.startsWith("box:")).join(" "));
  const hasSelection = useDocument((state) => state.selected.size > 0);
  const showsText = useView((state) => state.showsText);

  const actions = useMemo<Action[]>(() => {
    const mayNot = mayDraw ? (isFrozen ? "the text cannot be read" : undefined) : "you may look, not draw";
    const names = boxes ? boxes.split(" ").map((id) => meaningOf(id).name) : [];
    const one = names.length === 1 ? names[0] : undefined;
    const nothing = hasSelection ? mayNot : "nothing is selected";
    const noBox = names.length > 0 ? mayNot : "no component is selected";
    const act = (
      id: string,
      group: string,
      label: string,
      icon: LucideIcon,
      shortcut: string | undefined,
      perform: () => unknown,
      more: Partial<Action> = {},
    ): Action => ({ id, group, label, icon, shortcut, perform, ...more });
    const picture = async (form: "svg" | "png") => {
      const { exportPicture } = await import("./exporting");
      await exportPicture(document.store.getState().drawing, kinds, project, form);
    };
    const middle = (): [number, number] => {
      const pane = window.document.querySelector(".react-flow")?.getBoundingClientRect();
      const { x, y } = flow.screenToFlowPosition({
        x: (pane?.left ?? 0) + (pane?.width ?? innerWidth) / 2,
        y: (pane?.top ?? 0) + (pane?.height ?? innerHeight) / 2,
      });
      return [x, y];
    };
    const moves = (["left", "right", "up", "down"] as const).flatMap((way) => {
      const [across, down] = { left: [-1, 0], right: [1, 0], up: [0, -1], down: [0, 1] }[way] as [
        number,
        number,
      ];
      return [[`arrow${way}`, STEP] as const, [`shift+arrow${way}`, LEAP] as const].map(
        ([shortcut, length]) =>
          act(
            `selection.move.${shortcut}`,
            "Selection",
            `Move ${way}${length === LEAP ? " far" : ""}`,
            BoxSelect,
            shortcut,
            () => moveChosen(document, across * length, down * length),
            { unavailable: nothing, isHidden: true },
          ),
      );
    });
    const walks = (["left", "right", "up", "down"] as const).map((way) =>
      act(
        `focus.${way}`,
        "Selection",
        `Go to the box ${way === "up" ? "above" : way === "down" ? "below" : `at the ${way}`}`,
        Focus,
        `alt+arrow${way}`,
        () => {
          const places = placesOf(document.store.getState().drawing);
          const from = one ? places.get(one) : undefined;
          const others = [...places]
            .filter(([name]) => name !== one)
            .map(([name, at]) => [name, boxAt(at)] as const);
          const side: Side = way === "up" ? "top" : way === "down" ? "bottom" : way;
          const next = from ? neighbour(boxAt(from), others, side) : others[0]?.[0];
          if (!next) return;
          document.select([boxId(next)]);
          focusBox(next);
        },
        { isHidden: true },
      ),
    );
    return [
      act(
        "edit.undo",
        "Drawing",
        undoable ? `Undo: ${undoable}` : "Undo",
        Undo2,
        "mod+z",
        () => document.undo(),
        {
          unavailable: undoable ? undefined : "nothing to take back",
        },
      ),
      act(
        "edit.redo",
        "Drawing",
        redoable ? `Redo: ${redoable}` : "Redo",
        Redo2,
        "mod+shift+z",
        () => document.redo(),
        {
          unavailable: redoable ? undefined : "nothing was taken back",
        },
      ),
      act(
        "component.add",
        "Drawing",
        "Add a component",
        Plus,
        "a",
        () => {
          view.setState({ showsPalette: true });
          requestAnimationFrame(() => window.document.getElementById(SEARCH)?.focus());
        },
        { unavailable: mayNot, keywords: ["new", "box", "kind"] },
      ),
      act("note.add", "Drawing", "Add a note", StickyNote, "n", () => addNoteAt(document, middle()), {
        unavailable: mayNot,
      }),
      act(
        "drawing.layout",
        "Drawing",
        "Lay out",
        Workflow,
        "l",
        () => {
          void layOut(document).then(() =>
            requestAnimationFrame(() => flow.fitView({ ...FIT, duration: 250 })),
          );
        },
        { unavailable: isEmpty ? "nothing is drawn" : mayNot, keywords: ["arrange", "tidy"] },
      ),
      act(
        "schema.show",
        "View",
        showsText ? "Hide the YAML" : "Show the YAML",
        Braces,
        "y",
        () => toggleText(view),
        { keywords: ["text", "schema"] },
      ),
      act("palette.toggle", "View", "Show or hide the palette", PanelLeft, "p", () =>
        view.setState((now) => ({ showsPalette: !now.showsPalette })),
      ),
      act("inspector.toggle", "View", "Show or hide the inspector", PanelRight, "i", () =>
        view.setState((now) => ({ showsInspector: !now.showsInspector })),
      ),
      act("drawing.fit", "View", "Fit the drawing", Focus, "f", () =>
        flow.fitView({ ...FIT, duration: 200 }),
      ),
      act("drawing.zoom-in", "View", "Zoom in", Plus, "+", () => flow.zoomIn({ duration: 120 }), {
        isHidden: true,
      }),
      act("drawing.zoom-out", "View", "Zoom out", Plus, "-", () => flow.zoomOut({ duration: 120 }), {
        isHidden: true,
      }),
      act(
        "component.search",
        "View",
        "Find a component",
        Search,
        "/",
        () => view.setState({ isSearching: true }),
        {
          unavailable: isEmpty ? "nothing is drawn" : undefined,
        },
      ),
      act("drawing.export-svg", "Drawing", "Export as SVG", Download, undefined, () => picture("svg"), {
        unavailable: isEmpty ? "nothing is drawn" : undefined,
        keywords: ["picture", "download"],
      }),
      act("drawing.export-png", "Drawing", "Export as PNG", Image, undefined, () => picture("png"), {
        unavailable: isEmpty ? "nothing is drawn" : undefined,
        keywords: ["picture", "download"],
      }),
      act(
        "selection.all",
        "Selection",
        "Select everything",
        BoxSelect,
        "mod+a",
        () => {
          const { drawing } = document.store.getState();
          document.select([...drawing.components.keys()].map(boxId));
        },
        { unavailable: isEmpty ? "nothing is drawn" : undefined },
      ),
      act(
        "selection.none",
        "Selection",
        "Select nothing",
        BoxSelect,
        "escape",
        () => {
          view.setState({ showsDeploy: false, quickAdd: null, connecting: null });
          document.select([]);
        },
        { isHidden: true },
      ),
      act(
        "selection.copy",
        "Selection",
        "Copy",
        CopyPlus,
        "mod+c",
        async () => {
          try {
            await navigator.clipboard.writeText(copyChosen(document));
          } catch {
            toastFault("The browser did not allow copying: press Ctrl-C instead.");
          }
        },
        { unavailable: names.length > 0 ? undefined : "no component is selected", isNative: true },
      ),
      act(
        "selection.paste",
        "Selection",
        "Paste",
        CopyPlus,
        "mod+v",
        async () => {
          try {
            paste(document, await navigator.clipboard.readText(), middle());
          } catch {
            toastFault("The browser did not allow pasting: press Ctrl-V instead.");
          }
        },
        { unavailable: mayNot, isNative: true },
      ),
      act(
        "selection.duplicate",
        "Selection",
        "Duplicate",
        CopyPlus,
        "mod+d",
        () => duplicateChosen(document),
        { unavailable: noBox },
      ),
      act(
        "selection.remove",
        "Selection",
        "Remove from the drawing",
        Trash2,
        "delete",
        () => removeChosen(document),
        { unavailable: nothing, keywords: ["delete"] },
      ),
      act(
        "selection.remove-back",
        "Selection",
        "Remove from the drawing",
        Trash2,
        "backspace",
        () => removeChosen(document),
        { unavailable: nothing, isHidden: true },
      ),
      act(
        "component.rename",
        "Selection",
        one ? `Rename ${one}` : "Rename",
        Pencil,
        "f2",
        () => view.setState({ renaming: one ?? null }),
        {
          unavailable: one ? mayNot : "select one component",
        },
      ),
      act(
        "component.connect",
        "Selection",
        one ? `Connect ${one} to …` : "Connect to …",
        Spline,
        "c",
        () => view.setState({ connecting: one ?? null }),
        {
          unavailable: one ? mayNot : "select one component",
          keywords: ["line", "draw"],
        },
      ),
      act(
        "component.inspect",
        "Selection",
        one ? `Inspect ${one}` : "Inspect",
        PanelRight,
        "enter",
        () => {
          view.setState({ showsInspector: true });
          requestAnimationFrame(() => window.document.getElementById("inspector")?.focus());
        },
        { unavailable: hasSelection ? undefined : "nothing is selected", isHidden: true },
      ),
      act(
        "component.logs",
        "Selection",
        one ? `Logs of ${one}` : "Logs of everything",
        SquareTerminal,
        "shift+l",
        () => view.setState({ drawer: { sort: "logs", component: one ?? "" } }),
      ),
      act(
        "component.terminal",
        "Selection",
        one ? `Terminal in ${one}` : "Terminal",
        SquareTerminal,
        undefined,
        () => view.setState({ drawer: { sort: "terminal", component: one ?? "" } }),
        {
          unavailable: !mayOperate ? "you may look, not operate" : one ? undefined : "select one component",
        },
      ),
      act(
        "deploy.review",
        "Deploy",
        "Review changes and deploy",
        Rocket,
        "mod+enter",
        () => view.setState({ showsDeploy: true }),
        {
          whileTyping: true,
          keywords: ["plan", "release", "diff"],
        },
      ),
      ...moves,
      ...walks,
    ];
  }, [
    document,
    view,
    project,
    kinds,
    flow,
    mayDraw,
    mayOperate,
    isFrozen,
    undoable,
    redoable,
    isEmpty,
    boxes,
    hasSelection,
    showsText,
  ]);
  useActions(actions);
}
