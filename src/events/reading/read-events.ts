// The events of a file.

import { nodeFileSystem, type FileSystem } from "../file-system.js";
import { storedEvents, type StoredEvent } from "../stored-events.js";
import { graphTagOf } from "../tag-forms.js";
import type { Damage } from "./damage.js";

export interface ReadEventsOptions {
  readonly from?: number;
  readonly onDamage?: (damage: Damage) => void;
  readonly tags?: (tag: string) => boolean;
  readonly fs?: FileSystem;
}

export function* readEvents(path: string, options: ReadEventsOptions = {}): IterableIterator<StoredEvent> {
  const { from, tags, fs = nodeFileSystem } = options;
  for (const stored of storedEvents(path, fs, from)) {
    const { summary, sessionLog } = stored.event;
    if (tags !== undefined && sessionLog === undefined) {
      const [graph] = graphTagOf(stored.event) ?? [];
      if (summary?.some(({ tag }) => tags(tag)) !== true && (graph === undefined || !tags(graph))) continue;
    }
    yield stored;
  }
}
