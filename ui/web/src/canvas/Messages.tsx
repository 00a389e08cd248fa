import { Banner, Button, Confirm } from "@/look";
import { Clash } from "./Clash";
import { useBoard, useDocument, useView } from "./context";
import { replacing } from "./opening";

/** What has to be known about the drawing as a whole, above it. */
export function Messages() {
  const { document, view, project } = useBoard();
  const isFrozen = useDocument((state) => state.isFrozen);
  const fault = useDocument((state) => state.faults[0]);
  const saving = useDocument((state) => state.saving);
  const saveFault = useDocument((state) => state.fault);
  const showsText = useView((state) => state.showsText);
  const waiting = replacing();
  return (
    <div className="absolute inset-x-0 top-0 z-10 flex flex-col empty:hidden">
      {isFrozen && (
        <Banner
          tone="warn"
          className="m-2"
          title="The text cannot be read, so this is the drawing as it was"
          action={
            !showsText && (
              <Button size="small" onClick={() => view.setState({ showsText: true })}>
                Show the text
              </Button>
            )
          }
        >
          {fault ? `Line ${fault.line}: ${fault.fault}.` : ""} Mend the text, or undo.
        </Banner>
      )}
      {saving === "failed" && (
        <Banner
          tone="bad"
          className="m-2"
          title="Not saved"
          action={
            <Button size="small" onClick={() => document.retry()}>
              Try again
            </Button>
          }
        >
          {saveFault}
        </Banner>
      )}
      <Clash />
      {waiting && (
        <Confirm
          title="Replace the drawing?"
          verb="Replace it"
          onClose={() => replacing.setState(null, true)}
          onConfirm={async () => document.setText(waiting.text, `Open ${waiting.title}`)}
        >
          {waiting.title} takes the place of everything drawn in {project}. Undo brings it back, and nothing
          that runs changes before it is deployed.
        </Confirm>
      )}
    </div>
  );
}
