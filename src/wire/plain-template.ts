// An event like the one before it: the same tags, other numbers.

/** What of an event's values is looked at. */
interface Values {
  readonly count: number;
  readonly tags: Int32Array;
  isPlain(): boolean;
}

/** Longer summaries are not remembered. */
const MOST_BYTES = 16 * 1024;

/**
 * Remembers the bytes of a summary of plain numbers. Where the next one has the same bytes but for the numbers, it needs no parsing. It is made
 * where two events have the same first tag; programs that log their tags one by one pay nothing for it.
 */
export class PlainTemplate {
  count = 0;
  #bytes = new Uint8Array(0);
  #view = new DataView(this.#bytes.buffer);
  #length = -1;
  // Where the numbers are: behind a key, at the end of each value.
  #holes = new Int32Array(0);
  #lastTag = -1;
  #lastCount = 0;

  /** Whether `bytes[from, to)` are like the template. If they are, writes the numbers. `view`: of the same bytes. */
  read(bytes: Uint8Array, view: DataView, from: number, to: number, numbers: Float64Array): boolean {
    if (to - from !== this.#length) return false;
    const holes = this.#holes;
    let at = 0;
    for (let i = 0; i < this.count; i++) {
      const hole = holes[i]!;
      if (!this.#isSame(bytes, view, from, at, hole)) return false;
      numbers[i] = view.getFloat32(from + hole, true);
      at = hole + 4;
    }
    return true;
  }

  /** Takes an event's summary, the bytes behind its key, as the template, if it is one that may come again. It must end the event. */
  offer(bytes: Uint8Array, from: number, to: number, values: Values): void {
    const { count } = values;
    const isRepeated = count > 0 && values.tags[0] === this.#lastTag && count === this.#lastCount;
    this.#lastTag = values.tags[0]!;
    this.#lastCount = count;
    if (!isRepeated || to - from > MOST_BYTES || !values.isPlain()) return;
    const holes = holesIn(bytes, from, to, count);
    if (holes === undefined) return;
    this.#holes = holes;
    this.#bytes = bytes.slice(from, to);
    this.#view = new DataView(this.#bytes.buffer);
    this.#length = to - from;
    this.count = count;
  }

  /** No event is like the template any more. */
  forget(): void {
    this.#length = -1;
  }

  #isSame(bytes: Uint8Array, view: DataView, from: number, start: number, end: number): boolean {
    let i = start;
    for (; i + 4 <= end; i += 4) {
      if (this.#view.getInt32(i, true) !== view.getInt32(from + i, true)) return false;
    }
    for (; i < end; i++) if (this.#bytes[i] !== bytes[from + i]) return false;
    return true;
  }
}

/** Where the numbers are; `undefined` when one is not at the end of its value. Lengths are one byte, or two. */
function holesIn(
  bytes: Uint8Array,
  from: number,
  to: number,
  count: number,
): Int32Array<ArrayBuffer> | undefined {
  const holes = new Int32Array(count);
  let at = from + sizeOfLength(bytes[from]!);
  for (let i = 0; i < count; i++) {
    const first = bytes[at + 1]!;
    const length = first < 0x80 ? first : (first & 0x7f) | (bytes[at + 2]! << 7);
    at += 1 + sizeOfLength(first) + length;
    if (at > to || bytes[at - 5] !== 0x15) return undefined;
    holes[i] = at - 4 - from;
  }
  return at === to ? holes : undefined;
}

function sizeOfLength(first: number): number {
  return first < 0x80 ? 1 : 2;
}
