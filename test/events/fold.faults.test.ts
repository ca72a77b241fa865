// Folding when the system fails, at every one of its calls: the session logs, and nothing of earlier ones is lost.
import { cpSync, readdirSync } from "node:fs";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { LogdirError, WriteError } from "../../src/errors.js";
import { EventFileWriter } from "../../src/events/event-file-writer.js";
import type { EventFileWriterOptions } from "../../src/events/session.js";
import { UNFINISHED } from "../../src/events/whole-file.js";
import { eventFilesIn } from "../helpers/events.js";
import { scalar, sessionFile, START_S, started } from "../helpers/handmade-runs.js";
import { byBothRules, filesOfRun } from "../helpers/loader-rules.js";
import { FAULTS, NthCallFileSystem, type Fault } from "../helpers/nth-call.js";
import { scriptedClock, type ScriptedClock } from "../helpers/scripted-clock.js";
import { useTempDir } from "../helpers/temp-dir.js";

const tempDir = useTempDir("fold-faults");
const PURGE_STEP = 25;

let template: string;
let clock: ScriptedClock;
let warnings: string[];
beforeEach(() => {
  warnings = [];
  vi.spyOn(process, "emitWarning").mockImplementation((message) => void warnings.push(String(message)));
  // Four sessions, the last of which has parts of earlier ones void; a minute between the last two and the next.
  template = tempDir();
  sessionFile(template, 0, [scalar(0, { a: 1, b: 2 }, true), scalar(10, { a: 3, b: 4 })]);
  sessionFile(template, 1, [scalar(15, { a: 5 }, true), scalar(20, { a: 6, c: 7 }, true)]);
  sessionFile(template, 2, [...started(20), scalar(20, { a: 8 }, true), scalar(30, { a: 9 })]);
  sessionFile(template, 2.99, [scalar(12, { b: 10 }, true)]);
});
afterEach(() => void vi.restoreAllMocks());

/** The points of a run by both rules, as text. */
function pointsIn(dir: string): string[] {
  return Object.entries(byBothRules(filesOfRun(dir))).flatMap(([tag, points]) =>
    points.map(({ step, value }) => `${tag} ${step} ${value}`),
  );
}

/** What the four sessions mean for one that begins at PURGE_STEP. */
const EARLIER = ["a 0 1", "a 10 3", "a 15 5", "a 20 8", "b 0 2", "b 12 10", "b 10 4"].toSorted();

interface Outcome {
  readonly dir: string;
  /** Points whose calls returned. */
  readonly accepted: readonly string[];
  readonly isClosed: boolean;
}

/** A session that tries each of its points until it is taken, at most three times, and goes on when the system fails. */
function session(disk: NthCallFileSystem, options: EventFileWriterOptions = {}): Outcome {
  const dir = tempDir();
  cpSync(template, dir, { recursive: true });
  clock = scriptedClock((START_S + 3 * 3600) * 1000);
  const accepted: string[] = [];
  let writer: EventFileWriter;
  try {
    const { fileSystem } = disk;
    const rest = { clock, fileSystem, hostname: "box", pid: 7, purgeStep: PURGE_STEP };
    writer = new EventFileWriter(dir, { ...rest, ...options });
  } catch (error) {
    if (!(error instanceof LogdirError)) throw error;
    return { dir, accepted, isClosed: false };
  }
  const attempt = (body: () => void): boolean => {
    try {
      body();
      return true;
    } catch (error) {
      if (!(error instanceof WriteError)) throw error;
      return false;
    }
  };
  for (let step = PURGE_STEP; step < PURGE_STEP + 4; step++) {
    const write = (): boolean => attempt(() => writer.write(scalar(step, { a: step })));
    if (write() || write() || write()) accepted.push(`a ${step} ${step}`);
    clock.advance(30_000);
    attempt(() => writer.flush());
  }
  const isClosed = attempt(() => writer.closeSync());
  return { dir, accepted, isClosed };
}

const unfinishedIn = (dir: string): string[] =>
  readdirSync(dir).filter((name) => name.startsWith(UNFINISHED));

describe("a session that folds", () => {
  it("has some thirty calls that can fail, when none does", () => {
    const disk = new NthCallFileSystem();
    const { dir, accepted, isClosed } = session(disk);
    expect(isClosed).toBe(true);
    expect(pointsIn(dir).toSorted()).toEqual([...EARLIER, ...accepted].toSorted());
    expect(eventFilesIn(dir)).toHaveLength(1);
    expect(new Set(disk.calls)).toEqual(
      new Set([
        ...["readdirSync", "openSync", "writeSync", "closeSync", "unlinkSync", "renameSync", "fstatSync"],
        ...["statSync", "readSync", "fdatasyncSync", "fsyncSync"],
      ]),
    );
    expect(disk.calls.length).toBeGreaterThan(30);
    expect(warnings).toEqual([]);
  });

  it.each<[Fault, EventFileWriterOptions]>([
    ...FAULTS.map((fault): [Fault, EventFileWriterOptions] => [fault, {}]),
    ["fails once", { durability: "disk" }],
  ])("loses nothing when any of its calls goes wrong (%s, %o)", (fault, options) => {
    const whole = new NthCallFileSystem();
    session(whole, options);
    for (let at = 1; at <= whole.calls.length; at++) {
      const disk = new NthCallFileSystem(at, fault);
      const { dir, accepted, isClosed } = session(disk, options);
      const what = `${fault}: call ${at}, ${whole.calls[at - 1]}`;
      const points = pointsIn(dir);
      // What was taken may be lost only where that is said: by the close, or by the kill.
      const sure = isClosed ? accepted : [];
      expect(points, what).toEqual(expect.arrayContaining([...EARLIER, ...sure]));
      expect(disk.open, what).toEqual(new Set());
      const isStuck =
        fault === "killed" || (fault === "fails for ever" && whole.calls[at - 1] === "unlinkSync");
      expect(isStuck ? [] : unfinishedIn(dir), what).toEqual([]);

      // The next session finds all of it, and tidies up.
      clock.advance(3_600_000);
      using next = new EventFileWriter(dir, { clock, hostname: "box", pid: 7 });
      next.write(scalar(40, { a: 40 }));
      expect(pointsIn(dir).toSorted(), what).toEqual([...points, "a 40 40"].toSorted());
      expect(unfinishedIn(dir), what).toEqual([]);
      expect(eventFilesIn(dir).length, what).toBeLessThanOrEqual(4);
    }
  });
});
