// What TensorBoard's loaders make of a run's files, by their rules, while they keep every point.
import { join } from "node:path";
import { eventFilesIn, filesIn, readEventFile } from "./events.js";
import type { Event } from "../../src/wire/event.js";

/** A point of a curve. */
export type StepValue = [step: number, value: number];

/** The events of a run's files in the order in which both loaders read them; a torn end is passed over. */
export function eventsIn(dir: string): Event[] {
  return eventFilesIn(dir).flatMap((path) => [...readEventFile(path).events]);
}

/** The events of a run's record files, in the order of its sessions. */
export function recordsIn(dir: string): Event[] {
  return filesIn(dir)
    .filter((name) => name.startsWith("records.out."))
    .flatMap((name) => [...readEventFile(join(dir, name)).events]);
}

/** The data server's rule: a value makes void what its tag has at its step and later (reservoir.rs, `preempt`). */
export function shownByRust(events: readonly Event[], tag: string): StepValue[] {
  const points: StepValue[] = [];
  for (const { step, summary = [] } of events) {
    for (const value of summary) {
      if (value.tag !== tag) continue;
      while (points.length > 0 && points.at(-1)![0] >= step) points.pop();
      points.push([Number(step), value.simpleValue ?? NaN]);
    }
  }
  return points;
}

/** The Python loader's: each START but the first makes void what all tags have at its step and later. */
export function shownByPython(events: readonly Event[], tag: string): StepValue[] {
  let points: StepValue[] = [];
  let starts = 0;
  for (const { step, summary = [], sessionLog } of events) {
    if (sessionLog?.status === 1 && starts++ > 0) points = points.filter((point) => point[0] < step);
    for (const value of summary) {
      if (value.tag === tag) points.push([Number(step), value.simpleValue ?? NaN]);
    }
  }
  return points;
}

/** What both show of `tag`. @throws {Error} When that differs, or goes back. */
export function shown(dir: string, tag: string): StepValue[] {
  const events = eventsIn(dir);
  const [rust, python] = [shownByRust(events, tag), shownByPython(events, tag)];
  if (JSON.stringify(rust) !== JSON.stringify(python))
    throw new Error(`${tag}: ${JSON.stringify(rust)} by one rule, ${JSON.stringify(python)} by the other`);
  const back = rust.find(([step], i) => i > 0 && step <= rust[i - 1]![0]);
  if (back !== undefined) throw new Error(`${tag} goes back to step ${back[0]}`);
  return rust;
}

/** The points of `tag` in a run's record files, as a curve in which a step makes void what has it and later ones. */
export function recorded(dir: string, tag: string): StepValue[] {
  return shownByRust(recordsIn(dir), tag);
}

/** First and last step, lowest and highest value: what no curve may be without. */
export function extentOf(points: readonly StepValue[]) {
  const values = points.map(([, value]) => value);
  return {
    first: points[0]?.[0],
    last: points.at(-1)?.[0],
    low: Math.min(...values),
    high: Math.max(...values),
  };
}
