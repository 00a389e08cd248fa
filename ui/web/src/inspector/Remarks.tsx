import { CircleAlert, Lightbulb } from "lucide-react";
import { useBoard, useRemarks } from "@/canvas/context";
import { Button } from "@/look";
import { fixesOf } from "./fixes";

/** What the server says of a box, a line or the whole, each with its fix as a button where there is one. */
export function Remarks({ id }: { id: string }) {
  const { document, kinds, mayDraw } = useBoard();
  const { problems, advice } = useRemarks(id);
  if (problems.length + advice.length === 0) return null;
  return (
    <ul aria-label="Problems and advice" className="flex flex-col border-b">
      {problems.map((each) => (
        <li key={`${each.path} ${each.fault}`} className="flex gap-2 bg-bad-soft px-3 py-2 text-xs">
          <CircleAlert aria-hidden className="mt-px size-3.5 shrink-0 text-bad" />
          <div className="min-w-0 flex-1 break-words">
            <p className="font-medium text-bad">{each.fault}</p>
            {each.remedy && <p className="text-muted">{each.remedy}</p>}
            {each.line !== null && <p className="text-2xs text-faint">line {each.line}</p>}
          </div>
          {mayDraw &&
            fixesOf(each, document.store.getState().drawing, kinds).map((fix) => (
              <Button key={fix.label} size="small" onClick={() => document.edit(fix.label, fix.edit)}>
                {fix.label}
              </Button>
            ))}
        </li>
      ))}
      {advice.map((each) => (
        <li key={each.id + each.why} className="flex gap-2 px-3 py-2 text-xs">
          <Lightbulb aria-hidden className="mt-px size-3.5 shrink-0 text-faint" />
          <div className="min-w-0 flex-1 break-words">
            <p>{each.why}</p>
            <p className="text-muted">Advice: {each.fix}</p>
          </div>
          {mayDraw &&
            fixesOf(each, document.store.getState().drawing, kinds).map((fix) => (
              <Button key={fix.label} size="small" onClick={() => document.edit(fix.label, fix.edit)}>
                {fix.label}
              </Button>
            ))}
        </li>
      ))}
    </ul>
  );
}
