import {
  ChevronRight,
  CircleAlert,
  Minus,
  Pencil,
  Plus,
  RefreshCw,
  Rocket,
  SlidersHorizontal,
  Undo2,
  X,
} from "lucide-react";
import { lazy, Suspense, useState } from "react";
import { type Effect, useBoard, useDocument, useView } from "@/canvas/context";
import { boxId } from "@/canvas/flow/nodes";
import { UNDER_WAY, useUnderway } from "@/live";
import { Banner, Button, Confirm, classes, IconButton, KindIcon, Textarea, Waiting } from "@/look";
import { discarded } from "./discarding";
import { Progress } from "./Progress";
import { SourcesNeeded } from "./SourcesNeeded";
import { useDeploying } from "./useDeploying";

const DiffView = lazy(async () => ({ default: (await import("@/text")).DiffView }));
/** What is watched here; a component that is stopped, say, tells it by its own light. */
const DEPLOYS: ReadonlySet<string> = new Set(["deploy", "rollback"]);

/** What would change and why, a word on it, and Deploy; then how it goes. */
export default function DeployPanel() {
  const { project, view } = useBoard();
  const underway = useUnderway(project);
  const seen = useView((state) => state.seenDeploy);
  const setSeen = (deploy: number) => view.setState({ seenDeploy: deploy });
  const isDeploying = underway !== undefined && UNDER_WAY.has(underway.state);
  const showsProgress =
    underway !== undefined && DEPLOYS.has(underway.action) && (isDeploying || underway.deploy !== seen);
  return (
    <aside
      aria-label="Changes and deploys"
      className="flex w-84 shrink-0 flex-col border-l bg-raised max-[1100px]:w-72"
    >
      <header className="flex h-11 shrink-0 items-center justify-between border-b pr-1.5 pl-3">
        <h2 className="font-semibold">{showsProgress ? "Deploy" : "Changes"}</h2>
        <IconButton
          icon={X}
          label="Close"
          shortcut="escape"
          className="size-7"
          onClick={() => {
            if (underway && !isDeploying) setSeen(underway.deploy);
            view.setState({ showsDeploy: false });
          }}
        />
      </header>
      {showsProgress ? <Progress underway={underway} onSeen={() => setSeen(underway.deploy)} /> : <Changes />}
    </aside>
  );
}

function Changes() {
  const { document, view, mayDraw, mayDeploy } = useBoard();
  const { plan, fault, isLooking, released } = useView((state) => state.staged);
  const problems = useDocument((state) => state.judgement?.problems.length ?? 0);
  const isFrozen = useDocument((state) => state.isFrozen);
  const isBlank = useDocument((state) => state.drawing.components.size === 0);
  const text = useDocument((state) => state.text);
  const saving = useDocument((state) => state.saving);
  const deploying = useDeploying();
  const [why, setWhy] = useState("");
  const [isConfirming, confirm] = useState(false);
  const [showsText, showText] = useState(false);
  const effects = plan?.effects ?? [];
  const lost = effects.filter((each) => each.loses.length > 0);

  function start() {
    if (lost.length > 0) confirm(true);
    else void deploying.start(why);
  }

  return (
    <>
      <div className="scroll-thin min-h-0 flex-1 overflow-y-auto">
        {deploying.another && (
          <Banner tone="warn" className="m-3" title="It is another plan now">
            What runs has changed since you looked. This is what a deploy would do now: look again, then
            deploy.
          </Banner>
        )}
        {deploying.fault && (
          <Banner tone="bad" className="m-3" title="Not deployed">
            {deploying.fault}
          </Banner>
        )}
        {isFrozen && (
          <Banner tone="warn" className="m-3" title="The text cannot be read">
            Mend it, and the plan comes by itself.
          </Banner>
        )}
        {problems > 0 && !isFrozen && (
          <Banner
            tone="bad"
            className="m-3"
            title={problems === 1 ? "The drawing has a problem" : `The drawing has ${problems} problems`}
            action={
              <Button
                size="small"
                onClick={() => {
                  document.select([]);
                  view.setState({ showsDeploy: false, showsInspector: true });
                }}
              >
                Show
              </Button>
            }
          >
            It cannot be deployed before they are mended.
          </Banner>
        )}
        {isBlank && !released && <p className="p-6 text-center text-muted">Nothing is drawn yet.</p>}
        {fault && <SourcesNeeded fault={fault} />}
        {plan?.is_empty && (
          <Banner tone="ok" className="m-3" title="Nothing to deploy">
            What runs is what is drawn.
          </Banner>
        )}
        {!plan && !fault && isLooking && <Waiting what="Looking at what runs" />}
        {effects.length > 0 && (
          <ul aria-label="What would change" className="flex flex-col">
            {[...effects].sort(byWeight).map((each) => (
              <EffectItem key={each.component} effect={each} />
            ))}
          </ul>
        )}
        {plan && !plan.is_empty && effects.length === 0 && (
          <p className="p-3 text-muted text-xs">
            No component changes. What lies between them does: {plan.summary.join("; ")}.
          </p>
        )}
        {plan?.notes.map((note) => (
          <Banner key={note} tone="info" className="mx-3 mt-3">
            {note}
          </Banner>
        ))}
        {plan && !plan.is_empty && (
          <section className="mt-2 border-t">
            <button
              type="button"
              aria-expanded={showsText}
              onClick={() => showText(!showsText)}
              className="flex h-9 w-full items-center gap-1.5 px-3 font-medium text-xs"
            >
              <ChevronRight
                aria-hidden
                className={classes("size-3.5 text-faint", showsText && "rotate-90")}
              />
              {released ? `In the text, against release ${released.number}` : "In the text"}
            </button>
            {showsText && (
              <Suspense fallback={<Waiting what="Comparing" />}>
                <DiffView
                  label={released ? `The text against release ${released.number}` : "The text"}
                  before={released?.text ?? ""}
                  after={text}
                  onDiscard={
                    mayDraw && released
                      ? (left) => document.setText(left, "Discard a change of the text")
                      : undefined
                  }
                  className="max-h-96 overflow-auto border-t"
                />
              </Suspense>
            )}
          </section>
        )}
      </div>
      <footer className="flex flex-col gap-2 border-t p-3">
        {mayDeploy ? (
          <>
            <Textarea
              aria-label="Why, for the history"
              placeholder="Why? A sentence for the history of releases"
              value={why}
              maxLength={2000}
              rows={1}
              onChange={(event) => setWhy(event.target.value)}
              onKeyDown={(event) => {
                if (event.key === "Escape") event.currentTarget.blur();
              }}
              className="min-h-9!"
            />
            <Button
              kind="primary"
              size="large"
              icon={Rocket}
              busy={deploying.isBusy}
              disabled={!plan || plan.is_empty || saving === "conflict"}
              onClick={start}
            >
              {effects.length > 0 ? `Deploy ${countOf(effects)}` : "Deploy"}
            </Button>
          </>
        ) : (
          <p className="text-center text-muted text-xs">
            You may look at what would change. Deploying takes the role of a developer.
          </p>
        )}
      </footer>
      {isConfirming && lost[0] && (
        <Confirm
          title="Data would be lost"
          verb="Lose it and deploy"
          typed={lost[0].component}
          onClose={() => confirm(false)}
          onConfirm={() => deploying.start(why)}
        >
          {lost.map((each) => (
            <p key={each.component}>
              {each.component} loses {each.loses.join(", ")}, for good.
            </p>
          ))}
        </Confirm>
      )}
    </>
  );
}

const WEIGHTS = ["remove", "create", "change", "restart", "adjust"];

function byWeight(one: Effect, other: Effect): number {
  return WEIGHTS.indexOf(one.change) - WEIGHTS.indexOf(other.change);
}

function countOf(effects: readonly Effect[]): string {
  const count = effects.filter((each) => each.change !== "adjust").length;
  return count === 0 ? "the adjustments" : count === 1 ? "1 change" : `${count} changes`;
}

const LOOKS: Record<string, [typeof Plus, string, string]> = {
  create: [Plus, "text-ok", "is made"],
  remove: [Minus, "text-bad", "is removed"],
  change: [Pencil, "text-staged", "changes"],
  restart: [RefreshCw, "text-staged", "is restarted"],
  adjust: [SlidersHorizontal, "text-muted", "is adjusted while it runs"],
};

function EffectItem({ effect }: { effect: Effect }) {
  const { document, kinds, mayDraw, view } = useBoard();
  const kind = useDocument((state) => state.drawing.components.get(effect.component)?.kind);
  const released = useView((state) => state.staged.released);
  const text = useDocument((state) => state.text);
  const [Icon, look, word] = LOOKS[effect.change] ?? [Pencil, "text-muted", effect.change];
  // that there is none yet is what being made means
  const causes = effect.causes.filter((each) => effect.change !== "create" || each !== "no such container");
  const back = mayDraw ? discarded(text, released?.text ?? null, effect) : null;
  return (
    <li className="flex items-start gap-2.5 border-b px-3 py-2.5">
      <Icon aria-hidden className={classes("mt-0.5 size-4 shrink-0", look)} />
      <div className="min-w-0 flex-1">
        <p className="flex items-center gap-1.5">
          {kind && <KindIcon kind={kinds.get(kind)?.icon ?? "container"} className="size-3.5" />}
          <button
            type="button"
            className="truncate font-medium hover:underline"
            onClick={() => {
              document.select([boxId(effect.component)]);
              view.setState({ showsInspector: true });
            }}
          >
            {effect.component}
          </button>
          <span className={classes("shrink-0 text-xs", look)}>{word}</span>
        </p>
        {causes.length > 0 && <p className="break-words text-muted text-xs">{causes.join(", ")}</p>}
        {effect.interruption && (
          <p className="mt-0.5 flex gap-1 text-warn text-xs">
            <CircleAlert aria-hidden className="mt-px size-3.5 shrink-0" />
            Nobody answers while it starts: {effect.interruption}.
          </p>
        )}
        {effect.loses.map((each) => (
          <p key={each} className="mt-0.5 flex gap-1 text-bad text-xs">
            <CircleAlert aria-hidden className="mt-px size-3.5 shrink-0" />
            Its data is lost: <code>{each}</code>
          </p>
        ))}
      </div>
      {back && (
        <IconButton
          icon={Undo2}
          label={`Discard the change of ${effect.component}`}
          className="size-7"
          onClick={() => document.edit(`Discard the change of ${effect.component}`, back)}
        />
      )}
    </li>
  );
}
