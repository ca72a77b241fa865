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
const SIMPLE_VALUE_KEY = 0x15;

/**
 * Remembers the summaries of plain numbers. Where the next one has the same bytes as one before, but for the numbers, it needs no parsing. Programs
 * log their tags in one order, so it looks at the one that came behind the last one before.
 */
export class PlainTemplates {
  /** How many bytes the summary that is expected has, its key counted; 0 for none. */
  expected = 0;
  readonly #byTag = new Map<number, Template[]>();
  #count = 0;
  // The last one that was read or offered, the one that came behind it the last time, and the one whose tags the values have.
  #last: Template | undefined;
  #next: Template | undefined;
  #shown: Template | undefined;

  /**
   * How many values the summary has that begins with its key at `from`, if it is the expected one; then it is in `values`. Otherwise -1, and numbers of
   * `values` may be overwritten. There must be as many bytes as are expected. `view`: of the same bytes.
   */
  read(view: DataView, from: number, values: Values): number {
    const template = this.#next!;
    if (!isLike(template, view, from, values.numbers)) return -1;
    if (template !== this.#shown) this.#show(template, values);
    this.#goTo(template);
    return template.holes.length;
  }

  /** Remembers the summary `bytes[from, to)`, which begins with its key, if it may come again. It must end the event. `view`: of the same bytes. */
  offer(bytes: Uint8Array, view: DataView, from: number, to: number, values: Values): void {
    const mayCome = to - from <= MOST_BYTES && values.count > 0 && values.isPlain();
    const template = mayCome
      ? (this.#find(view, from, to, values.tags[0]!) ?? this.#add(bytes, from, to, values))
      : undefined;
    if (template !== undefined && this.#last !== undefined) this.#last.next = template;
    this.#goTo(template);
  }

  /** Says that the values are overwritten. */
  forget(): void {
    this.#shown = undefined;
  }

  #goTo(template: Template | undefined): void {
    if (template === this.#last && template?.next === this.#next) return;
    this.#last = template;
    this.#next = template?.next;
    this.expected = this.#next === undefined ? 0 : this.#next.bytes.length;
  }

  #find(view: DataView, from: number, to: number, tag: number): Template | undefined {
    return this.#byTag
      .get(tag)
      ?.find((each) => each.bytes.length === to - from && isLike(each, view, from, undefined));
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
  view: DataView,
  from: number,
  numbers: Float64Array | undefined,
): boolean {
  const { holes } = template;
  let at = 0;
  for (let i = 0; i < holes.length; i++) {
    const hole = holes[i]!;
    if (!isSame(template.view, view, from, at, hole)) return false;
    if (numbers !== undefined) numbers[i] = view.getFloat32(from + hole, true);
    at = hole + 4;
  }
  return true;
}

// Before each number are at least four bytes: keys and lengths. The last word may overlap the one before.
function isSame(known: DataView, view: DataView, from: number, start: number, end: number): boolean {
  const last = end - 4;
  for (let i = start; i < last; i += 4) if (known.getInt32(i) !== view.getInt32(from + i)) return false;
  return known.getInt32(last) === view.getInt32(from + last);
}

/** Where the numbers are; `undefined` when one is not at the end of its value. Lengths are one byte, or two. */
function holesIn(
  bytes: Uint8Array,
  from: number,
  to: number,
  count: number,
): Int32Array<ArrayBuffer> | undefined {
  const holes = new Int32Array(count);
  let at = from + 1 + sizeOfLength(bytes[from + 1]!);
  for (let i = 0; i < count; i++) {
    const first = bytes[at + 1]!;
    const length = first < 0x80 ? first : (first & 0x7f) | (bytes[at + 2]! << 7);
    at += 1 + sizeOfLength(first) + length;
    if (at > to || bytes[at - 5] !== SIMPLE_VALUE_KEY) return undefined;
    holes[i] = at - 4 - from;
  }
  return at === to ? holes : undefined;
}

function sizeOfLength(first: number): number {
  return first < 0x80 ? 1 : 2;
}
