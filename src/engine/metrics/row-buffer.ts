// Rows of many steps, one behind the other.

import { ArgumentError } from "../../errors.js";
import { columnsOf, type Rows } from "../rows.js";

/** Rows that are added to; all have the columns of the first. */
export class RowBuffer {
  readonly #name: string;
  #data = new Float64Array(64);
  #length = 0;
  #rows = 0;
  /** The sizes of a row's own dimensions. */
  #rest: readonly number[] = [];

  /** `name`: what an error names. */
  constructor(name: string) {
    this.#name = name;
  }

  clear(): void {
    this.#length = 0;
    this.#rows = 0;
  }

  /** Copies rows. Throws an `ArgumentError` if they have other columns than those before. */
  add(rows: Rows): void {
    const { shape, data } = rows;
    const columns = this.#length / this.#rows;
    if (this.#rows === 0) this.#rest = shape.slice(1);
    else if (columnsOf(rows) !== columns)
      throw new ArgumentError(
        this.#name,
        `rows of ${columns} numbers, as before`,
        rows,
        `${columnsOf(rows)}`,
      );
    const length = this.#length + data.length;
    if (length > this.#data.length) {
      const larger = new Float64Array(Math.max(length, 2 * this.#data.length));
      larger.set(this.#data.subarray(0, this.#length));
      this.#data = larger;
    }
    this.#data.set(data, this.#length);
    this.#length = length;
    this.#rows += shape[0]!;
  }

  /** All rows; the numbers are the buffer's own. */
  all(): Rows {
    return { shape: [this.#rows, ...this.#rest], data: this.#data.subarray(0, this.#length) };
  }

  /** All rows, copied. */
  stateDict(): Rows {
    const { shape, data } = this.all();
    return { shape, data: data.slice() };
  }

  loadStateDict({ shape, data }: Rows): void {
    this.#rest = shape.slice(1);
    this.#rows = shape[0]!;
    this.#length = data.length;
    this.#data = data.length < 64 ? new Float64Array(64) : new Float64Array(data.length);
    this.#data.set(data);
  }
}
