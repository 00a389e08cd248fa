/** What a kind that is dragged from the palette carries. */
export const KIND_TYPE = "application/x-backdraft-kind";
