// Events like ones before them: the same tags, other numbers.

/** What an event's values are, as `EventParser` has them. */
interface Values {
  readonly count: number;
  readonly tags: Int32Array;
  readonly forms: Uint8Array;
  readonly isScalar: Uint8Array;
  readonly metadata: Int32Array;
  readonly sizes: Int32Array;
  readonly numbers: Float64Array;
  isPlain(): boolean;
}

/** The bytes of a summary of plain numbers, and what they say. */
interface Template {
  readonly bytes: Uint8Array;
  readonly view: DataView;
  /** Where the numbers are, each at the end of its value. */
  readonly holes: Int32Array;
  readonly tags: Int32Array;
  readonly sizes: Int32Array;
  /** What came behind it the last time. */
  next: Template | undefined;
}

/** Longer summaries are not remembered, nor more of them. */
const MOST_BYTES = 16 * 1024;
const MOST_TEMPLATES = 512;
const SIMPLE_VALUE = 2;

/**
 * Remembers the summaries of plain numbers. Where the next one has the same bytes as one before, but for the numbers, it needs no parsing. Programs
 * log their tags in one order, so it looks at the one that came behind the last one before.
 */
export class PlainTemplates {
  readonly #byTag = new Map<number, Template[]>();
  #count = 0;
  // The last one that was read or offered, and the one whose tags the values have.
  #last: Template | undefined;
  #shown: Template | undefined;

  /** How many values the summary in `bytes[from, to)` has, if it is like the template at hand; then it is in `values`. Otherwise -1. `view`: of the same bytes. */
  read(bytes: Uint8Array, view: DataView, from: number, to: number, values: Values): number {
    const template = this.#last?.next;
    if (template === undefined || to - from !== template.bytes.length) return -1;
    if (!isLike(template, bytes, view, from, values.numbers)) return -1;
    if (template !== this.#shown) this.#show(template, values);
    this.#last = template;
    return template.holes.length;
  }

  /** Remembers an event's summary, the bytes behind its key, if it is one that may come again. It must end the event. `view`: of the same bytes. */
  offer(bytes: Uint8Array, view: DataView, from: number, to: number, values: Values): void {
    if (to - from > MOST_BYTES || values.count === 0 || !values.isPlain()) {
      this.#last = undefined;
      return;
    }
    const template = this.#find(bytes, view, from, to, values.tags[0]!) ?? this.#add(bytes, from, to, values);
    if (template !== undefined && this.#last !== undefined) this.#last.next = template;
    this.#last = template;
  }

  /** Says that the values are overwritten. */
  forget(): void {
    this.#shown = undefined;
  }

  #find(bytes: Uint8Array, view: DataView, from: number, to: number, tag: number): Template | undefined {
    return this.#byTag
      .get(tag)
      ?.find((each) => each.bytes.length === to - from && isLike(each, bytes, view, from, undefined));
  }

  #add(bytes: Uint8Array, from: number, to: number, values: Values): Template | undefined {
    const { count } = values;
    const holes = this.#count < MOST_TEMPLATES ? holesIn(bytes, from, to, count) : undefined;
    if (holes === undefined) return undefined;
    const own = bytes.slice(from, to);
    const template: Template = {
      bytes: own,
      view: new DataView(own.buffer),
      holes,
      tags: values.tags.slice(0, count),
      sizes: values.sizes.slice(0, count),
      next: undefined,
    };
    // Until another one comes behind it, it may be itself.
    template.next = template;
    this.#count++;
    const [first] = template.tags;
    const known = this.#byTag.get(first!);
    if (known === undefined) this.#byTag.set(first!, [template]);
    else known.push(template);
    return template;
  }

  #show(template: Template, values: Values): void {
    const { tags, sizes } = template;
    for (let i = 0; i < tags.length; i++) {
      values.tags[i] = tags[i]!;
      values.sizes[i] = sizes[i]!;
      values.forms[i] = SIMPLE_VALUE;
      values.isScalar[i] = 1;
      values.metadata[i] = -1;
    }
    this.#shown = template;
  }
}

/** Whether the bytes from `from` on are those of the template. Reads the numbers on the way, also of one that turns out not to be like it. */
function isLike(
  template: Template,
  bytes: Uint8Array,
  view: DataView,
  from: number,
  numbers: Float64Array | undefined,
): boolean {
  const { holes } = template;
  let at = 0;
  for (let i = 0; i < holes.length; i++) {
    const hole = holes[i]!;
    if (!isSame(template, bytes, view, from, at, hole)) return false;
    if (numbers !== undefined) numbers[i] = view.getFloat32(from + hole, true);
    at = hole + 4;
  }
  return true;
}

function isSame(
  template: Template,
  bytes: Uint8Array,
  view: DataView,
  from: number,
  start: number,
  end: number,
): boolean {
  let i = start;
  for (; i + 4 <= end; i += 4) {
    if (template.view.getInt32(i, true) !== view.getInt32(from + i, true)) return false;
  }
  for (; i < end; i++) if (template.bytes[i] !== bytes[from + i]) return false;
  return true;
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
