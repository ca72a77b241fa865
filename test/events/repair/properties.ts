// Runs that are damaged at random, and what must hold of their repair.
import * as fc from "fast-check";
import { expect } from "vitest";
import { TfRecordDecoder } from "../../../src/wire/tfrecord.js";
import { decodeEvent } from "../../../src/wire/event.js";
import { byPythonRule, byRustRule } from "../../helpers/loader-rules.js";
import { concat } from "../../helpers/bytes.js";
import { garbage } from "../../helpers/damaged-runs.js";
import { eventAt, headAt, POINT_TAGS, recordOf, START_S } from "../../helpers/shown-points.js";
import { REPAIRED_CODES, repaired, type Files } from "./repaired.js";

/** An event of a run: a value, a START, one without a wall time. */
const eventRecord = fc.oneof(
  {
    weight: 8,
    arbitrary: fc
      .tuple(fc.constantFrom(...POINT_TAGS), fc.nat(12), fc.boolean())
      .map(([tag, step, described]) => recordOf(eventAt(tag, step, described))),
  },
  {
    weight: 1,
    arbitrary: fc.nat(12).map((step) => recordOf({ wallTime: START_S, step, sessionLog: { status: 1 } })),
  },
  {
    weight: 1,
    arbitrary: fc
      .tuple(fc.constantFrom(Number.NaN, Infinity, -Infinity), fc.nat(12))
      .map(([wallTime, step]) => recordOf({ ...eventAt("plain", step), wallTime })),
  },
);

const file = fc
  .tuple(fc.boolean(), fc.array(eventRecord, { maxLength: 25 }))
  .map(([hasHead, records]) => concat(...(hasHead ? [recordOf(headAt())] : []), ...records));

/** A change of some bytes: flipped, zeroed, taken out, put in. */
const change = fc.record({
  how: fc.constantFrom("flip", "zero", "cut out", "put in", "end"),
  at: fc.double({ min: 0, max: 1, noNaN: true }),
  length: fc.integer({ min: 1, max: 120 }),
});

function changed(
  bytes: Uint8Array,
  { how, at, length }: { how: string; at: number; length: number },
): Uint8Array {
  const from = Math.floor(at * bytes.length);
  const [before, behind] = [bytes.subarray(0, from), bytes.subarray(from + length)];
  if (how === "flip")
    return from < bytes.length ? bytes.with(from, bytes[from]! ^ (1 << (length % 8))) : bytes;
  if (how === "zero") return concat(before, new Uint8Array(Math.min(length, bytes.length - from)), behind);
  if (how === "cut out") return concat(before, behind);
  return how === "end" ? before : concat(before, garbage(length), bytes.subarray(from));
}

const run = fc
  .array(fc.tuple(file, fc.array(change, { maxLength: 4 })), { minLength: 1, maxLength: 3 })
  .map((files): Files => {
    const named = files.map(([bytes, changes], i) => [
      `events.out.tfevents.${i}`,
      changes.reduce(changed, bytes),
    ]);
    return Object.fromEntries(named) as Files;
  });

/** Checks so many runs: a repaired run has no damage, a repair of it changes nothing, and without what is void both loaders show the same curves. Returns how many. */
export async function checkRepairs(makeDir: () => string, numRuns: number): Promise<number> {
  let checked = 0;
  await fc.assert(
    fc.asyncProperty(run, fc.boolean(), async (files, dropVoid) => {
      checked++;
      const once = await repaired(makeDir, files, dropVoid);
      expect(once.after.filter((code) => REPAIRED_CODES.includes(code))).toEqual([]);
      if (Object.keys(once.files).length === 0) return;
      const again = await repaired(makeDir, once.files, dropVoid);
      expect(again.files).toEqual(once.files);
      expect(again.repair.files.flatMap(({ dropped, changed: its }) => [...dropped, ...its])).toEqual([]);
      if (!dropVoid) return;
      const events = Object.values(once.files).map(eventsIn);
      expect(byPythonRule(events)).toEqual(byRustRule(events));
      expect(once.after).not.toContain("STEPS_GO_BACK");
    }),
    { numRuns },
  );
  return checked;
}

function eventsIn(bytes: Uint8Array) {
  const decoder = new TfRecordDecoder();
  decoder.push(bytes);
  const events = [];
  for (let record = decoder.next(); record !== undefined; record = decoder.next())
    events.push(decodeEvent(record.data));
  return events;
}
