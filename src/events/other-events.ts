// What a run logs beside scalars (text, images, hparams, a graph): where it stands, since it may be too large to be held.

import type { Event } from "../wire/event.js";

/** An event that is no scalar. */
export interface OtherEvent {
  /** Its tags joined; what has none is named by what it is. */
  readonly key: string;
  readonly step: number;
  /** The file that has its data, from byte `offset` on. */
  readonly path: string;
  readonly offset: number;
  readonly length: number;
}

/** The name under which such events are counted: `undefined` for what no file needs to keep. */
export function keyOf(event: Omit<Event, "wallTime" | "step">): string | undefined {
  if (event.summary !== undefined) return `tag ${event.summary.map(({ tag }) => tag).join("\n")}`;
  if (event.graphDef !== undefined) return "graph";
  if (event.metaGraphDef !== undefined) return "meta graph";
  if (event.taggedRunMetadata !== undefined) return `run metadata ${event.taggedRunMetadata.tag}`;
  return undefined;
}

/** Keeps of each key at most `limit` events, evenly, the first and the last among them. The order stays. */
export function thinned(events: readonly OtherEvent[], limit: number): OtherEvent[] {
  const counts = new Map<string, number>();
  for (const { key } of events) counts.set(key, (counts.get(key) ?? 0) + 1);
  const seen = new Map<string, number>();
  return events.filter(({ key }) => {
    const count = counts.get(key)!;
    const i = seen.get(key) ?? 0;
    seen.set(key, i + 1);
    if (count <= limit) return true;
    if (limit === 1) return i === count - 1;
    // One of each of `limit` parts that are as equal as can be, the last event in the last.
    const part = (n: number): number => Math.floor((n * (limit - 1)) / (count - 1));
    return i === 0 || part(i) > part(i - 1);
  });
}
