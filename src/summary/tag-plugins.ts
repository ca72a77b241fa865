// One tag, one plugin: what a session has logged under each tag, and the sink that keeps to it.

import { ArgumentError } from "../errors.js";
import type { EventInit, EventSink, ScalarChannel, ScalarTag } from "../events/event-sink.js";
import type { SummaryValue } from "../wire/summary.js";

/** Tags that TensorBoard looks for by name. */
const RESERVED: readonly (readonly [tag: string, plugin: string])[] = [
  ["custom_scalars__config__", "custom_scalars"],
  ["_hparams_/experiment", "hparams"],
  ["_hparams_/session_start_info", "hparams"],
  ["_hparams_/session_end_info", "hparams"],
  ["__run_graph__", "graphs"],
];

/**
 * Passes everything on to a sink, but for values under a tag that belongs to another plugin: TensorBoard keeps what a tag's first value was,
 * and of others one loader shows nothing and the other garbage. A tag is a plugin's from its first value on; of scalars, from its first
 * channel on, so that nothing is looked up while they are written. Earlier sessions of the run are not known.
 */
export class TagPluginsSink implements EventSink {
  readonly #sink: EventSink;
  readonly #plugins = new Map(RESERVED);

  constructor(sink: EventSink) {
    this.#sink = sink;
  }

  /** Throws an `ArgumentError` for a value under another plugin's tag; else as the sink behind it. */
  write(event: EventInit): boolean {
    const { summary = [] } = event;
    for (const value of summary) this.#check(value.tag, pluginOf(value));
    const isWritten = this.#sink.write(event);
    for (const value of summary) {
      const plugin = pluginOf(value);
      if (plugin !== undefined) this.#plugins.set(value.tag, plugin);
    }
    return isWritten;
  }

  /** Throws as `write`. */
  scalars(tags: readonly ScalarTag[]): ScalarChannel {
    for (const { tag } of tags) this.#check(tag, "scalars");
    const channel = this.#sink.scalars(tags);
    for (const { tag } of tags) this.#plugins.set(tag, "scalars");
    return channel;
  }

  flush(): void {
    this.#sink.flush();
  }

  async sync(): Promise<void> {
    await this.#sink.sync();
  }

  async close(): Promise<void> {
    await this.#sink.close();
  }

  closeSync(): void {
    this.#sink.closeSync();
  }

  #check(tag: string, plugin: string | undefined): void {
    const known = this.#plugins.get(tag);
    if (known === undefined || plugin === undefined || known === plugin) return;
    const got = `${JSON.stringify(tag)}, which is one of ${known}`;
    throw new ArgumentError("tag", `a tag that only ${plugin} has`, tag, got);
  }
}

/** Only a tag's first value must say; a plain number that does not is a scalar. */
function pluginOf({ metadata, simpleValue }: SummaryValue): string | undefined {
  return metadata?.pluginName ?? (simpleValue === undefined ? undefined : "scalars");
}
