// How far the reading of large files is: a bar on a terminal, nothing elsewhere, and nothing is left of it.

import type cliProgress from "cli-progress";
import { isInteractive, loadBars } from "../engine/callbacks/progress-display.js";
import type { Io } from "./io.js";

/** What is read in less time needs no bar. */
const PATIENCE_MS = 300;
const INTERVAL_MS = 100;

/** Shows the share of the bytes that are read. */
export class BytesProgress {
  readonly #library: typeof cliProgress | undefined;
  readonly #stream: Io["stderr"];
  #bar: cliProgress.SingleBar | undefined;
  #due = performance.now() + PATIENCE_MS;

  private constructor(library: typeof cliProgress | undefined, stream: Io["stderr"]) {
    this.#library = library;
    this.#stream = stream;
  }

  /** On `stream`, if it is a terminal. */
  static async start(stream: Io["stderr"]): Promise<BytesProgress> {
    const terminal = stream as NodeJS.WriteStream;
    return new BytesProgress(isInteractive(terminal) ? await loadBars(terminal) : undefined, stream);
  }

  /** So many bytes are read of so many. */
  update(done: number, total: number): void {
    const now = performance.now();
    if (this.#library === undefined || now < this.#due) return;
    this.#due = now + INTERVAL_MS;
    if (this.#bar === undefined) this.#begin(this.#library, total);
    this.#bar!.update(done, { text: `${megabytes(done)} of ${megabytes(total)} MB` });
    // By its own timer it would not be drawn while this thread reads.
    this.#bar!.render();
  }

  /** Takes the bar away; the next `update` draws it again. */
  clear(): void {
    this.#bar?.stop();
    this.#bar = undefined;
  }

  #begin({ SingleBar, Presets }: typeof cliProgress, total: number): void {
    const format = "{bar} {percentage}%  {text}";
    this.#bar = new SingleBar(
      { stream: this.#stream as NodeJS.WriteStream, format, clearOnComplete: true, hideCursor: false },
      Presets.shades_classic,
    );
    this.#bar.start(total, 0, { text: "" });
  }
}

function megabytes(bytes: number): string {
  return Math.round(bytes / 1e6).toLocaleString("en");
}
