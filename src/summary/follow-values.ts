// Following logs that grow: the values of every dashboard, decoded, as they come.

import { followEvents, type FollowOptions } from "../events/following/follow-events.js";
import type { LoggedValue } from "./logged-value.js";
import { nameFilter } from "./name-filter.js";
import type { ReadFilter } from "./summary-reader.js";
import { ValueDecoder } from "./value-decoder.js";

/** Which values are followed, and how: `FollowOptions`, with `runs` and `tags` as names, globs or regular expressions. */
export interface FollowValuesOptions extends ReadFilter, Omit<FollowOptions, "runs" | "tags"> {}

/**
 * The values of the runs at `path`, as `followEvents` finds their events: each once, what is there first, and then what is added. What is logged
 * again comes again: for TensorBoard a value makes void what came before it of its tag and run at its step or a later one.
 *
 * Throws like `followEvents`, and an `ArgumentError` for what is no pattern.
 */
export function followValues(
  path: string,
  options: FollowValuesOptions = {},
): AsyncIterableIterator<LoggedValue> {
  const { runs, tags, from = "start", onIdle, ...rest } = options;
  const isTag = nameFilter(tags, "tags");
  const state = { isLive: from !== "end" };
  const events = followEvents(path, {
    ...rest,
    // What a tag is stands at its first value.
    from: from === "end" ? "start" : from,
    runs: nameFilter(runs, "runs"),
    ...(tags !== undefined && { tags: isTag }),
    onIdle: () => {
      state.isLive = true;
      onIdle?.();
    },
  });
  return valuesOf(events, isTag, state);
}

async function* valuesOf(
  events: ReturnType<typeof followEvents>,
  isTag: (tag: string) => boolean,
  state: { readonly isLive: boolean },
): AsyncGenerator<LoggedValue, void, undefined> {
  const decoders = new Map<string, ValueDecoder>();
  for await (const { run, event } of events) {
    let decoder = decoders.get(run);
    if (decoder === undefined) decoders.set(run, (decoder = new ValueDecoder(run)));
    for (const raw of decoder.rawValues(event)) {
      if (state.isLive && !raw.isVoiding && isTag(raw.tag)) yield decoder.decode(raw);
    }
  }
}
