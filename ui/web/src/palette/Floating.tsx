import { type ReactNode, useEffect, useRef } from "react";

interface FloatingProps {
  /** Where its corner stands on the screen; it is kept inside of it. */
  on: readonly [number, number];
  label: string;
  onClose: () => void;
  children: ReactNode;
}

const WIDTH = 260;
const HEIGHT = 340;

/** A small panel at a place of the screen; Escape and a press elsewhere close it. */
export function Floating({ on: [x, y], label, onClose, children }: FloatingProps) {
  const panel = useRef<HTMLDivElement>(null);
  useEffect(() => {
    const before = document.activeElement as HTMLElement | null;
    const press = (event: PointerEvent) => {
      if (!panel.current?.contains(event.target as Element)) onClose();
    };
    // the press that opened it is still on its way
    const timer = setTimeout(() => addEventListener("pointerdown", press), 0);
    return () => {
      clearTimeout(timer);
      removeEventListener("pointerdown", press);
      if (document.activeElement === document.body) before?.focus();
    };
  }, [onClose]);
  return (
    <div
      ref={panel}
      role="dialog"
      aria-label={label}
      onKeyDown={(event) => {
        if (event.key !== "Escape") return;
        event.stopPropagation();
        onClose();
      }}
      className="fixed z-30 flex animate-appear flex-col overflow-hidden rounded-lg border bg-overlay shadow-overlay"
      style={{
        width: WIDTH,
        left: Math.max(8, Math.min(x, innerWidth - WIDTH - 8)),
        top: Math.max(8, Math.min(y, innerHeight - HEIGHT - 8)),
      }}
    >
      {children}
    </div>
  );
}
