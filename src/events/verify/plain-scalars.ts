// Recognizes the events of which a run has millions: a plain scalar of a tag that was there before, in the same few bytes.

const WALL_TIME = 0x09;
const STEP = 0x10;
const SUMMARY = 0x2a;
/** A value in a summary, and the tag in a value. */
const SUBMESSAGE = 0x0a;
const SIMPLE_VALUE = 0x15;
const VALUE_BYTES = 4;
/** A varint of more bytes may be no safe integer. */
const MOST_VARINT_BYTES = 7;
/** What stands between an event's step and its number has one-byte lengths: so much at most, padded to whole words. */
const SLOT_BYTES = 144;
const FIRST_SLOTS = 64;

/** For the events of a run one after another. What it does not recognize, the parser has to look at. */
export class PlainScalars {
  /** What `recognize` found: the number of the tag, and the step. */
  tag = 0;
  step = 0;
  // Of each tag, by its number: the bytes between step and value, and how many they are; 0 for a tag that is not known.
  #slots = new Uint8Array(FIRST_SLOTS * SLOT_BYTES);
  #slotView: DataView = new DataView(this.#slots.buffer);
  #lengths = new Uint8Array(FIRST_SLOTS);
  // Which tag came behind each the last time.
  #next = new Int32Array(FIRST_SLOTS);
  #bytes: Uint8Array = this.#slots;
  #view: DataView = this.#slotView;
  // Where the step ended.
  #at = 0;

  /** Whether `bytes[from, to)` are such an event, with a wall time that is one. */
  recognize(bytes: Uint8Array, from: number, to: number): boolean {
    if (bytes !== this.#bytes) {
      this.#bytes = bytes;
      this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
    }
    if (to - from < 9 + VALUE_BYTES || bytes[from] !== WALL_TIME) return false;
    // NaN and infinities have all bits of the exponent.
    if ((bytes[from + 8]! & 0x7f) === 0x7f && bytes[from + 7]! >= 0xf0) return false;
    if (!this.#readStep(from + 9, to)) return false;
    const tag = this.#next[this.tag]!;
    const length = this.#lengths[tag]!;
    if (length === 0 || this.#at + length + VALUE_BYTES !== to) return false;
    if (!this.#isSame(tag * SLOT_BYTES, this.#at, length)) return false;
    this.tag = tag;
    return true;
  }

  /** Remembers the form of an event that was not recognized and is a plain scalar of the tag with this number. */
  learn(bytes: Uint8Array, from: number, to: number, tag: number): void {
    this.#makeRoom(tag);
    this.#next[this.tag] = tag;
    this.tag = tag;
    if (this.#lengths[tag] !== 0 || bytes[from] !== WALL_TIME || !this.#readStep(from + 9, to)) return;
    const at = this.#at;
    const length = to - VALUE_BYTES - at;
    const isUsual =
      length <= SLOT_BYTES - 4 &&
      bytes[at] === SUMMARY &&
      to - at === 2 + bytes[at + 1]! &&
      bytes[at + 2] === SUBMESSAGE &&
      to - at === 4 + bytes[at + 3]! &&
      bytes[at + 4] === SUBMESSAGE &&
      to - at === 6 + bytes[at + 5]! + 1 + VALUE_BYTES &&
      bytes[to - VALUE_BYTES - 1] === SIMPLE_VALUE;
    if (!isUsual) return;
    this.#slots.set(bytes.subarray(at, at + length), tag * SLOT_BYTES);
    this.#lengths[tag] = length;
  }

  #readStep(from: number, to: number): boolean {
    const bytes = this.#bytes;
    let at = from;
    let step = 0;
    if (bytes[at] === STEP) {
      let factor = 1;
      const last = Math.min(to, at + 1 + MOST_VARINT_BYTES);
      for (;;) {
        if (++at >= last) return false;
        const byte = bytes[at]!;
        step += (byte & 0x7f) * factor;
        if (byte < 0x80) break;
        factor *= 128;
      }
      at++;
    }
    this.step = step;
    this.#at = at;
    return true;
  }

  // The last word may reach into the number behind, so it is compared from the end.
  #isSame(slot: number, at: number, length: number): boolean {
    const view = this.#view;
    const slots = this.#slotView;
    const last = length - 4;
    for (let i = 0; i < last; i += 4) {
      if (view.getInt32(at + i) !== slots.getInt32(slot + i)) return false;
    }
    return view.getInt32(at + last) === slots.getInt32(slot + last);
  }

  #makeRoom(tag: number): void {
    const slots = this.#lengths.length;
    if (tag < slots) return;
    const more = Math.max(tag + 1, slots * 2);
    this.#slots = grown(this.#slots, more * SLOT_BYTES);
    this.#slotView = new DataView(this.#slots.buffer);
    this.#lengths = grown(this.#lengths, more);
    const next = new Int32Array(more);
    next.set(this.#next);
    this.#next = next;
  }
}

function grown(bytes: Uint8Array, size: number): Uint8Array<ArrayBuffer> {
  const larger = new Uint8Array(size);
  larger.set(bytes);
  return larger;
}
