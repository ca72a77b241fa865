// An event whose like come again and again: the same bytes but for the numbers. To take such a one apart, or to make it, is a comparison or a copy.

import { isExact32, isExact64 } from "./exact-numbers.js";
import { Role } from "./fields.js";
import type { Hole } from "./analyse-event.js";

/** A longer event is not made a template of. */
export const MOST_TEMPLATE_BYTES = 16 * 1024;

/** What the numbers of an event are. */
export interface EventNumbers {
  step: number;
  wallTime: number;
  /** By the ordinal of the value. */
  values: Float64Array;
}

/** A number's place in the template's bytes, in which the step has none. */
interface Place {
  readonly at: number;
  readonly size: number;
  readonly value: number;
}

/** Bytes that are the same in each event. */
interface Part {
  readonly from: number;
  readonly to: number;
}

/** An event without its step, of which all that changes has a fixed place. */
export class EventTemplate {
  /** The number of the layout, and of each value its tag (-1 for none): whatever the one who made the template counts by. */
  readonly layout: number;
  readonly tags: Int32Array;
  /** The template that came behind this one the last time. */
  next: EventTemplate | undefined;
  readonly #bytes: Uint8Array;
  readonly #view: DataView;
  /** Where the step is; -1 without one. */
  readonly #stepAt: number;
  readonly #wallAt: number;
  readonly #numbers: readonly Place[];
  readonly #parts: readonly Part[];

  /** `event`: the bytes of one; `holes`: of it, in the order of the bytes. They are copied. */
  constructor(event: Uint8Array, holes: readonly Hole[], layout: number, tags: Int32Array) {
    this.layout = layout;
    this.tags = tags;
    const step = holes.find(({ role }) => role === Role.STEP);
    this.#stepAt = step?.at ?? -1;
    const size = step?.size ?? 0;
    const stepEnd = this.#stepAt + size;
    this.#bytes = new Uint8Array(event.length - size);
    this.#bytes.set(event.subarray(0, step === undefined ? event.length : step.at));
    if (step !== undefined) this.#bytes.set(event.subarray(stepEnd), step.at);
    this.#view = new DataView(this.#bytes.buffer);
    const places = holes
      .filter(({ role }) => role !== Role.STEP)
      .map((hole) => ({ ...hole, at: step !== undefined && hole.at > step.at ? hole.at - size : hole.at }));
    this.#wallAt = places.find(({ role }) => role === Role.WALL_TIME)?.at ?? -1;
    this.#numbers = places.filter(({ role }) => role === Role.NUMBER);
    this.#parts = partsBetween(places, this.#stepAt, this.#bytes.length);
  }

  /** Whether the event `bytes[from, to)` is one of these; then its numbers are in `into`, which otherwise may be overwritten. `view`: of the same bytes. */
  read(bytes: Uint8Array, view: DataView, from: number, to: number, into: EventNumbers): boolean {
    const size = to - from - this.#bytes.length;
    const stepAt = this.#stepAt;
    if (stepAt < 0 ? size !== 0 : size < 1 || size > 7) return false;
    const parts = this.#parts;
    for (let i = 0; i < parts.length; i++) {
      const { from: start, to: end } = parts[i]!;
      const shift = stepAt >= 0 && start >= stepAt ? from + size : from;
      if (!isSame(this.#bytes, this.#view, bytes, view, shift, start, end)) return false;
    }
    if (stepAt >= 0) {
      const step = stepIn(bytes, from + stepAt, size);
      if (step < 0) return false;
      into.step = step;
    } else {
      into.step = 0;
    }
    if (this.#wallAt >= 0) {
      const at = from + this.#wallAt + (stepAt >= 0 && this.#wallAt >= stepAt ? size : 0);
      into.wallTime = view.getFloat64(at, true);
      if (!isExact64(into.wallTime, view, at)) return false;
    } else {
      into.wallTime = 0;
    }
    const numbers = this.#numbers;
    for (let i = 0; i < numbers.length; i++) {
      const place = numbers[i]!;
      const at = from + place.at + (stepAt >= 0 && place.at >= stepAt ? size : 0);
      let number: number;
      if (place.size === 4) {
        number = view.getFloat32(at, true);
        if (!isExact32(number, view, at)) return false;
      } else {
        number = view.getFloat64(at, true);
        if (!isExact64(number, view, at)) return false;
      }
      into.values[place.value] = number;
    }
    return true;
  }

  /** How many bytes the event of this step has; -1 when the step has no place here, or too small a one. */
  sizeFor(step: number): number {
    if (this.#stepAt < 0) return step === 0 ? this.#bytes.length : -1;
    const size = sizeOfStep(step);
    return size < 0 ? -1 : this.#bytes.length + size;
  }

  /** Writes the event to `bytes` from `at` on, where there must be room for `sizeFor(step)`. `view`: of the same bytes. */
  write(numbers: EventNumbers, bytes: Uint8Array, view: DataView, at: number): void {
    const stepAt = this.#stepAt;
    const { step } = numbers;
    const own = this.#bytes;
    let size = 0;
    if (stepAt >= 0) {
      for (let i = 0; i < stepAt; i++) bytes[at + i] = own[i]!;
      let rest = step;
      let place = at + stepAt;
      while (rest >= 0x80) {
        bytes[place++] = (rest % 0x80) | 0x80;
        rest = rest < 0x7fffffff ? rest >>> 7 : Math.floor(rest / 0x80);
      }
      bytes[place++] = rest;
      size = place - at - stepAt;
      for (let i = stepAt; i < own.length; i++) bytes[at + size + i] = own[i]!;
    } else {
      for (let i = 0; i < own.length; i++) bytes[at + i] = own[i]!;
    }
    const wallAt = this.#wallAt;
    if (wallAt >= 0)
      view.setFloat64(at + wallAt + (stepAt >= 0 && wallAt >= stepAt ? size : 0), numbers.wallTime, true);
    const places = this.#numbers;
    for (let i = 0; i < places.length; i++) {
      const place = places[i]!;
      const to = at + place.at + (stepAt >= 0 && place.at >= stepAt ? size : 0);
      if (place.size === 4) view.setFloat32(to, numbers.values[place.value]!, true);
      else view.setFloat64(to, numbers.values[place.value]!, true);
    }
  }
}

function partsBetween(places: readonly Place[], stepAt: number, length: number): Part[] {
  const parts: Part[] = [];
  const add = (from: number, to: number): void => {
    if (from < stepAt && stepAt < to) parts.push({ from, to: stepAt }, { from: stepAt, to });
    else if (to > from) parts.push({ from, to });
  };
  let from = 0;
  for (const { at, size } of places) {
    add(from, at);
    from = at + size;
  }
  add(from, length);
  return parts;
}

function isSame(
  own: Uint8Array,
  ownView: DataView,
  bytes: Uint8Array,
  view: DataView,
  shift: number,
  from: number,
  to: number,
): boolean {
  const last = to - 4;
  if (last < from) {
    for (let i = from; i < to; i++) if (own[i] !== bytes[shift + i]) return false;
    return true;
  }
  for (let i = from; i < last; i += 4) if (ownView.getInt32(i) !== view.getInt32(shift + i)) return false;
  return ownView.getInt32(last) === view.getInt32(shift + last);
}

/** The step in a varint of `size` bytes; -1 when it is not written in as few bytes as it can be. */
function stepIn(bytes: Uint8Array, at: number, size: number): number {
  const last = bytes[at + size - 1]!;
  if (last >= 0x80 || (last === 0 && size > 1)) return -1;
  let step = 0;
  let scale = 1;
  for (let i = 0; i < size - 1; i++) {
    const byte = bytes[at + i]!;
    if (byte < 0x80) return -1;
    step += (byte & 0x7f) * scale;
    scale *= 0x80;
  }
  return step + last * scale;
}

/** How many bytes a step takes; -1 for one that takes more than a template has room for. */
function sizeOfStep(step: number): number {
  if (!(step >= 0 && step < 2 ** 49)) return -1;
  let size = 1;
  for (let rest = step; rest >= 0x80; rest /= 0x80) size++;
  return size;
}
