import { PanelLeftClose, Search } from "lucide-react";
import { type KeyboardEvent, useMemo, useRef, useState } from "react";
import type { Kind } from "@/api";
import { IconButton, KindIcon, Tooltip } from "@/look";
import { KIND_TYPE } from "./dragging";
import { byCategory, found } from "./kinds";

interface PaletteProps {
  kinds: readonly Kind[];
  onAdd: (kind: string) => void;
  onClose: () => void;
}

/** Everything that can be drawn: clicked or dragged onto the canvas, or chosen by a few letters and Enter. */
export function Palette({ kinds, onAdd, onClose }: PaletteProps) {
  const [search, setSearch] = useState("");
  const list = useRef<HTMLDivElement>(null);
  const shown = useMemo(() => found(kinds, search), [kinds, search]);
  const groups = search.trim() ? [["", shown] as [string, Kind[]]] : byCategory(shown);

  function hear(event: KeyboardEvent) {
    if (event.key !== "ArrowDown" && event.key !== "ArrowUp") return;
    event.preventDefault();
    const items = [...(list.current?.querySelectorAll<HTMLElement>("button") ?? [])];
    const at = items.indexOf(document.activeElement as HTMLElement);
    const next = at + (event.key === "ArrowDown" ? 1 : -1);
    if (next < 0) document.getElementById(SEARCH)?.focus();
    else items[Math.min(next, items.length - 1)]?.focus();
  }

  return (
    <section
      aria-label="Palette"
      onKeyDown={hear}
      className="flex w-52 shrink-0 flex-col border-r bg-raised max-[1100px]:w-44"
    >
      <div className="flex h-11 shrink-0 items-center gap-1 border-b pr-1 pl-3">
        <Search aria-hidden className="size-3.5 shrink-0 text-faint" />
        <input
          id={SEARCH}
          type="search"
          aria-label="Search components to add"
          placeholder="Add …"
          value={search}
          onChange={(event) => setSearch(event.target.value)}
          onKeyDown={(event) => {
            if (event.key === "Enter" && shown[0]) {
              onAdd(shown[0].kind);
              setSearch("");
            }
            if (event.key === "Escape") event.currentTarget.blur();
          }}
          className="h-8 min-w-0 flex-1 bg-transparent px-1 outline-none [&::-webkit-search-cancel-button]:hidden"
        />
        <IconButton
          icon={PanelLeftClose}
          label="Hide the palette"
          shortcut="p"
          onClick={onClose}
          className="size-7"
        />
      </div>
      <div ref={list} className="scroll-thin min-h-0 flex-1 overflow-y-auto px-1.5 pt-1 pb-4">
        {groups.map(([title, members]) => (
          <div key={title}>
            {title && <h2 className="px-2 pt-3 pb-1 font-medium text-2xs text-faint">{title}</h2>}
            <ul>
              {members.map((kind) => (
                <Item key={kind.kind} kind={kind} onAdd={onAdd} />
              ))}
            </ul>
          </div>
        ))}
        {shown.length === 0 && (
          <p className="px-2 py-6 text-center text-muted">
            Nothing like that. A <em className="not-italic text-ink">Container</em> runs any image.
          </p>
        )}
      </div>
    </section>
  );
}

export const SEARCH = "palette-search";

function Item({ kind, onAdd }: { kind: Kind; onAdd: (kind: string) => void }) {
  return (
    <li>
      <Tooltip text={kind.summary} side="right">
        <button
          type="button"
          draggable
          onClick={() => onAdd(kind.kind)}
          onDragStart={(event) => {
            event.dataTransfer.setData(KIND_TYPE, kind.kind);
            event.dataTransfer.effectAllowed = "copy";
          }}
          className="flex h-8 w-full items-center gap-2.5 rounded-md px-2 text-left hover:bg-hover active:cursor-grabbing"
        >
          <KindIcon kind={kind.icon} className="size-4" />
          <span className="min-w-0 flex-1 truncate">{kind.title}</span>
        </button>
      </Tooltip>
    </li>
  );
}
