// Makes the records of files again, byte for byte, from the rows of row groups.

import { RecordBuffer } from "../../wire/record-buffer.js";
import type { GroupRows } from "./group-rows.js";
import { EventAnalyser, type ArchivedValue } from "../layout/analyse-event.js";
import { EventEncoder } from "../layout/encode-event.js";
import { EventTemplate, MOST_TEMPLATE_BYTES, type EventNumbers } from "../layout/event-template.js";
import { Layouts } from "../layout/interned.js";

const CHUNK_BYTES = 256 * 1024;
const MOST_KNOWN = 4096;

/** A kind of event, with the names of its tags. */
class MadeEvent extends EventTemplate {
  declare next: MadeEvent | undefined;
  readonly names: readonly string[];

  constructor(
    event: Uint8Array,
    holes: ConstructorParameters<typeof EventTemplate>[1],
    names: readonly string[],
  ) {
    super(event, holes, 0, new Int32Array(names.length));
    this.names = names;
  }
}

/** Makes records. It remembers kinds of events, so one maker does for a whole archive. */
export class RecordMaker {
  readonly #out = new RecordBuffer(CHUNK_BYTES * 2);
  readonly #encoder = new EventEncoder();
  readonly #analyser = new EventAnalyser();
  readonly #layouts = new Layouts();
  readonly #known = new Map<string, MadeEvent>();
  readonly #numbers: EventNumbers = { step: 0, wallTime: 0, values: new Float64Array(64) };
  #last: { layout: Uint8Array; made: MadeEvent } | undefined;

  /**
   * The bytes of the records at the places `[from, to)`, in pieces of some 256 KiB that are valid until the next one. With `tags` only records with a value under
   * one of them. Throws a `RangeError` for rows of which no record can be made.
   */
  *bytes(rows: GroupRows, from: number, to: number, tags?: (tag: string) => boolean): Generator<Uint8Array> {
    const out = this.#out;
    out.length = 0;
    for (let place = from; place < to;) {
      const end = rows.recordEnd(place);
      if (tags === undefined || hasTag(rows, place, end, tags)) this.#make(rows, place, end);
      place = end;
      if (out.length < CHUNK_BYTES) continue;
      yield out.bytes.subarray(0, out.length);
      out.length = 0;
    }
    if (out.length > 0) yield out.bytes.subarray(0, out.length);
    out.length = 0;
  }

  #make(rows: GroupRows, from: number, to: number): void {
    const layout = rows.layoutAt(from);
    if (layout === undefined) this.#copyRaw(rows, from, to);
    else if (!this.#makeKnown(rows, from, to, layout)) this.#encode(rows, from, to, layout);
  }

  #copyRaw(rows: GroupRows, from: number, to: number): void {
    for (let place = from; place < to; place++) {
      const raw = rows.rawAt(place);
      if (raw !== undefined) this.#out.add(raw);
    }
  }

  // An event like the one that came behind the last one before.
  #makeKnown(rows: GroupRows, from: number, to: number, layout: Uint8Array): boolean {
    const made = this.#find(rows, from, to, layout);
    if (made === undefined) return false;
    const numbers = this.#numbers;
    numbers.step = rows.stepAt(from);
    numbers.wallTime = rows.wallTimeAt(from);
    for (let i = 0; i < made.names.length; i++) {
      if (!rows.hasNumber(from + i)) return false;
      numbers.values[i] = rows.numberAt(from + i);
    }
    const size = made.sizeFor(numbers.step);
    if (size < 0) return false;
    const out = this.#out;
    const start = out.begin(size);
    made.write(numbers, out.bytes, out.view, start);
    out.finish(start + size);
    return true;
  }

  #find(rows: GroupRows, from: number, to: number, layout: Uint8Array): MadeEvent | undefined {
    const last = this.#last;
    // Equal layouts of a row group are one object.
    if (last !== undefined && last.layout === layout && isOf(last.made, rows, from, to)) return last.made;
    const made = this.#known.get(this.#keyOf(rows, from, to, layout));
    if (made !== undefined) this.#last = { layout, made };
    return made;
  }

  #keyOf(rows: GroupRows, from: number, to: number, layout: Uint8Array): string {
    let key = String(this.#layouts.numberOf(layout));
    for (let place = from; place < to; place++) key += `\0${rows.tagAt(place)}`;
    return key;
  }

  #encode(rows: GroupRows, from: number, to: number, layout: Uint8Array): void {
    const values: ArchivedValue[] = [];
    for (let place = from; place < to; place++) values.push(rows.valueAt(place));
    // A record without values has a row all the same.
    const isEmpty = values.length === 1 && Object.values(values[0]!).every((one) => one === undefined);
    const step = rows.stepAt(from);
    const wallTime = rows.wallTimeAt(from);
    const event =
      this.#encoder.encode(layout, step, wallTime, values) ??
      (isEmpty ? this.#encoder.encode(layout, step, wallTime, []) : undefined);
    if (event === undefined || !Number.isSafeInteger(step)) {
      throw new RangeError(`the values of record ${rows.recordAt(from)} do not fit their layout`);
    }
    this.#out.append(event);
    this.#learn(event, values, this.#keyOf(rows, from, to, layout));
  }

  #learn(event: Uint8Array, values: readonly ArchivedValue[], key: string): void {
    if (event.length > MOST_TEMPLATE_BYTES || this.#known.size >= MOST_KNOWN) return;
    if (values.some(({ tag, value }) => tag === undefined || value === undefined)) return;
    const analysed = this.#analyser.analyse(event, 0, event.length);
    if (analysed?.holes === undefined) return;
    if (values.length > this.#numbers.values.length)
      this.#numbers.values = new Float64Array(values.length * 2);
    this.#known.set(
      key,
      new MadeEvent(
        event,
        analysed.holes,
        values.map(({ tag }) => tag!),
      ),
    );
  }
}

function isOf({ names }: MadeEvent, rows: GroupRows, from: number, to: number): boolean {
  if (to - from !== names.length) return false;
  for (let i = 0; i < names.length; i++) if (rows.tagAt(from + i) !== names[i]) return false;
  return true;
}

function hasTag(rows: GroupRows, from: number, to: number, tags: (tag: string) => boolean): boolean {
  for (let place = from; place < to; place++) {
    const tag = rows.tagAt(place);
    if (tag !== undefined && tags(tag)) return true;
  }
  return false;
}
