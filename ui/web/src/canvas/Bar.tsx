import {
  Braces,
  CircleAlert,
  Cloud,
  CloudAlert,
  CloudUpload,
  LoaderCircle,
  PanelLeft,
  PanelRight,
  Redo2,
  Rocket,
  Undo2,
} from "lucide-react";
import { type Action, offered, perform, registry } from "@/app/actions";
import { UNDER_WAY, useUnderway } from "@/live";
import { Button, classes, IconButton, Tooltip } from "@/look";
import { toggleText, useBoard, useDocument, useView } from "./context";
import { Present } from "./Present";

/** What stands above the drawing: history, whether it is saved, what would change, and the way to deploy it. */
export function Bar() {
  const { project, view, mayDraw } = useBoard();
  const { showsPalette, showsInspector, showsText } = useView((state) => state);
  return (
    <div className="flex h-11 shrink-0 items-center gap-1 border-b bg-raised px-2">
      <h1 className="sr-only">{project}: the drawing</h1>
      {mayDraw && (
        <>
          {!showsPalette && (
            <IconButton
              icon={PanelLeft}
              label="Show the palette"
              shortcut="p"
              onClick={() => view.setState({ showsPalette: true })}
            />
          )}
          <ActionButton id="edit.undo" icon={Undo2} />
          <ActionButton id="edit.redo" icon={Redo2} />
        </>
      )}
      <SavedState />
      <ProblemCount />
      <div className="flex-1" />
      <Present />
      <IconButton
        icon={Braces}
        label={showsText ? "Hide the YAML" : "Show the YAML"}
        shortcut="y"
        pressed={showsText}
        onClick={() => toggleText(view)}
      />
      <IconButton
        icon={PanelRight}
        label={showsInspector ? "Hide the inspector" : "Show the inspector"}
        shortcut="i"
        pressed={showsInspector}
        onClick={() => view.setState({ showsInspector: !showsInspector })}
      />
      <DeployButton />
    </div>
  );
}

/** A button for what an action does, by its id. */
function ActionButton({ id, icon }: { id: string; icon: typeof Undo2 }) {
  const action = useAction(id);
  return (
    <IconButton
      icon={icon}
      label={action?.label ?? ""}
      shortcut={action?.shortcut}
      disabled={!action || Boolean(action.unavailable)}
      onClick={() => action && perform(action)}
    />
  );
}

export function useAction(id: string): Action | undefined {
  const sets = registry((state) => state.sets);
  return offered(sets).find((each) => each.id === id);
}

const SAVING = {
  saved: [Cloud, "Saved"],
  waiting: [CloudUpload, "Saving …"],
  saving: [CloudUpload, "Saving …"],
  failed: [CloudAlert, "Not saved"],
  conflict: [CloudAlert, "Not saved"],
} as const;

function SavedState() {
  const { document, mayDraw } = useBoard();
  const saving = useDocument((state) => state.saving);
  const fault = useDocument((state) => state.fault);
  const version = useDocument((state) => state.saved.version);
  if (!mayDraw) return <span className="px-2 text-muted text-xs">You may look at it, not change it</span>;
  const [Icon, word] = SAVING[saving];
  const isBad = saving === "failed" || saving === "conflict";
  return (
    <Tooltip
      text={fault || `Version ${version} of the drawing. Nothing runs differently before it is deployed.`}
    >
      <button
        type="button"
        onClick={() => isBad && document.retry()}
        className={classes(
          "inline-flex h-7 cursor-default items-center gap-1.5 rounded-md px-2 text-xs",
          isBad ? "text-bad" : "text-muted",
        )}
      >
        <Icon aria-hidden className="size-4" />
        <span aria-live="polite">{word}</span>
      </button>
    </Tooltip>
  );
}

function ProblemCount() {
  const { document, view } = useBoard();
  const count = useDocument((state) => state.judgement?.problems.length ?? 0);
  if (count === 0) return null;
  return (
    <Button
      kind="quiet"
      size="small"
      icon={CircleAlert}
      className="text-bad! hover:bg-bad-soft"
      onClick={() => {
        document.select([]);
        view.setState({ showsInspector: true });
      }}
    >
      {count === 1 ? "1 problem" : `${count} problems`}
    </Button>
  );
}

function DeployButton() {
  const { project, view, mayDeploy } = useBoard();
  const { plan } = useView((state) => state.staged);
  const isOpen = useView((state) => state.showsDeploy);
  const underway = useUnderway(project);
  const isDeploying =
    underway !== undefined && UNDER_WAY.has(underway.state) && /^(deploy|rollback)$/.test(underway.action);
  const count = (plan?.effects ?? []).filter((each) => each.change !== "adjust").length;
  return (
    <Button
      kind="primary"
      icon={isDeploying ? undefined : Rocket}
      aria-expanded={isOpen}
      onClick={() => view.setState({ showsDeploy: !isOpen })}
      className="ml-1"
    >
      {isDeploying && <LoaderCircle aria-hidden className="size-4 animate-spin" />}
      {isDeploying ? "Deploying" : mayDeploy ? "Deploy" : "Changes"}
      {!isDeploying && count > 0 && (
        <span className="-mr-1 inline-flex min-w-5 justify-center rounded-full bg-staged-solid px-1.5 text-2xs text-white leading-5">
          {count}
          <span className="sr-only">{count === 1 ? "component changes" : "components change"}</span>
        </span>
      )}
    </Button>
  );
}
