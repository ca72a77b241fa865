// What was read of a file, in little: enough to tell how much of another file, or of what has become of it, is the same.

/** A place behind a record. */
export interface ReadPlace {
  /** The byte behind the record. */
  readonly end: number;
  /** How many records stand before it. */
  readonly count: number;
  /** The checksum of the data of the record before it. */
  readonly crc: number;
  /** What tells these records from any others. */
  readonly print: number;
}

const START: ReadPlace = { end: 0, count: 0, crc: 0, print: 0 };
/** So many of the last places are remembered, and about as many of all others. */
const MOST_LAST = 256;

/** The place behind one more record, which ends at byte `end` and whose data have the checksum `crc`. */
export function placeAfter({ count, print }: ReadPlace, end: number, crc: number): ReadPlace {
  return { end, count: count + 1, crc, print: printAfter(print, end, crc) };
}

/** The records of one file that were read, in memory that does not grow with their number: each of the last ones, of the others some. */
export class ReadHistory {
  readonly #mostLast: number;
  #places: ReadPlace[] = [];
  // Of those that are not the last ones, each whose count is a multiple of it is kept, and the first.
  #stride = 1;
  #last = START;

  constructor(mostLast = MOST_LAST) {
    this.#mostLast = mostLast;
  }

  /** Behind the last record. */
  get last(): ReadPlace {
    return this.#last;
  }

  /** The remembered places in order; the last one is `last`. */
  get places(): readonly ReadPlace[] {
    return this.#places;
  }

  add(end: number, crc: number): void {
    this.#last = placeAfter(this.#last, end, crc);
    this.#places.push(this.#last);
    if (this.#places.length >= 3 * this.#mostLast) this.#thin();
  }

  /** Forgets what stands behind a place. */
  returnTo(place: ReadPlace): void {
    this.#places = this.#places.filter(({ count }) => count < place.count);
    if (place.count > 0) this.#places.push(place);
    else this.#stride = 1;
    this.#last = place;
  }

  #thin(): void {
    const last = this.#places.slice(-this.#mostLast);
    const isKept = ({ count }: ReadPlace): boolean => count === 1 || count % this.#stride === 0;
    let others = this.#places.slice(0, -this.#mostLast).filter(isKept);
    while (others.length > this.#mostLast) {
      this.#stride *= 2;
      others = others.filter(isKept);
    }
    this.#places = [...others, ...last];
  }
}

/** Goes through the records of a file for as long as they are those of a history. */
export class Recognition {
  readonly #places: readonly ReadPlace[];
  #next = 0;
  #at = START;
  #same = START;

  /** `history` must not change meanwhile. */
  constructor(history: ReadHistory) {
    this.#places = history.places;
  }

  /** Behind the last record that was taken. */
  get at(): ReadPlace {
    return this.#at;
  }

  /** Up to where the file is known to have what the history has. */
  get same(): ReadPlace {
    return this.#same;
  }

  /** Whether records were taken of which that is not known. */
  get isUnsure(): boolean {
    return this.#at !== this.#same;
  }

  /** The file's next record. `same`: it may be that of the history; `all`: it was the last of them; `other`: from `same` on it has others. */
  take(end: number, crc: number): "same" | "all" | "other" {
    this.#at = placeAfter(this.#at, end, crc);
    const next = this.#places[this.#next]!;
    if (this.#at.count < next.count) return end < next.end ? "same" : "other";
    if (end !== next.end || this.#at.print !== next.print) return "other";
    this.#same = this.#at;
    this.#next++;
    return this.#next === this.#places.length ? "all" : "same";
  }

  /** Takes what the file has so far for what the history has: as it is where a file was cut. */
  assume(): void {
    this.#same = this.#at;
  }
}

// 52 bits, which a number holds exactly.
function printAfter(print: number, end: number, crc: number): number {
  const low = print >>> 0;
  const high = (print - low) / 2 ** 32;
  let mixed = Math.imul(low ^ crc, 0x85ebca6b);
  mixed = Math.imul(mixed ^ (mixed >>> 15) ^ (end | 0), 0xc2b2ae35);
  mixed ^= mixed >>> 13;
  const top = (Math.imul(high ^ (mixed >>> 11), 0x27d4eb2f) ^ crc ^ Math.floor(end / 2 ** 32)) & 0xfffff;
  return top * 2 ** 32 + (mixed >>> 0);
}
