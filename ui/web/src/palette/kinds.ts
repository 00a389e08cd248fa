/** Kinds as people look for them: by category, and by a few letters. Pure. */
import type { Kind } from "@/api";
import { grouped } from "@/grouping";

/** In the order in which a request meets them. */
export const CATEGORIES: readonly [category: string, title: string][] = [
  ["proxy", "Proxies"],
  ["application", "Your code"],
  ["database", "Databases"],
  ["cache", "Caches"],
  ["messaging", "Messaging"],
  ["storage", "Storage"],
  ["mail", "Mail"],
  ["other", "Anything else"],
];

/** The kinds that `search` means, best first: by name or title, then by what they are for. */
export function found(kinds: readonly Kind[], search: string): Kind[] {
  const wanted = search.trim().toLowerCase();
  if (!wanted) return [...kinds];
  const ranked = kinds.flatMap((kind) => {
    const rank = rankOf(kind, wanted);
    return rank === null ? [] : [{ kind, rank }];
  });
  return ranked.sort((one, other) => one.rank - other.rank).map((each) => each.kind);
}

function rankOf({ kind, title, category, summary, ports }: Kind, wanted: string): number | null {
  if (kind.startsWith(wanted) || title.toLowerCase().startsWith(wanted)) return 0;
  if (kind.includes(wanted) || title.toLowerCase().includes(wanted)) return 1;
  if (category.includes(wanted) || Object.values(ports).some((port) => port.protocol.includes(wanted)))
    return 2;
  return summary.toLowerCase().includes(wanted) ? 3 : null;
}

/** Kinds under the titles of their categories; categories nobody knows come last under their own name. */
export function byCategory(kinds: readonly Kind[]): [title: string, kinds: Kind[]][] {
  const groups = grouped(kinds, (each) => each.category);
  const known = CATEGORIES.flatMap(([category, title]): [string, Kind[]][] => {
    const members = groups.get(category);
    return members ? [[title, members]] : [];
  });
  const others = [...groups].filter(([category]) => !CATEGORIES.some(([each]) => each === category));
  return [...known, ...others];
}
