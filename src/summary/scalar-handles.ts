// Handles for hot loops: a tag, or a fixed list of tags, whose bytes are made once.

import { ArgumentError } from "../errors.js";
import type { ScalarChannel } from "../events/event-sink.js";
import { checkRecord, checkStep, checkWallTime } from "./checks.js";
import { checkDescription, scalarMetadata, type TagDescription } from "./scalar.js";
import type { LogSession } from "./log-session.js";

/** Writes the scalars of one tag. */
export class ScalarHandle {
  /** With the prefix of its writer. */
  readonly tag: string;
  readonly #session: LogSession;
  readonly #channel: ScalarChannel;
  readonly #lastStep: Float64Array;

  /** Made by `SummaryWriter.scalar`. */
  constructor(session: LogSession, tag: string, description: TagDescription) {
    checkRecord("description", description, "an object");
    checkDescription(description);
    this.tag = tag;
    this.#session = session;
    const shown = { ...session.descriptionOf(tag), ...description };
    this.#channel = session.channel([{ tag, metadata: scalarMetadata(shown) }]);
    this.#lastStep = session.steps.cell(tag);
  }

  /**
   * Adds `value` (stored as float32) at `step`, a safe integer; without one, at the tag's next, as in `SummaryWriter.addScalar`. `wallTime` in
   * seconds since 1970; now unless given.
   *
   * Throws an `ArgumentError`, or a `WriteError` when the event file cannot be written.
   */
  add(value: number, step?: number, wallTime?: number): void {
    if (typeof value !== "number") throw new ArgumentError("value", "a number", value);
    const at = step === undefined ? this.#session.steps.next(this.tag) : step;
    checkStep(at);
    checkWallTime(wallTime);
    this.#channel.writeOne(at, value, wallTime);
    this.#lastStep[0] = at;
  }
}

/** Writes the scalars of several tags that are always logged together, one Event a step. */
export class ScalarsHandle {
  /** With the prefix of their writer. */
  readonly tags: readonly string[];
  readonly #channel: ScalarChannel;
  readonly #lastSteps: readonly Float64Array[];

  /** Made by `SummaryWriter.scalars`. */
  constructor(session: LogSession, tags: readonly string[]) {
    this.tags = [...tags];
    if (this.tags.length === 0) throw new ArgumentError("tags", "a list of at least one tag", tags);
    if (new Set(tags).size !== tags.length)
      throw new ArgumentError("tags", "tags that differ", tags.join(", "));
    const described = tags.map((tag) => ({ tag, metadata: scalarMetadata(session.descriptionOf(tag)) }));
    this.#channel = session.channel(described);
    this.#lastSteps = tags.map((tag) => session.steps.cell(tag));
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
    const lastSteps = this.#lastSteps;
    for (let i = 0; i < lastSteps.length; i++) lastSteps[i]![0] = step;
  }
}
