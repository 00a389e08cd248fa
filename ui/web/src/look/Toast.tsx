import { CircleAlert, CircleCheck, X } from "lucide-react";
import { create } from "zustand";

interface Toast {
  id: number;
  text: string;
  isBad: boolean;
}

interface Toasts {
  toasts: readonly Toast[];
  add: (text: string, isBad: boolean) => void;
  remove: (id: number) => void;
}

const GOOD_STAYS = 4_000;
const BAD_STAYS = 12_000;
let last = 0;

const useToasts = create<Toasts>((set, get) => ({
  toasts: [],
  add: (text, isBad) => {
    last += 1;
    const id = last;
    set({ toasts: [...get().toasts.slice(-3), { id, text, isBad }] });
    setTimeout(() => get().remove(id), isBad ? BAD_STAYS : GOOD_STAYS);
  },
  remove: (id) => set({ toasts: get().toasts.filter((each) => each.id !== id) }),
}));

/** Say in passing that something was done. */
export function toast(text: string): void {
  useToasts.getState().add(text, false);
}

/** Say in passing that something was not done, and why. */
export function toastFault(error: unknown): void {
  useToasts.getState().add(error instanceof Error ? error.message : String(error), true);
}

export function ToastStack() {
  const { toasts, remove } = useToasts();
  return (
    <section
      aria-label="Messages"
      aria-live="polite"
      className="pointer-events-none fixed right-4 bottom-4 z-50 flex w-80 max-w-[calc(100vw-32px)] flex-col gap-2"
    >
      {toasts.map((each) => (
        <div
          key={each.id}
          className="pointer-events-auto flex animate-slide items-start gap-2.5 rounded-lg border bg-overlay p-3 shadow-overlay"
        >
          {each.isBad ? (
            <CircleAlert aria-hidden className="mt-px size-4 shrink-0 text-bad" />
          ) : (
            <CircleCheck aria-hidden className="mt-px size-4 shrink-0 text-ok" />
          )}
          <p className="min-w-0 flex-1 break-words">{each.text}</p>
          <button
            type="button"
            aria-label="Dismiss"
            className="-m-0.5 rounded-sm p-0.5 text-muted hover:text-ink"
            onClick={() => remove(each.id)}
          >
            <X aria-hidden className="size-4" />
          </button>
        </div>
      ))}
    </section>
  );
}
