// Following files while a test changes them: each pause of the follower is the test's next step, so that time has no part in it.
import { basename } from "node:path";
import { encodeEvent, type Event } from "../../src/wire/event.js";
import { encodeTfRecord } from "../../src/wire/tfrecord.js";
import type { Damage } from "../../src/events/reading/damage.js";
import { followEventsBy, type FollowOptions } from "../../src/events/following/follow-events.js";
import type { FollowedEvent } from "../../src/events/following/followed-run.js";

/** What the test does while nothing is read. */
export type Step = () => unknown;

/** What was found before the first step, and behind each. */
export interface Followed {
  readonly events: readonly (readonly FollowedEvent[])[];
  readonly damage: readonly Damage[];
  readonly warnings: readonly string[];
}

/** Follows `path` through the steps; behind the last one everything is looked at once more, and it ends. */
export async function follow(
  path: string,
  steps: readonly Step[],
  options: FollowOptions = {},
): Promise<Followed> {
  const controller = new AbortController();
  const phases: FollowedEvent[][] = [[]];
  const damage: Damage[] = [];
  const warnings: string[] = [];
  let next = 0;
  const pauses = async (): Promise<void> => {
    if (next === steps.length) return controller.abort();
    phases.push([]);
    await steps[next++]!();
  };
  const all: FollowOptions = {
    signal: controller.signal,
    onDamage: (one) => void damage.push(one),
    onWarning: ({ message }) => void warnings.push(message),
    ...options,
  };
  for await (const event of followEventsBy(path, all, pauses)) phases.at(-1)!.push(event);
  return { events: phases, damage, warnings };
}

/** Values of scalars, by phase; each as its number, whatever its tag. */
export function valuesIn({ events }: Pick<Followed, "events">): number[][] {
  return events.map((phase) => phase.flatMap(valuesOf));
}

/** The same as `run/value`. */
export function runsIn({ events }: Followed): string[][] {
  return events.map((phase) =>
    phase.flatMap((found) => valuesOf(found).map((value) => `${found.run}/${value}`)),
  );
}

/** The same as `file/value`. */
export function filesIn({ events }: Followed): string[][] {
  return events.map((phase) =>
    phase.flatMap((found) => valuesOf(found).map((value) => `${basename(found.path)}/${value}`)),
  );
}

function valuesOf({ event }: FollowedEvent): number[] {
  return (event.summary ?? []).flatMap(({ simpleValue }) => (simpleValue === undefined ? [] : [simpleValue]));
}

/** The record of an event. */
export function record(event: Partial<Event>): Buffer {
  return Buffer.from(encodeTfRecord(encodeEvent({ wallTime: 1_700_000_000, ...event })));
}

/** The record of a scalar at the step of its value. */
export function scalar(value: number, tag = "loss"): Buffer {
  return record({ step: value, summary: [{ tag, simpleValue: value }] });
}

/** The records of these scalars. */
export function scalars(...values: number[]): Buffer {
  return Buffer.concat(values.map((value) => scalar(value)));
}
