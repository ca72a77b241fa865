// Folding any sessions of a run: the curves stay what they were, in both loaders, at once and after many restarts.
import * as fc from "fast-check";
import { statSync, truncateSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { EventFileWriter } from "../../src/events/event-file-writer.js";
import { nodeFileSystem } from "../../src/events/file-system.js";
import { foldEarlierFiles } from "../../src/events/fold.js";
import { decodeEvent, type Event } from "../../src/wire/event.js";
import { TfRecordDecoder } from "../../src/wire/tfrecord.js";
import { eventFilesIn, recordsOf } from "../helpers/events.js";
import { byBothRules, byPythonRule, byRustRule, filesOfRun } from "../helpers/loader-rules.js";
import { scriptedClock } from "../helpers/scripted-clock.js";
import { useTempDir } from "../helpers/temp-dir.js";

const tempDir = useTempDir("fold-properties");
const START_MS = 1_700_000_000_000;

interface Session {
  readonly purgeStep: number | undefined;
  /** Steps with the tags that are logged at each, the steps ascending. */
  readonly events: readonly (readonly [step: number, tags: readonly string[]])[];
  /** Bytes that a kill takes from the end of its file. */
  readonly torn: number;
}

const tags = fc.subarray(["a", "b", "c"], { minLength: 1 });
const events = fc.array(fc.tuple(fc.integer({ min: -5, max: 20 }), tags), { maxLength: 8 }).map((list) => {
  return list
    .toSorted(([a], [b]) => a - b)
    .filter(([step], i, sorted) => i === 0 || step > sorted[i - 1]![0]);
});
const torn = fc.oneof({ weight: 3, arbitrary: fc.constant(0) }, { weight: 1, arbitrary: fc.nat(80) });
const anySession = fc.record<Session>({
  purgeStep: fc.option(fc.integer({ min: -6, max: 20 }), { nil: undefined }),
  ...{ events, torn },
});
const sessionWithoutPurge = fc.record<Session>({ purgeStep: fc.constant(undefined), events, torn });

let values = 0;

/** Logs a session into each of the directories, with values that no other event has. */
function log(
  { purgeStep, events: list, torn: bytes }: Session,
  now: number,
  dirs: readonly [string, boolean][],
): void {
  const writers = dirs.map(([dir, fold]) => {
    const options = { clock: scriptedClock(now), hostname: "box", pid: 7, fold };
    return new EventFileWriter(dir, { ...options, ...(purgeStep !== undefined && { purgeStep }) });
  });
  for (const [step, names] of list) {
    const summary = names.map((tag) => ({ tag, simpleValue: values++ }));
    for (const writer of writers) writer.write({ step, summary });
  }
  for (const writer of writers) {
    writer.closeSync();
    const { path } = writer;
    // A kill tears what the session itself wrote, never what a file appeared with.
    if (path !== undefined)
      truncateSync(path, statSync(path).size - Math.min(bytes, recordsOf(path).at(-1)!.length));
  }
}

/** The events of the file that those of `dir` become. */
function foldOf(dir: string, purgeStep?: number): Event[] {
  const now = START_MS + 1e9;
  const where = { dir, fileSystem: nodeFileSystem, asker: { hostname: "box", pid: "7" } };
  const fold = foldEarlierFiles({
    ...where,
    now,
    purgeStep,
    onDamage: (error) => expect(error).toBeUndefined(),
  });
  const decoder = new TfRecordDecoder();
  for (const piece of fold!.pieces) decoder.push(piece);
  const found: Event[] = [];
  for (let record = decoder.next(); record !== undefined; record = decoder.next())
    found.push(decodeEvent(record.data));
  return found;
}

function logAll(sessions: readonly Session[]): string {
  const dir = tempDir();
  for (const [i, session] of sessions.entries()) log(session, START_MS + i * 3_600_000, [[dir, false]]);
  return dir;
}

describe("any three and more sessions become a file", () => {
  it("that shows in both loaders what their STARTs and points mean, in a TensorBoard that was open too", () => {
    const sessions = fc.array(anySession, { minLength: 3, maxLength: 7 });
    fc.assert(
      fc.property(
        sessions,
        fc.option(fc.integer({ min: -6, max: 20 }), { nil: undefined }),
        (list, purgeStep) => {
          const dir = logAll(list);
          fc.pre(eventFilesIn(dir).length >= 3);
          const files = filesOfRun(dir);
          const folded = foldOf(dir, purgeStep);
          const start: Event[] =
            purgeStep === undefined ? [] : [{ wallTime: 0, step: purgeStep, sessionLog: { status: 1 } }];
          const meant = byBothRules([...files, start]);
          expect(byRustRule([folded])).toEqual(meant);
          expect(byPythonRule([folded])).toEqual(meant);
          expect(byPythonRule([...files, folded])).toEqual(meant);
        },
      ),
      { numRuns: 300 },
    );
  });

  it("that shows in the data server what it showed, where no session has a purgeStep", () => {
    const sessions = fc.array(sessionWithoutPurge, { minLength: 3, maxLength: 7 });
    fc.assert(
      fc.property(sessions, (list) => {
        const dir = logAll(list);
        fc.pre(eventFilesIn(dir).length >= 3);
        const files = filesOfRun(dir);
        const folded = foldOf(dir);
        expect(byRustRule([folded])).toEqual(byRustRule(files));
        expect(byRustRule([...files, folded])).toEqual(byRustRule(files));
        expect(byPythonRule([folded])).toEqual(byRustRule(files));
      }),
      { numRuns: 300 },
    );
  });
});

it("a run that is restarted and folded again and again means what its sessions mean, in at most four files", () => {
  fc.assert(
    fc.property(fc.array(anySession, { minLength: 8, maxLength: 16 }), (list) => {
      const [apart, folded] = [join(tempDir(), "run"), join(tempDir(), "run")];
      for (const [i, session] of list.entries()) {
        const now = START_MS + i * 3_600_000;
        log(session, now, [
          [apart, false],
          [folded, true],
        ]);
        expect(byBothRules(filesOfRun(folded))).toEqual(byBothRules(filesOfRun(apart)));
        expect(eventFilesIn(folded).length).toBeLessThanOrEqual(4);
      }
    }),
    { numRuns: 40 },
  );
});
