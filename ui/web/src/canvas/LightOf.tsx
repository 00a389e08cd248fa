import { useCurrentPhases, useReplicas } from "@/live";
import { type Condition, StatusLight } from "@/look";
import { useView } from "./context";
import { lightOf } from "./light";

interface LightOfProps {
  project: string;
  component: string;
  /** It was never deployed, so that nothing runs is as it should be. */
  isDrawnOnly?: boolean;
  /** The light alone, to be seen from afar. */
  isLarge?: boolean;
}

/** How a component is, in a word: what a deploy does to it now, or else how its replicas are. */
export function LightOf({ project, component, isDrawnOnly, isLarge }: LightOfProps) {
  const seen = useView((view) => view.seenDeploy);
  // once its end was looked at, how long it took is no longer what one wants to know
  const phases = useCurrentPhases(project, component).filter((each) => each.deploy !== seen);
  const light = lightOf(useReplicas(project, component), phases);
  if (isLarge)
    return (
      <StatusLight
        bare
        condition={(light?.condition ?? "draft") as Condition}
        label={light?.word ?? "not running"}
        className="[&>span]:size-6"
      />
    );
  if (!light) return <StatusLight condition="draft" label={isDrawnOnly ? "not deployed" : "not running"} />;
  return (
    <span className="min-w-0 truncate" title={light.reason ? `${light.word}: ${light.reason}` : light.word}>
      <StatusLight condition={light.condition as Condition} label={light.word} />
    </span>
  );
}
