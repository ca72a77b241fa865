// Plain lines on stderr (torchbearer/callbacks/printer.py, ConsolePrinter).

import { ArgumentError } from "../../errors.js";
import type { Callback } from "../callback.js";
import { Pacer } from "../pacer.js";
import type { State } from "../state.js";
import { checkCount } from "../checks.js";
import { passLabel } from "./pass-label.js";

/** Torchbearer's options, in camelCase, and two of our own. */
export interface ConsolePrinterOptions {
  /** What validations are called, where trainings are `t`, evaluations `e` and predictions `p`; `v`. */
  readonly validationLabelLetter?: string;
  /** Decimals of the metrics, an integer from 0 to 20; 4. */
  readonly precision?: number;
  /** The least time between two lines of one pass, in milliseconds, above 0; 5000. `Infinity`: only a line at its end. */
  readonly intervalMs?: number;
  /** Where to write; `process.stderr`. */
  readonly stream?: { write(text: string): unknown };
}

/** Writes a line every five seconds, `0/10(t): 300/1000 loss=0.25`, and one at the end of each pass, `0/10(t): loss=0.25`. */
export class ConsolePrinter implements Callback {
  readonly #validation: string;
  readonly #precision: number;
  readonly #intervalMs: number;
  readonly #given: { write(text: string): unknown } | undefined;
  #pacer: Pacer | undefined;

  /** Throws an `ArgumentError`. */
  constructor(options: ConsolePrinterOptions = {}) {
    const { validationLabelLetter = "v", precision = 4, intervalMs = 5000, stream } = options;
    if (typeof validationLabelLetter !== "string")
      throw new ArgumentError("validationLabelLetter", "a string", validationLabelLetter);
    if (checkCount("precision", precision, 0) > 20)
      throw new ArgumentError("precision", "an integer from 0 to 20", precision);
    if (!(intervalMs > 0))
      throw new ArgumentError("intervalMs", "a number of milliseconds above 0", intervalMs);
    this.#validation = validationLabelLetter;
    this.#precision = precision;
    this.#intervalMs = intervalMs;
    this.#given = stream;
  }

  onStartTraining(): void {
    this.#start();
  }

  onStepTraining(state: State): void {
    this.#step(state);
  }

  onEndTraining(state: State): void {
    this.#write(state, "");
  }

  onStartValidation(): void {
    this.#start();
  }

  onStepValidation(state: State): void {
    this.#step(state);
  }

  onEndValidation(state: State): void {
    this.#write(state, "");
  }

  #start(): void {
    this.#pacer = new Pacer(this.#intervalMs);
  }

  #step(state: State): void {
    if (!this.#pacer!.isDue()) return;
    this.#pacer!.restart();
    this.#write(state, `${state.stepsDone}/${state.steps === Infinity ? "?" : state.steps}`);
  }

  #write(state: State, steps: string): void {
    const metrics = Object.entries(state.metrics)
      .toSorted(([a], [b]) => (a < b ? -1 : 1))
      .map(([tag, value]) => `${tag}=${Number(value.toFixed(this.#precision))}`)
      .join(", ");
    const parts = [`${passLabel(state, this.#validation)}:`, steps, metrics];
    (this.#given ?? process.stderr).write(`${parts.filter((part) => part !== "").join(" ")}\n`);
  }
}
