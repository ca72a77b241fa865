// Any sessions of a run, killed and continued from any of their positions: both loaders show the log as it was there, and what came since.
import * as fc from "fast-check";
import { beforeEach, describe, expect, it, vi } from "vitest";
import { LogdirError } from "../../src/errors.js";
import { ContinuedRun, type Deed, type End, type Saved } from "../helpers/continued-run.js";
import type { EventWriterOptions } from "../../src/events/open-event-writer.js";
import { readEventFile } from "../helpers/events.js";
import { recordFilesIn } from "../helpers/restarts.js";
import { byBothRules, byPythonRule, byRustRule, filesOfRun } from "../helpers/loader-rules.js";
import { useTempDir } from "../helpers/temp-dir.js";

const tempDir = useTempDir("continue-properties");

const deed = fc.oneof(
  { weight: 6, arbitrary: fc.constantFrom<Deed>("loss", "loss", "loss", "val/loss", "epoch", "text") },
  { weight: 2, arbitrary: fc.constant<Deed>("position") },
  { weight: 1, arbitrary: fc.constantFrom<Deed>(500, 70_000) },
);
const end = fc.oneof(
  { weight: 1, arbitrary: fc.constant<End>("close") },
  { weight: 2, arbitrary: fc.record({ torn: fc.nat(60) }) },
  { weight: 1, arbitrary: fc.record({ call: fc.integer({ min: 1, max: 60 }) }) },
);
/**
 * `back`: how many positions back it continues from, beyond the first one it starts anew; `undefined`: it goes on without a position, where
 * the session before ended by itself.
 */
const session = fc.record({
  deeds: fc.array(deed, { maxLength: 12 }),
  end,
  back: fc.oneof(
    { weight: 3, arbitrary: fc.constant(0) },
    { weight: 1, arbitrary: fc.nat(6) },
    { weight: 1, arbitrary: fc.constant(undefined) },
  ),
  pause: fc.constantFrom(0, 1000, 3_600_000),
});

// A fold that a kill interrupts says so.
beforeEach(() => void vi.spyOn(process, "emitWarning").mockImplementation(() => {}));

function isOnTheWay(saved: Saved, last: Saved | undefined): boolean {
  for (let one = last; one !== undefined; one = one.parent) if (one === saved) return true;
  return false;
}

describe("sessions that are continued from positions", () => {
  it.each<[string, EventWriterOptions, number]>([
    ["of a plain run", {}, 100],
    ["of a bounded run", { maxPointsPerTag: 1000 }, 60],
  ])(
    "%s show what was before the position and what came since, in a TensorBoard that is new and in one that was open",
    (_, options, numRuns) => {
      const isBounded = options.maxPointsPerTag !== undefined;
      fc.assert(
        fc.property(fc.array(session, { minLength: 2, maxLength: 9 }), (sessions) => {
          const run = new ContinuedRun(tempDir(), options);
          // A position of the run before it began.
          run.saved.push({ position: { files: {} }, points: new Map(), parent: undefined });
          run.last = run.saved[0];
          let isClean = true;
          for (const { deeds, end: its, back, pause } of sessions) {
            const from = run.saved.at(-1 - (back ?? 0)) ?? run.saved[0]!;
            let hasLogged = false;
            try {
              const goesOn = back === undefined && isClean;
              hasLogged = run.session(["loss", ...deeds], { end: its, ...(!goesOn && { from }) });
            } catch (error) {
              // Of another way nothing may be left.
              if (!(error instanceof LogdirError) || isOnTheWay(from, run.last)) throw error;
              continue;
            }
            run.clock.advance(pause);
            isClean = its === "close";
            if (!hasLogged) continue;
            run.open.look();
            if (!isClean) continue;
            const files = filesOfRun(run.dir);
            expect(byRustRule(files)).toEqual(run.curves);
            expect(byPythonRule(files)).toEqual(run.curves);
            expect(run.open.rust).toEqual(run.curves);
            expect(run.open.python).toEqual(run.curves);
            if (!isBounded) continue;
            const records = recordFilesIn(run.dir).map((path) => readEventFile(path).events);
            expect(byBothRules(records)).toEqual(run.curves);
          }
        }),
        { numRuns },
      );
    },
  );
});
