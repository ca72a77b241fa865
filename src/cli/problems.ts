// What a command met and went on behind: told when the bar is gone, and in the exit code.

import type { ArchiveError, LogdirError } from "../errors.js";
import { ExitCode, exitCodeOf } from "./exit-codes.js";
import type { Io } from "./io.js";

/** Keeps problems until they are told. */
export class Problems {
  /** As they stand in JSON. */
  readonly list: { code: string; path: string; message: string }[] = [];
  readonly #io: Io;
  #exitCode: number = ExitCode.OK;
  #told = 0;

  constructor(io: Io) {
    this.#io = io;
  }

  /** The greatest exit code of a problem: that of a defect, before that of what cannot be used. */
  get exitCode(): number {
    return this.#exitCode;
  }

  /** Takes one; it can be given away as a function. */
  readonly add = (problem: ArchiveError | LogdirError): void => {
    const { code, path, message } = problem;
    this.list.push({ code, path, message });
    this.#exitCode = Math.max(this.#exitCode, exitCodeOf(problem));
  };

  /** A line on stderr for each that was not told yet. */
  tell(): void {
    for (; this.#told < this.list.length; this.#told++) {
      this.#io.stderr.write(`tnl: ${this.list[this.#told]!.message}\n`);
    }
  }
}

/** As `1,234 files`. */
export function number(count: number, what: string): string {
  return `${count.toLocaleString("en")} ${what}${count === 1 ? "" : "s"}`;
}
