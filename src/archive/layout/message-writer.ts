// Writes the bytes of nested messages whose lengths are not known before.

const FIRST_BYTES = 1024;

/** A growing buffer. */
export class MessageWriter {
  length = 0;
  bytes = new Uint8Array(FIRST_BYTES);
  #view = new DataView(this.bytes.buffer);

  clear(): void {
    this.length = 0;
  }

  /** What was written, as bytes of its own. */
  copy(): Uint8Array {
    return this.bytes.slice(0, this.length);
  }

  append(bytes: Uint8Array, from = 0, to = bytes.length): void {
    this.reserve(to - from);
    if (to - from > 64) this.bytes.set(bytes.subarray(from, to), this.length);
    else for (let i = from; i < to; i++) this.bytes[this.length + i - from] = bytes[i]!;
    this.length += to - from;
  }

  zeros(count: number): void {
    this.reserve(count);
    this.bytes.fill(0, this.length, this.length + count);
    this.length += count;
  }

  varint(value: number): void {
    this.reserve(10);
    let rest = value;
    while (rest >= 0x80) {
      this.bytes[this.length++] = (rest % 0x80) | 0x80;
      rest = Math.floor(rest / 0x80);
    }
    this.bytes[this.length++] = rest;
  }

  /** A number of two's complement, as protobuf has negative steps. */
  signedVarint(value: number): void {
    if (value >= 0) {
      this.varint(value);
      return;
    }
    this.reserve(10);
    let rest = BigInt.asUintN(64, BigInt(value));
    while (rest >= 0x80n) {
      this.bytes[this.length++] = Number(rest & 0x7fn) | 0x80;
      rest >>= 7n;
    }
    this.bytes[this.length++] = Number(rest);
  }

  float32(value: number): void {
    this.reserve(4);
    this.#view.setFloat32(this.length, value, true);
    this.length += 4;
  }

  float64(value: number): void {
    this.reserve(8);
    this.#view.setFloat64(this.length, value, true);
    this.length += 8;
  }

  /** Begins bytes that have their length before them; give what it returns to `close`. */
  open(): number {
    return this.length;
  }

  /** Puts the length before what was written since `open`. */
  close(start: number): void {
    const length = this.length - start;
    let size = 1;
    for (let rest = length; rest >= 0x80; rest = Math.floor(rest / 0x80)) size++;
    this.reserve(size);
    this.bytes.copyWithin(start + size, start, this.length);
    this.length = start;
    this.varint(length);
    this.length = start + size + length;
  }

  reserve(count: number): void {
    if (this.length + count <= this.bytes.length) return;
    const larger = new Uint8Array(Math.max(this.bytes.length * 2, this.length + count));
    larger.set(this.bytes.subarray(0, this.length));
    this.bytes = larger;
    this.#view = new DataView(larger.buffer);
  }
}
