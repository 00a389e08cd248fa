/** Which line is pointed at: a store of its own, so that pointing draws one line anew and nothing else. */
import { create } from "zustand";

export const hovering = create<{ id: string | null }>(() => ({ id: null }));

export function useHovered(id: string): boolean {
  return hovering((state) => state.id === id);
}
