/** Whether a line may be drawn, and what one gives, for those who show it. */
import { useMemo } from "react";
import type { Connection } from "@/model";
import { useBoard, useDrawing } from "./context";
import { type Gift, gift, type Legality, legality } from "./flow/lines";

export const legalityIn = legality;
export const giftIn = gift;

/** Of a line from `from` to `to`; null while none is drawn. */
export function useLegality(from: string | null, to: string): Legality | null {
  const { kinds } = useBoard();
  const drawing = useDrawing();
  return useMemo(() => (from ? legality(drawing, kinds, from, to) : null), [drawing, kinds, from, to]);
}

export function useGift(connection: Connection): Gift | null {
  const { kinds } = useBoard();
  const drawing = useDrawing();
  return useMemo(() => gift(drawing, kinds, connection), [drawing, kinds, connection]);
}
