// The scalars of an event file, by tag, with every checksum looked at.
import { EventFileReader } from "../../src/events/event-file-reader.js";

/** The points of one tag, in the order of the file. */
export interface Curve {
  readonly steps: number[];
  readonly values: number[];
}

/** Reads a whole file. @throws {Error} When a checksum is wrong, or the file ends within a record. */
export function curvesOf(file: string): Record<string, Curve> {
  using reader = new EventFileReader(file);
  const curves: Record<string, Curve> = {};
  for (const { step, summary = [] } of reader) {
    for (const { tag, simpleValue } of summary) {
      if (simpleValue === undefined) continue;
      const curve = (curves[tag] ??= { steps: [], values: [] });
      curve.steps.push(Number(step));
      curve.values.push(simpleValue);
    }
  }
  if (reader.pending !== 0) throw new Error(`${file} ends with ${reader.pending} bytes that are no record`);
  return curves;
}

/** 0, every, 2 every, … below `steps`. */
export function stepsUpTo(steps: number, every: number): number[] {
  return Array.from({ length: Math.ceil(steps / every) }, (_, i) => i * every);
}
