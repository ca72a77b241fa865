// A drawing in a terminal that is replaced in place.

import type { Figure } from "./figure.js";
import { renderTerminal } from "./terminal.js";

/** At most four drawings a second. */
const INTERVAL_MS = 250;
/** Drawing takes at most this share of the time, however many points there are. */
const SHARE = 0.05;
const MAX_COLUMNS = 120;
const MAX_ROWS = 20;

/**
 * Draws a figure again and again over its last drawing. The line below the drawing is left to others (a progress bar).
 * It draws nothing on a stream that is no terminal, or where there is no room.
 */
export class LiveDrawing {
  readonly #figure: Figure;
  readonly #stream: NodeJS.WriteStream;
  readonly #enabled: boolean;
  #next = -Infinity;
  /** The size of the terminal at the last drawing, and its height in lines; 0 lines if there is none to draw over. */
  #columns = 0;
  #rows = 0;
  #height = 0;

  constructor(figure: Figure, stream: NodeJS.WriteStream) {
    this.#figure = figure;
    this.#stream = stream;
    this.#enabled = stream.isTTY === true && process.env["TERM"] !== "dumb";
  }

  /** Draws, if the last drawing is old enough. */
  drawIfDue(): void {
    if (this.#enabled && performance.now() >= this.#next) this.draw();
  }

  /** Draws now. */
  draw(): void {
    const { columns = 80, rows = 24 } = this.#stream;
    // Not the last column: a terminal is about to wrap there, and some erase it. Nor the lines below the drawing.
    const width = Math.min(columns - 1, MAX_COLUMNS);
    const height = Math.min(rows - 2, MAX_ROWS);
    if (!this.#enabled || width < 24 || height < 8) return;
    const start = performance.now();
    const text = renderTerminal(this.#figure, {
      columns: width,
      rows: height,
      color: this.#stream.hasColors?.() ?? false,
    });
    this.#stream.write(this.#toStart(columns, rows) + text.replace(/$/gm, CLEAR_REST_OF_LINE) + "\n");
    this.#height = height;
    this.#columns = columns;
    this.#rows = rows;
    const end = performance.now();
    this.#next = end + Math.max(INTERVAL_MS, (end - start) / SHARE);
  }

  /** Leaves the drawing where it is: the next one begins below whatever is written then. */
  release(): void {
    this.#height = 0;
    this.#next = -Infinity;
  }

  /** To the first line of the last drawing; if there is none, or a resize has moved its lines, to a fresh line. */
  #toStart(columns: number, rows: number): string {
    const inPlace = this.#height > 0 && columns === this.#columns && rows === this.#rows;
    return inPlace ? `\r\x1b[${this.#height}A` : `\r${CLEAR_BELOW}`;
  }
}

const CLEAR_REST_OF_LINE = "\x1b[K";
const CLEAR_BELOW = "\x1b[J";
