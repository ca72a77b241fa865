// Data in memory, in batches (torch/utils/data: TensorDataset and DataLoader).

import { ArgumentError } from "../../errors.js";
import { PyRandom } from "../../math/py-random.js";
import { sizeOf, toArray, type ArrayInput, type NumericArray } from "../../summary/arrays.js";
import { checkCount } from "../checks.js";
import type { Rows } from "../rows.js";
import type { Batch, SeekableSource } from "./source.js";

/** How data in memory becomes batches. */
export interface DataLoaderOptions {
  /** Rows of a batch, an integer from 1; the last batch of a pass has what is left. 1. */
  readonly batchSize?: number;
  /** Whether each pass has the rows in another order; false. */
  readonly shuffle?: boolean;
  /** An integer; the orders are made from it and the number of the pass, so that a continued training has the same ones. 0. */
  readonly seed?: number;
}

/**
 * Batches of the rows of `x`, and of `y` if given: numbers in nested or typed arrays, or `{ shape, data }`. Can be gone through again and
 * again. Throws an `ArgumentError` when the two have not the same number of rows, or none.
 */
export class DataLoader implements SeekableSource<Rows, Rows> {
  /** Batches of a pass. */
  readonly length: number;
  readonly #x: NumericArray;
  readonly #y: NumericArray | undefined;
  readonly #count: number;
  readonly #options: Required<DataLoaderOptions>;

  constructor(x: ArrayInput, y?: ArrayInput, options: DataLoaderOptions = {}) {
    const { batchSize = 1, shuffle = false, seed = 0 } = options;
    checkCount("batchSize", batchSize, 1);
    if (!Number.isSafeInteger(seed)) throw new ArgumentError("seed", "a safe integer", seed);
    this.#options = { batchSize, shuffle, seed };
    this.#x = toRows("x", x);
    this.#count = this.#x.shape[0]!;
    this.#y = y === undefined ? undefined : toRows("y", y);
    if (this.#y !== undefined && this.#y.shape[0] !== this.#count) {
      throw new ArgumentError("y", `${this.#count} rows, as x has`, y, `${this.#y.shape[0]}`);
    }
    this.length = Math.ceil(this.#count / batchSize);
  }

  *[Symbol.iterator](): Generator<Batch<Rows, Rows>> {
    yield* this.batches(0, 0);
  }

  /** The batches of the pass `pass`, from 0, from batch `from` on. */
  *batches(pass: number, from: number): Generator<Batch<Rows, Rows>> {
    const { batchSize } = this.#options;
    const order = this.#order(pass);
    for (let start = from * batchSize; start < this.#count; start += batchSize) {
      const rows = order.subarray(start, start + batchSize);
      const x = take(this.#x, rows);
      yield this.#y === undefined ? [x] : [x, take(this.#y, rows)];
    }
  }

  #order(pass: number): Uint32Array {
    const order = Uint32Array.from({ length: this.#count }, (_, i) => i);
    if (!this.#options.shuffle) return order;
    // As words of the seed, so that no two pairs of seed and pass give one sequence.
    const random = new PyRandom((BigInt.asUintN(64, BigInt(this.#options.seed)) << 64n) + BigInt(pass));
    for (let i = order.length - 1; i > 0; i--) {
      const j = Math.floor(random.random() * (i + 1));
      [order[i], order[j]] = [order[j]!, order[i]!];
    }
    return order;
  }
}

function toRows(argument: string, input: ArrayInput): NumericArray {
  const array = toArray(input, argument);
  if (array.shape.length === 0 || array.shape[0] === 0)
    throw new ArgumentError(argument, "at least one row", input, `shape [${array.shape.join(", ")}]`);
  return array;
}

function take({ shape, data }: NumericArray, rows: Uint32Array): Rows {
  const rest = shape.slice(1);
  const size = sizeOf(rest);
  const taken = new Float64Array(rows.length * size);
  rows.forEach((row, i) => taken.set(data.subarray(row * size, (row + 1) * size), i * size));
  return { shape: [rows.length, ...rest], data: taken };
}
