// Handles for hot loops: a tag, or a fixed list of tags, whose bytes are made once.

import { ArgumentError } from "../errors.js";
import type { EventSink, ScalarChannel } from "../events/event-sink.js";
import { scalarMetadata, type TagDescription } from "./scalar.js";

/** Writes the scalars of one tag. */
export class ScalarHandle {
  readonly tag: string;
  readonly #channel: ScalarChannel;

  /** Made by `SummaryWriter.scalar`. */
  constructor(sink: EventSink, tag: string, description: TagDescription) {
    this.tag = checkTag(tag);
    this.#channel = sink.scalars([{ tag, metadata: scalarMetadata(description) }]);
  }

  /**
   * Adds `value` (stored as float32) at `step`, a safe integer. `wallTime` in seconds since 1970; now unless given.
   *
   * Throws an `ArgumentError`, or a `WriteError` when the event file cannot be written.
   */
  add(value: number, step: number, wallTime?: number): void {
    if (typeof value !== "number") throw new ArgumentError("value", "a number", value);
    checkStep(step);
    checkWallTime(wallTime);
    this.#channel.writeOne(step, value, wallTime);
  }
}

/** Writes the scalars of several tags that are always logged together, one Event a step. */
export class ScalarsHandle {
  readonly tags: readonly string[];
  readonly #channel: ScalarChannel;

  /** Made by `SummaryWriter.scalars`. */
  constructor(sink: EventSink, tags: readonly string[]) {
    this.tags = tags.map(checkTag);
    if (this.tags.length === 0) throw new ArgumentError("tags", "a list of at least one tag", tags);
    if (new Set(tags).size !== tags.length)
      throw new ArgumentError("tags", "tags that differ", tags.join(", "));
    this.#channel = sink.scalars(this.tags.map((tag) => ({ tag, metadata: scalarMetadata() })));
  }

  /**
   * Adds `values[i]` under `tags[i]` at `step`, a safe integer. `wallTime` in seconds since 1970; now unless given. `values` is read
   * at once and may be used again: a `Float64Array` that a loop keeps is the fastest.
   *
   * Throws an `ArgumentError`, or a `WriteError` when the event file cannot be written.
   */
  add(step: number, values: ArrayLike<number>, wallTime?: number): void {
    checkStep(step);
    checkWallTime(wallTime);
    if (values.length !== this.tags.length) {
      throw new ArgumentError(
        "values",
        `${this.tags.length} numbers, one a tag`,
        values,
        `${values.length} values`,
      );
    }
    this.#channel.write(step, values, 0, wallTime);
  }
}

/** `tag` if TensorBoard can show it. Throws an `ArgumentError`. */
export function checkTag(tag: string): string {
  if (typeof tag !== "string" || tag === "")
    throw new ArgumentError("tag", "a string that is not empty", tag);
  return tag;
}

function checkStep(step: number): void {
  if (!Number.isSafeInteger(step)) throw new ArgumentError("step", "a safe integer", step);
}

function checkWallTime(wallTime: number | undefined): void {
  if (wallTime !== undefined && !Number.isFinite(wallTime)) {
    throw new ArgumentError("wallTime", "a finite number of seconds", wallTime);
  }
}
