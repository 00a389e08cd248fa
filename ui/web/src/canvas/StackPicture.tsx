import type { Schemas } from "@/api";
import { KindIcon } from "@/look";
import { useBoard } from "./context";
import { around, BOX, ends } from "./flow/geometry";

/** A drawing, small: enough to tell one from another. */
export function StackPicture({ outline }: { outline: Schemas["OutlineOut"] }) {
  const { kinds } = useBoard();
  const boxes = outline.boxes.map((each) => ({ ...each, ...BOX }));
  const { x, y, width, height } = around(boxes, 30) ?? { x: 0, y: 0, width: 100, height: 60 };
  const byName = new Map(boxes.map((each) => [each.name, each]));
  return (
    <svg viewBox={`${x} ${y} ${width} ${height}`} aria-hidden="true" className="h-24 w-full bg-ground p-2">
      {outline.lines.map(({ client, server }) => {
        const from = byName.get(client);
        const to = byName.get(server);
        if (!from || !to) return null;
        const [[x1, y1], [x2, y2]] = [ends(from, to).from[0], ends(from, to).to[0]];
        return (
          <line
            key={`${client}>${server}`}
            {...{ x1, y1, x2, y2 }}
            strokeWidth="5"
            className="stroke-line-strong"
          />
        );
      })}
      {boxes.map((each) => (
        <g key={each.name}>
          <rect
            x={each.x}
            y={each.y}
            width={each.width}
            height={each.height}
            rx="14"
            strokeWidth="3"
            className="fill-raised stroke-line-strong"
          />
          <foreignObject
            x={each.x + each.width / 2 - 24}
            y={each.y + each.height / 2 - 24}
            width="48"
            height="48"
          >
            <KindIcon kind={kinds.get(each.kind)?.icon ?? "container"} className="size-12" />
          </foreignObject>
        </g>
      ))}
    </svg>
  );
}
