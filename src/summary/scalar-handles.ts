// Handles for hot loops: a tag, or a fixed list of tags, whose bytes are made once.

import { ArgumentError } from "../errors.js";
import type { EventSink } from "../events/event-sink.js";
import { ScalarEventEncoder } from "../wire/scalar-event.js";
import { encodeScalar, scalarMetadata, type TagDescription } from "./scalar.js";

/** Which tags of the session's file have their metadata already. */
export type SeenTags = Set<string>;

/** Writes the scalars of one tag. */
export class ScalarHandle {
  readonly tag: string;
  readonly #sink: EventSink;
  readonly #encoder: ScalarEventEncoder;
  readonly #seen: SeenTags;
  readonly #description: TagDescription;
  #started = false;

  /** Made by `SummaryWriter.scalar`. */
  constructor(sink: EventSink, seen: SeenTags, tag: string, description: TagDescription) {
    this.tag = checkTag(tag);
    this.#sink = sink;
    this.#seen = seen;
    this.#description = description;
    this.#encoder = new ScalarEventEncoder([tag]);
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
    if (this.#started) this.#sink.writeScalar(this.#encoder, step, value, wallTime);
    else this.#addFirst(value, step, wallTime);
  }

  #addFirst(value: number, step: number, wallTime: number | undefined): void {
    this.#started = writeDescribed(
      this.#sink,
      this.#seen,
      [this.tag],
      [value],
      step,
      wallTime,
      this.#description,
    );
  }
}

/** Writes the scalars of several tags that are always logged together, one Event a step. */
export class ScalarsHandle {
  readonly tags: readonly string[];
  readonly #sink: EventSink;
  readonly #encoder: ScalarEventEncoder;
  readonly #seen: SeenTags;
  #started = false;

  /** Made by `SummaryWriter.scalars`. */
  constructor(sink: EventSink, seen: SeenTags, tags: readonly string[]) {
    this.tags = tags.map(checkTag);
    if (this.tags.length === 0) throw new ArgumentError("tags", "a list of at least one tag", tags);
    if (new Set(tags).size !== tags.length)
      throw new ArgumentError("tags", "tags that differ", tags.join(", "));
    this.#sink = sink;
    this.#seen = seen;
    this.#encoder = new ScalarEventEncoder(this.tags);
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
    if (this.#started) this.#sink.writeScalars(this.#encoder, step, values, 0, wallTime);
    else this.#addFirst(values, step, wallTime);
  }

  #addFirst(values: ArrayLike<number>, step: number, wallTime: number | undefined): void {
    this.#started = writeDescribed(this.#sink, this.#seen, this.tags, values, step, wallTime);
  }
}

/** `tag` if TensorBoard can show it. Throws an `ArgumentError`. */
export function checkTag(tag: string): string {
  if (typeof tag !== "string" || tag === "")
    throw new ArgumentError("tag", "a string that is not empty", tag);
  return tag;
}

// The first event of a tag in a file carries its metadata; only what was accepted counts as written.
function writeDescribed(
  sink: EventSink,
  seen: SeenTags,
  tags: readonly string[],
  values: ArrayLike<number>,
  step: number,
  wallTime: number | undefined,
  description: TagDescription = {},
): boolean {
  const summary = tags.map((tag, i) =>
    encodeScalar(tag, values[i]!, seen.has(tag) ? undefined : scalarMetadata(description)),
  );
  const accepted = sink.write({ step, summary, ...(wallTime !== undefined && { wallTime }) });
  if (accepted) for (const tag of tags) seen.add(tag);
  return accepted;
}

function checkStep(step: number): void {
  if (!Number.isSafeInteger(step)) throw new ArgumentError("step", "a safe integer", step);
}

function checkWallTime(wallTime: number | undefined): void {
  if (wallTime !== undefined && !Number.isFinite(wallTime)) {
    throw new ArgumentError("wallTime", "a finite number of seconds", wallTime);
  }
}
