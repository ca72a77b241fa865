// What a run logs beside scalars (text, images, hparams, a graph): where it stands, since it may be too large to be held.

import { withoutValues, type Event } from "../wire/event.js";
import { encodeTfRecord } from "../wire/tfrecord.js";
import { errnoOf } from "../errors.js";
import type { FileSystem } from "./file-system.js";

/** An event that is no scalar. */
export interface OtherEvent {
  /** Its tags joined; what has none is named by what it is. */
  readonly key: string;
  readonly step: number;
  /** The file that has its data, from byte `offset` on. */
  readonly path: string;
  readonly offset: number;
  readonly length: number;
  /** Tags whose values in it are scalars, which are in the curves; most often none. */
  readonly scalars: readonly string[];
}

/** What the key of an event with values begins with; its tags follow, a line each. */
export const TAG_KEY = "tag ";

/** The name under which such events are counted: `undefined` for what no file needs to keep. */
export function keyOf(event: Omit<Event, "wallTime" | "step">): string | undefined {
  const { summary } = event;
  if (summary?.length === 0) return undefined;
  if (summary !== undefined) return `${TAG_KEY}${summary.map(({ tag }) => tag).join("\n")}`;
  if (event.graphDef !== undefined) return "graph";
  if (event.metaGraphDef !== undefined) return "meta graph";
  if (event.taggedRunMetadata !== undefined) return `run metadata ${event.taggedRunMetadata.tag}`;
  return undefined;
}

/** Keeps of each key at most `limit` events, from 2, evenly, the first and the last among them. The order stays. */
export function thinned(events: readonly OtherEvent[], limit: number): OtherEvent[] {
  const counts = countByKey(events);
  const seen = new Map<string, number>();
  return events.filter(({ key }) => {
    const count = counts.get(key)!;
    const i = seen.get(key) ?? 0;
    seen.set(key, i + 1);
    if (count <= limit) return true;
    // One of each of `limit` parts that are as equal as can be, the last event in the last.
    const part = (n: number): number => Math.floor((n * (limit - 1)) / (count - 1));
    return i === 0 || part(i) > part(i - 1);
  });
}

/** How many events each key has. */
export function countByKey(events: readonly OtherEvent[]): Map<string, number> {
  const counts = new Map<string, number>();
  for (const { key } of events) counts.set(key, (counts.get(key) ?? 0) + 1);
  return counts;
}

/** Reads events from the files they are in, one file open at a time. */
export class OtherEventReader {
  readonly #fs: FileSystem;
  #path: string | undefined;
  #fd = -1;

  constructor(fs: FileSystem) {
    this.#fs = fs;
  }

  /** The event's record; `undefined` when it is gone, since its file was deleted or cut. Throws the system's error. */
  read({ path, offset, length, scalars }: OtherEvent): Uint8Array | undefined {
    if (!this.#open(path)) return undefined;
    const bytes = new Uint8Array(length);
    for (let done = 0; done < length;) {
      const read = this.#fs.readSync(this.#fd, bytes, done, length - done, offset + done);
      if (read === 0) return undefined;
      done += read;
    }
    return encodeTfRecord(scalars.length > 0 ? withoutValues(bytes, scalars) : bytes);
  }

  close(): void {
    if (this.#path !== undefined) this.#fs.closeSync(this.#fd);
    this.#path = undefined;
  }

  #open(path: string): boolean {
    if (this.#path === path) return true;
    this.close();
    try {
      this.#fd = this.#fs.openSync(path, "r");
    } catch (error) {
      if (errnoOf(error) === "ENOENT") return false;
      throw error;
    }
    this.#path = path;
    return true;
  }
}
