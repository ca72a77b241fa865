// Numbers for byte strings that come again and again, such as tags: a string is made once of each.

const NO_BYTES = new Uint8Array(0);

/** Gives each byte string a number, from 0 on, in the order in which they come first. */
export class NameTable {
  /** What `number` found that it had not, in this order; UTF-8, or undefined where the bytes are none. */
  readonly texts: (string | undefined)[] = [];
  readonly #decoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });
  // The bytes of all of them one behind the other, and where each begins and ends.
  #bytes = new Uint8Array(1024);
  #ends = new Int32Array(64);
  // A hash table with open addressing: number + 1, or 0 for an empty place.
  #places = new Int32Array(128);
  // What came behind each the last time: most programs log their tags in one order.
  #next = new Int32Array(64);
  #last = 0;

  /** The number of `bytes[from, to)`. */
  number(bytes: Uint8Array, from: number, to: number): number {
    const guess = this.#next[this.#last]!;
    if (guess < this.texts.length && this.#isAt(guess, bytes, from, to)) {
      this.#last = guess;
      return guess;
    }
    const found = this.#find(bytes, from, to);
    this.#next[this.#last] = found;
    this.#last = found;
    return found;
  }

  /** The bytes of a number; valid until the next call. */
  bytesOf(number: number): Uint8Array {
    return number < this.texts.length
      ? this.#bytes.subarray(this.#startOf(number), this.#ends[number]!)
      : NO_BYTES;
  }

  #find(bytes: Uint8Array, from: number, to: number): number {
    const mask = this.#places.length - 1;
    let place = hash(bytes, from, to) & mask;
    for (;;) {
      const number = this.#places[place]! - 1;
      if (number < 0) break;
      if (this.#isAt(number, bytes, from, to)) return number;
      place = (place + 1) & mask;
    }
    return this.#add(bytes, from, to, place);
  }

  #add(bytes: Uint8Array, from: number, to: number, place: number): number {
    const number = this.texts.length;
    const start = this.#startOf(number);
    const end = start + to - from;
    if (end > this.#bytes.length) this.#bytes = grown(this.#bytes, new Uint8Array(end * 2));
    this.#bytes.set(bytes.subarray(from, to), start);
    if (number + 1 >= this.#ends.length) {
      this.#ends = grown(this.#ends, new Int32Array(this.#ends.length * 2));
      this.#next = grown(this.#next, new Int32Array(this.#next.length * 2));
    }
    this.#ends[number] = end;
    this.texts.push(this.#textOf(bytes.subarray(from, to)));
    this.#places[place] = number + 1;
    if (this.texts.length * 2 > this.#places.length) this.#rehash();
    return number;
  }

  #rehash(): void {
    const mask = this.#places.length * 2 - 1;
    this.#places = new Int32Array(mask + 1);
    for (let number = 0; number < this.texts.length; number++) {
      let place = hash(this.#bytes, this.#startOf(number), this.#ends[number]!) & mask;
      while (this.#places[place] !== 0) place = (place + 1) & mask;
      this.#places[place] = number + 1;
    }
  }

  #textOf(bytes: Uint8Array): string | undefined {
    try {
      return this.#decoder.decode(bytes);
    } catch {
      return undefined;
    }
  }

  #startOf(number: number): number {
    return number === 0 ? 0 : this.#ends[number - 1]!;
  }

  #isAt(number: number, bytes: Uint8Array, from: number, to: number): boolean {
    const start = this.#startOf(number);
    const length = to - from;
    if (this.#ends[number]! - start !== length) return false;
    const known = this.#bytes;
    for (let i = 0; i < length; i++) if (known[start + i] !== bytes[from + i]) return false;
    return true;
  }
}

// FNV-1a.
function hash(bytes: Uint8Array, from: number, to: number): number {
  let h = 0x811c9dc5;
  for (let i = from; i < to; i++) h = Math.imul(h ^ bytes[i]!, 0x01000193);
  return (h ^ (h >>> 15)) >>> 0;
}

function grown<T extends Uint8Array | Int32Array>(old: T, larger: T): T {
  larger.set(old);
  return larger;
}
