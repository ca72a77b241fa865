// The way into a writer for the scalars of the tag `loss`, made once a writer.
import type { EventSink, ScalarChannel } from "../../src/events/event-sink.js";

const channels = new WeakMap<EventSink, ScalarChannel>();

/** The channel for `loss`, without metadata, so that its events have one size. */
export function lossOf(sink: EventSink): ScalarChannel {
  const channel = channels.get(sink) ?? sink.scalars([{ tag: "loss" }]);
  channels.set(sink, channel);
  return channel;
}
