// What ends a command before its time: signals, and the time it is given.

import { ExitCode } from "./exit-codes.js";
import type { Io } from "./io.js";

/** The longest that a timer can wait. */
const LONGEST_MS = 2 ** 31 - 1;

/** Aborts its signal at SIGINT, at SIGTERM, and when the time is over. A second signal ends the process at once. */
export class Stop {
  readonly #io: Io;
  readonly #abort = new AbortController();
  #code: number = ExitCode.OK;
  #timer: NodeJS.Timeout | undefined;

  /** `maxTimeMs`: milliseconds from now on; no limit unless given. */
  constructor(io: Io, maxTimeMs?: number) {
    this.#io = io;
    io.signals.on("SIGINT", this.#onSignal);
    io.signals.on("SIGTERM", this.#onSignal);
    if (maxTimeMs !== undefined) this.#wait(performance.now() + maxTimeMs);
  }

  get signal(): AbortSignal {
    return this.#abort.signal;
  }

  /** The exit code that says what ended the command; `OK` when nothing did. */
  get code(): number {
    return this.#code;
  }

  /** Nothing can end it any more. */
  release(): void {
    clearTimeout(this.#timer);
    this.#io.signals.off("SIGINT", this.#onSignal);
    this.#io.signals.off("SIGTERM", this.#onSignal);
  }

  readonly #onSignal = (signal: NodeJS.Signals): void => {
    const isSecond = this.#code === ExitCode.SIGINT || this.#code === ExitCode.SIGTERM;
    this.#code = signal === "SIGINT" ? ExitCode.SIGINT : ExitCode.SIGTERM;
    // Who asks twice does not want to wait for the step.
    if (isSecond) this.#io.exit(this.#code);
    this.#abort.abort();
  };

  #wait(end: number): void {
    const left = end - performance.now();
    if (left > 0) {
      this.#timer = setTimeout(() => this.#wait(end), Math.min(left, LONGEST_MS));
      return;
    }
    if (this.#code === ExitCode.OK) this.#code = ExitCode.TIME;
    this.#abort.abort();
  }
}
