// Puts records into a window: in columns where the encoder makes the very same bytes of them, else as they are.

import { Message } from "../layout/fields.js";
import { EventAnalyser, type AnalysedEvent, type Hole, type ValueOrigin } from "../layout/analyse-event.js";
import { EventEncoder } from "../layout/encode-event.js";
import { EventTemplate, MOST_TEMPLATE_BYTES, type EventNumbers } from "../layout/event-template.js";
import type { Window } from "./window.js";

/** Bytes that are kept as they are go into rows of at most so many. */
export const PIECE_BYTES = 1024 * 1024;
/** More kinds of events are not remembered. */
const MOST_KNOWN = 4096;
/** How many known ones of one length are tried when another one came than was expected. */
const MOST_TRIES = 16;
const STEP_KEY_AT = 9;
const STEP_KEY = 0x10;
const NO_PLUGIN = -1;

/** A kind of event: the template, and which dashboards its values are for. */
class KnownEvent extends EventTemplate {
  declare next: KnownEvent | undefined;
  /** By value: the plugin that its metadata name, or -1; and the one of its form, where nothing was said of its tag. */
  readonly plugins: Int32Array;
  readonly forms: Int32Array;

  constructor(
    event: Uint8Array,
    holes: readonly Hole[],
    layout: number,
    tags: Int32Array,
    origins: { plugins: Int32Array; forms: Int32Array },
  ) {
    super(event, holes, layout, tags);
    this.plugins = origins.plugins;
    this.forms = origins.forms;
  }
}

/** Takes the records of files, one after another. */
export class RecordIntake {
  readonly #window: Window;
  readonly #analyser = new EventAnalyser();
  readonly #encoder = new EventEncoder();
  readonly #numbers: EventNumbers = { step: 0, wallTime: 0, values: new Float64Array(64) };
  readonly #known = new Map<string, KnownEvent>();
  readonly #byLength = new Map<number, KnownEvent[]>();
  #last: KnownEvent | undefined;
  // By tag, of this run.
  #plugins = new Int32Array(256).fill(NO_PLUGIN);

  constructor(window: Window) {
    this.#window = window;
  }

  /** The files of another run come now. `plugins`: what is known of its tags. */
  beginRun(plugins: readonly (readonly [tag: string, plugin: string])[] = []): void {
    this.#plugins.fill(NO_PLUGIN);
    const { names } = this.#window;
    for (const [tag, plugin] of plugins)
      this.#pluginOf(names.numberOf(tag), names.numberOf(plugin), NO_PLUGIN);
  }

  /** What is known of the run's tags. */
  plugins(): (readonly [tag: string, plugin: string])[] {
    const { list } = this.#window.names;
    const known: (readonly [string, string])[] = [];
    for (const [tag, plugin] of this.#plugins.entries()) {
      if (plugin !== NO_PLUGIN) known.push([list[tag]!, list[plugin]!]);
    }
    return known;
  }

  /** The layouts were cleared: what was known of them goes too. */
  forgetLayouts(): void {
    this.#known.clear();
    this.#byLength.clear();
    this.#last = undefined;
  }

  /**
   * A record whose event is `bytes[from, to)`; `whole` begins with the header before it and ends with the checksum behind it. Returns whether it is in columns. The window
   * knows whose record it is.
   */
  takeRecord(bytes: Uint8Array, view: DataView, from: number, to: number, whole: Uint8Array): boolean {
    const known = this.#find(bytes, view, from, to);
    if (known !== undefined) {
      this.#addKnown(known);
      return true;
    }
    const event = this.#analyser.analyse(bytes, from, to);
    if (event !== undefined && this.#isMadeOf(event, bytes, from, to)) {
      this.#addEvent(event, this.#learn(event, bytes, from, to), undefined);
      return true;
    }
    this.#last = undefined;
    if (event === undefined) this.takeBytes(whole, 0);
    else this.#addEvent(event, -1, whole);
    return false;
  }

  /** Bytes that stay as they are, as rows from `position` on. Returns the next position. */
  takeBytes(bytes: Uint8Array, position: number): number {
    let next = position;
    for (let at = 0; at < bytes.length; at += PIECE_BYTES) {
      this.#window.addPlain(next++, -1, { raw: bytes.slice(at, at + PIECE_BYTES) });
    }
    return next;
  }

  #find(bytes: Uint8Array, view: DataView, from: number, to: number): KnownEvent | undefined {
    const numbers = this.#numbers;
    const expected = this.#last?.next;
    if (expected?.read(bytes, view, from, to, numbers) === true) {
      this.#last = expected;
      return expected;
    }
    const found = this.#byLength
      .get(lengthWithoutStep(bytes, from, to))
      ?.find((one) => one !== expected && one.read(bytes, view, from, to, numbers));
    if (found !== undefined) this.#goTo(found);
    return found;
  }

  #goTo(known: KnownEvent | undefined): void {
    if (known !== undefined && this.#last !== undefined) this.#last.next = known;
    this.#last = known;
  }

  #addKnown(known: KnownEvent): void {
    const window = this.#window;
    const { step, wallTime, values } = this.#numbers;
    const { tags, layout } = known;
    if (tags.length === 0) window.addEvent(0, -1, -1, step, wallTime, undefined, layout);
    for (let i = 0; i < tags.length; i++) {
      const plugin = this.#pluginOf(tags[i]!, known.plugins[i]!, known.forms[i]!);
      window.addEvent(i, tags[i]!, plugin, step, wallTime, values[i]!, i === 0 ? layout : -1);
    }
  }

  // What a tag's first metadata say goes for all that stands under it.
  #pluginOf(tag: number, said: number, form: number): number {
    if (tag < 0) return said >= 0 ? said : form;
    if (tag >= this.#plugins.length) {
      const larger = new Int32Array(Math.max(tag + 1, this.#plugins.length * 2)).fill(NO_PLUGIN);
      larger.set(this.#plugins);
      this.#plugins = larger;
    }
    if (this.#plugins[tag] === NO_PLUGIN && said >= 0) this.#plugins[tag] = said;
    const known = this.#plugins[tag]!;
    return known >= 0 ? known : form;
  }

  #isMadeOf(event: AnalysedEvent, bytes: Uint8Array, from: number, to: number): boolean {
    if (!event.isExact || typeof event.step === "bigint") return false;
    const made = this.#encoder.encode(event.layout, event.step, event.wallTime, event.values);
    if (made === undefined || made.length !== to - from) return false;
    return Buffer.compare(made, bytes.subarray(from, to)) === 0;
  }

  #addEvent(event: AnalysedEvent, layout: number, raw: Uint8Array | undefined): void {
    const window = this.#window;
    const { values, wallTime } = event;
    const bigStep = typeof event.step === "bigint" ? event.step : undefined;
    const step = Number(event.step);
    const [piece] = raw === undefined ? [] : [raw.slice(0, PIECE_BYTES)];
    const { plugins, forms } = this.#originsOf(event.origins);
    const count = Math.max(values.length, 1);
    for (let i = 0; i < count; i++) {
      const value = values[i];
      const tag = value?.tag === undefined ? -1 : window.names.numberOf(value.tag);
      const plugin = value === undefined ? -1 : this.#pluginOf(tag, plugins[i]!, forms[i]!);
      const first = i === 0 ? piece : undefined;
      const { text, numbers, data } = value ?? {};
      const hasObjects =
        text !== undefined ||
        numbers !== undefined ||
        data !== undefined ||
        first !== undefined ||
        bigStep !== undefined;
      const objects = hasObjects ? { text, numbers, data, raw: first, bigStep } : undefined;
      window.addEvent(i, tag, plugin, step, wallTime, value?.value, i === 0 ? layout : -1, objects);
    }
    if (raw !== undefined && raw.length > PIECE_BYTES) this.takeBytes(raw.subarray(PIECE_BYTES), count);
  }

  #originsOf(origins: readonly ValueOrigin[]): { plugins: Int32Array; forms: Int32Array } {
    const { names } = this.#window;
    const numberOf = (name: string | undefined): number =>
      name === undefined || name === "" ? -1 : names.numberOf(name);
    return {
      plugins: Int32Array.from(origins, ({ pluginName }) => numberOf(pluginName)),
      forms: Int32Array.from(origins, (origin) => numberOf(pluginOfForm(origin))),
    };
  }

  /** The number of the event's layout. Remembers the kind of event, if it may come again. */
  #learn(event: AnalysedEvent, bytes: Uint8Array, from: number, to: number): number {
    const { names, layouts } = this.#window;
    const layout = layouts.numberOf(event.layout);
    if (layout === layouts.list.length - 1) this.#window.bytes += event.layout.length;
    const { holes, values } = event;
    if (
      holes === undefined ||
      to - from > MOST_TEMPLATE_BYTES ||
      values.some(({ tag }) => tag === undefined)
    ) {
      this.#last = undefined;
      return layout;
    }
    const tags = Int32Array.from(values, ({ tag }) => names.numberOf(tag!));
    const key = `${layout} ${tags.join(" ")}`;
    let known = this.#known.get(key);
    if (
      known === undefined &&
      this.#known.size < MOST_KNOWN &&
      values.every(({ value }) => value !== undefined)
    ) {
      known = new KnownEvent(bytes.subarray(from, to), holes, layout, tags, this.#originsOf(event.origins));
      this.#known.set(key, known);
      this.#reserve(tags.length);
      const length = lengthWithoutStep(bytes, from, to);
      const alike = this.#byLength.get(length);
      if (alike === undefined) this.#byLength.set(length, [known]);
      else if (alike.length < MOST_TRIES) alike.push(known);
    }
    this.#goTo(known);
    return layout;
  }

  #reserve(count: number): void {
    if (count <= this.#numbers.values.length) return;
    this.#numbers.values = new Float64Array(count * 2);
  }
}

// Of an event as all programs write it, with the time and then the step.
function lengthWithoutStep(bytes: Uint8Array, from: number, to: number): number {
  const length = to - from;
  if (length <= STEP_KEY_AT + 1 || bytes[from + STEP_KEY_AT] !== STEP_KEY) return length;
  let size = 1;
  while (size < 10 && bytes[from + STEP_KEY_AT + size]! >= 0x80) size++;
  return length - size;
}

/** What TensorBoard takes a value for that has no metadata. */
function pluginOfForm({ message, hasNumber }: ValueOrigin): string | undefined {
  switch (message) {
    case Message.VALUE:
      return hasNumber ? "scalars" : undefined;
    case Message.IMAGE:
      return "images";
    case Message.AUDIO:
      return "audio";
    case Message.HISTO:
      return "histograms";
    default:
      return undefined;
  }
}
