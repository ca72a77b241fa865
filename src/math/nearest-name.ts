// What somebody meant who typed a name that is not known.

import { closest, distance } from "fastest-levenshtein";

/** The one of `known` that `name` is most like, small or capital letters alike; `undefined` if none is near. */
export function nearestName(name: string, known: readonly string[]): string | undefined {
  const lower = known.map((each) => each.toLowerCase());
  if (lower.length === 0) return undefined;
  const nearest = closest(name.toLowerCase(), lower);
  // A name that shares next to nothing with what was typed is no suggestion.
  const isNear = distance(name.toLowerCase(), nearest) <= Math.max(2, Math.floor(nearest.length / 2));
  return isNear ? known[lower.indexOf(nearest)] : undefined;
}
