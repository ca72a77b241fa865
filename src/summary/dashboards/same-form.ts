// Tags of which every step is like the first one: TensorBoard asks for as much of each.

import { ArgumentError } from "../../errors.js";
import type { EventSink } from "../../events/event-sink.js";

/** In words, by the argument that it is said of. */
type Form = Readonly<Record<string, string>>;

/** Of the first step of each tag. */
const formsOf = new WeakMap<EventSink, Map<string, Form>>();

/**
 * Calls `write` if a tag has that form at every step, as far as this session knows. What was not written counts for nothing.
 *
 * Throws an `ArgumentError` otherwise, and what `write` throws.
 */
export function withSameForm(sink: EventSink, tag: string, form: Form, write: () => void): void {
  const forms = formsOf.get(sink) ?? new Map<string, Form>();
  const first = forms.get(tag) ?? form;
  for (const [argument, got] of Object.entries(form)) {
    if (first[argument] === got) continue;
    const expected = `${first[argument]}, as at the first step of ${JSON.stringify(tag)}`;
    throw new ArgumentError(argument, expected, undefined, got);
  }
  write();
  formsOf.set(sink, forms.set(tag, first));
}
