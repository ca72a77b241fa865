// The way of scalars into a bounded run: whole into the record file, and into the curves.

import type { BoundedCurve } from "../math/bounded-curve.js";
import type { ScalarChannel } from "./event-sink.js";
import type { FileChannel } from "./file-channel.js";

/** What a channel asks and tells its writer. */
export interface Gate {
  /** The wall time of the event, in seconds, once it is begun. */
  readonly wallTime: Float64Array;
  /** Makes ready for an event; `false` when it is dropped. Throws like `EventSink.write`. */
  begin(wallTime: number | undefined): boolean;
  /** An event was added. Never throws. */
  end(): void;
}

/** Scalars of some tags. */
export class BoundedChannel implements ScalarChannel {
  readonly #gate: Gate;
  readonly #curves: readonly BoundedCurve[];
  readonly #records: FileChannel | undefined;
  readonly #value = new Float64Array(1);

  constructor(gate: Gate, curves: readonly BoundedCurve[], records: FileChannel | undefined) {
    this.#gate = gate;
    this.#curves = curves;
    this.#records = records;
  }

  /** As `ScalarChannel` has it; `false` when the event was dropped. */
  write(step: number, values: ArrayLike<number>, from = 0, wallTime?: number): boolean {
    const gate = this.#gate;
    if (!gate.begin(wallTime) || this.#records?.write(step, values, from, wallTime) === false) return false;
    const curves = this.#curves;
    for (let i = 0; i < curves.length; i++) curves[i]!.addFrom(step, gate.wallTime, values, from + i);
    gate.end();
    return true;
  }

  /** As `ScalarChannel` has it; `false` when the event was dropped. */
  writeOne(step: number, value: number, wallTime?: number): boolean {
    // Passed on in a cell, so that it is not put on the heap at each call.
    this.#value[0] = value;
    return this.write(step, this.#value, 0, wallTime);
  }
}
