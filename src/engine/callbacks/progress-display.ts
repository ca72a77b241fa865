// How progress is shown on a stream: a bar in a terminal, plain lines elsewhere; and the speed of steps.

import type cliProgress from "cli-progress";

/** What is shown beside the steps. */
export interface Progress {
  /** Where the work is: epoch and pass, or how many runs are done. */
  readonly label: string;
  /** The steps in all; undefined for work without end. */
  readonly total: number | undefined;
  /** What stands at the end of the line. */
  readonly details: string;
}

/** Shows how far something is. */
export interface Display {
  draw(meter: Meter, progress: Progress): void;
  /** Shows the last state, and leaves it there. */
  end(meter: Meter, progress: Progress): void;
}

/** The package that draws bars, where `stream` takes one. Loading it takes 20 ms, which plain lines need not wait for. */
export async function loadBars(stream: NodeJS.WriteStream): Promise<typeof cliProgress | undefined> {
  return isInteractive(stream) ? (await import("cli-progress")).default : undefined;
}

/** Whether `stream` is a terminal whose cursor can be moved. */
export function isInteractive(stream: NodeJS.WriteStream): boolean {
  return stream.isTTY === true && process.env["TERM"] !== "dumb";
}

/** The least time between two drawings unless another is asked for, in milliseconds. */
export function drawingInterval(stream: NodeJS.WriteStream): number {
  return isInteractive(stream) ? 100 : 5000;
}

/** A display on `stream`: a bar if `library` is there. Of `name`, what could move the cursor or end the line is left out. */
export function openDisplay(
  library: typeof cliProgress | undefined,
  stream: NodeJS.WriteStream,
  name: string,
  total: number | undefined,
): Display {
  const plain = name.replace(/\p{C}/gu, "");
  return library === undefined ? new Lines(stream, plain) : new Bar(library, stream, plain, total);
}

/** Counts steps and measures their speed. */
export class Meter {
  /** Steps done when last measured, over all epochs. */
  done = 0;
  /** Steps per second, lately; NaN before it is known. */
  rate = NaN;
  #first = NaN;
  #firstTime = NaN;
  #time = NaN;

  /** Whether it has measured. */
  get running(): boolean {
    return !Number.isNaN(this.#first);
  }

  /** Steps per second from the first measurement to the last one; NaN if that is one. */
  get meanRate(): number {
    return (1000 * (this.done - this.#first)) / (this.#time - this.#firstTime);
  }

  /** So many steps more are done that took none of this time, such as those of a run that is resumed. */
  skip(steps: number): void {
    this.#first += steps;
    this.done += steps;
  }

  measure(done: number, now: number): void {
    if (!this.running) {
      // A resumed run does not begin at 0.
      this.#first = done;
      this.#firstTime = now;
    } else if (now > this.#time) {
      const rate = (1000 * (done - this.done)) / (now - this.#time);
      this.rate = Number.isNaN(this.rate) ? rate : this.rate + 0.3 * (rate - this.rate);
    }
    this.done = done;
    this.#time = now;
  }
}

class Lines implements Display {
  readonly #stream: NodeJS.WriteStream;
  readonly #name: string;

  constructor(stream: NodeJS.WriteStream, name: string) {
    this.#stream = stream;
    this.#name = name;
  }

  draw(meter: Meter, progress: Progress): void {
    this.#write(meter, progress, [speed(meter.rate), timeLeft(meter, progress.total)]);
  }

  end(meter: Meter, progress: Progress): void {
    this.#write(meter, progress, [speed(meter.meanRate)]);
  }

  #write(meter: Meter, { label, total, details }: Progress, speeds: readonly string[]): void {
    const of = total === undefined ? "" : ` of ${total.toLocaleString("en")}`;
    const steps = `${meter.done.toLocaleString("en")}${of} steps`;
    const parts = [this.#name, label, percent(meter, total), steps, ...speeds, details];
    this.#stream.write(`${joined(...parts)}\n`);
  }
}

/** cli-progress's bar, drawn by the steps instead of by its timer. */
class Bar implements Display {
  readonly #bar: cliProgress.SingleBar;
  readonly #internals: BarInternals;

  constructor(
    library: typeof cliProgress,
    stream: NodeJS.WriteStream,
    name: string,
    total: number | undefined,
  ) {
    const { SingleBar, Format, Presets } = library;
    const format: cliProgress.GenericFormatter = (
      settings,
      { progress, maxWidth },
      payload: { text?: string },
    ) => {
      const barsize = Math.max(8, Math.min(WIDEST_BAR, Math.floor(maxWidth / 4)));
      const bar = total === undefined ? "" : Format.BarFormat(progress, { ...settings, barsize });
      // One column stays free: in the last one, clearing the rest of the line would clear a character.
      return joined(name, bar, payload.text ?? "").slice(0, maxWidth - 1);
    };
    this.#bar = new SingleBar(
      // Always redrawn, because a live plot may have moved the line.
      { stream, format, barsize: WIDEST_BAR, linewrap: true, forceRedraw: true, synchronousUpdate: false },
      Presets.shades_classic,
    );
    this.#internals = this.#bar as unknown as BarInternals;
    // It would go back to where the bar began, although other lines may have been written above it since.
    this.#internals.terminal.cursorSave = this.#internals.terminal.cursorRestore = () => {};
    this.#bar.start(total ?? 0, 0);
    clearTimeout(this.#internals.timer);
  }

  draw(meter: Meter, progress: Progress): void {
    this.#update(meter, progress, [speed(meter.rate), timeLeft(meter, progress.total)]);
    this.#bar.render();
    clearTimeout(this.#internals.timer);
  }

  end(meter: Meter, progress: Progress): void {
    this.#update(meter, progress, [speed(meter.meanRate)]);
    this.#bar.stop();
  }

  #update(meter: Meter, { label, total, details }: Progress, speeds: readonly string[]): void {
    const part =
      total === undefined ? `${meter.done.toLocaleString("en")} steps` : percent(meter, total).padStart(4);
    if (total !== undefined) this.#bar.setTotal(total);
    this.#bar.update(meter.done, { text: joined(label, part, ...speeds, details) });
  }
}

/** What cli-progress has no option for. */
interface BarInternals {
  /** Armed at each drawing, it would keep the process alive after an exception. */
  readonly timer: NodeJS.Timeout | undefined;
  readonly terminal: { cursorSave: () => void; cursorRestore: () => void };
}

const WIDEST_BAR = 40;

/** The parts that are not empty, two spaces between them. */
export function joined(...parts: readonly string[]): string {
  return parts.filter((part) => part !== "").join("  ");
}

function percent(meter: Meter, total: number | undefined): string {
  return total === undefined ? "" : `${Math.floor((100 * meter.done) / total)}%`;
}

const COMPACT = new Intl.NumberFormat("en", { notation: "compact", maximumSignificantDigits: 3 });

function speed(rate: number): string {
  return Number.isFinite(rate) ? `${COMPACT.format(rate)} steps/s` : "";
}

function timeLeft(meter: Meter, total: number | undefined): string {
  const seconds = total === undefined ? NaN : Math.ceil((total - meter.done) / meter.rate);
  if (!Number.isFinite(seconds)) return "";
  if (seconds < 60) return `ETA ${seconds}s`;
  if (seconds < 3600) return `ETA ${Math.floor(seconds / 60)}m${seconds % 60}s`;
  return `ETA ${Math.floor(seconds / 3600)}h${Math.floor((seconds % 3600) / 60)}m`;
}
