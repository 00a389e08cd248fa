export { KIND_TYPE } from "./dragging";
export { Palette, SEARCH } from "./Palette";
export { QuickAdd } from "./QuickAdd";
export { type Target, Targets } from "./Targets";
