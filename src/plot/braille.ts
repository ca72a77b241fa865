// Dots in text: eight to a character, as braille patterns.

/** The bit of each dot in a pattern, from the top; first the left column, then the right (Unicode, block U+2800). */
const BITS = [
  [0x01, 0x02, 0x04, 0x40],
  [0x08, 0x10, 0x20, 0x80],
] as const;

/** Which dots of a line are drawn: so many are, so many are not, and so on; it goes on from line to line. */
export class Dashes {
  readonly #lengths: readonly number[];
  #part = 0;
  #done = 0;

  /** An even number of lengths, in dots. */
  constructor(lengths: readonly number[]) {
    this.#lengths = lengths;
  }

  /** Whether the next dot is drawn. */
  next(): boolean {
    const isDrawn = this.#part % 2 === 0;
    if (++this.#done === this.#lengths[this.#part]) {
      this.#done = 0;
      this.#part = (this.#part + 1) % this.#lengths.length;
    }
    return isDrawn;
  }
}

/** A drawing area of `columns` by `rows` characters, so twice as many dots across and four times as many down. */
export class BrailleCanvas {
  readonly columns: number;
  readonly rows: number;
  readonly #patterns: Uint8Array;
  readonly #pens: Uint16Array;

  constructor(columns: number, rows: number) {
    this.columns = columns;
    this.rows = rows;
    this.#patterns = new Uint8Array(columns * rows);
    this.#pens = new Uint16Array(columns * rows);
  }

  /**
   * Draws a straight line between two dots, both included; (0, 0) is the left top, all four are whole numbers.
   *
   * @param pen a number kept with every character that the line touches; a later line's replaces it
   * @param dashes which dots are drawn; all unless given
   */
  line(x0: number, y0: number, x1: number, y1: number, pen: number, dashes?: Dashes): void {
    const steps = Math.max(Math.abs(x1 - x0), Math.abs(y1 - y0), 1);
    for (let i = 0; i <= steps; i++) {
      if (dashes !== undefined && !dashes.next()) continue;
      this.#dot(Math.round(x0 + ((x1 - x0) * i) / steps), Math.round(y0 + ((y1 - y0) * i) / steps), pen);
    }
  }

  /** One row of characters as text; `paint` gets each stretch that one pen drew. Untouched characters are spaces. */
  text(row: number, paint: (text: string, pen: number) => string): string {
    let out = "";
    let stretch = "";
    let pen = -1;
    const start = row * this.columns;
    for (let i = start; i < start + this.columns; i++) {
      const pattern = this.#patterns[i]!;
      const next = pattern === 0 ? -1 : this.#pens[i]!;
      if (next !== pen) {
        out += pen === -1 ? stretch : paint(stretch, pen);
        stretch = "";
        pen = next;
      }
      stretch += pattern === 0 ? " " : String.fromCharCode(0x2800 + pattern);
    }
    return out + (pen === -1 ? stretch : paint(stretch, pen));
  }

  #dot(x: number, y: number, pen: number): void {
    if (x < 0 || y < 0 || x >= 2 * this.columns || y >= 4 * this.rows) return;
    const cell = (y >> 2) * this.columns + (x >> 1);
    this.#patterns[cell]! |= BITS[x & 1]![y & 3]!;
    this.#pens[cell] = pen;
  }
}
