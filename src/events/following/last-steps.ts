// Of a run whose event file is written again and again, and that has no other file: which of its values are new.

import type { Event } from "../../wire/event.js";

/** Knows the last step of each tag. */
export class LastSteps {
  readonly #steps = new Map<string, number | bigint>();

  /** Whether it knows of no tag. */
  get isEmpty(): boolean {
    return this.#steps.size === 0;
  }

  /** All of the event is new. */
  add({ step, summary = [] }: Event): void {
    for (const { tag } of summary) this.#steps.set(tag, step);
  }

  /** The event with its values that go beyond those before; `undefined` when there are none. What has no values was there before. */
  whatIsNew(event: Event): Event | undefined {
    const { step, summary = [] } = event;
    const values = summary.filter(({ tag }) => {
      const last = this.#steps.get(tag);
      return last === undefined || step > last;
    });
    if (values.length === 0) return undefined;
    const rest = values.length === summary.length ? event : { ...event, summary: values };
    this.add(rest);
    return rest;
  }
}
