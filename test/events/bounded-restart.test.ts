// A bounded run that goes on: after an end, and after a kill at any moment.
import * as fc from "fast-check";
import {
  appendFileSync,
  cpSync,
  readdirSync,
  readFileSync,
  rmSync,
  truncateSync,
  unlinkSync,
  writeFileSync,
} from "node:fs";
import { basename, join } from "node:path";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { WriteError } from "../../src/errors.js";
import { BoundedEventWriter } from "../../src/events/bounded-event-writer.js";
import { EventFileWriter } from "../../src/events/event-file-writer.js";
import type { BoundedEventWriterOptions } from "../../src/events/session.js";
import { SessionStatus } from "../../src/wire/event.js";
import { lossOf } from "../helpers/channels.js";
import { eventFilesIn, eventsOf, filesIn, readEventFile } from "../helpers/events.js";
import { FaultyFileSystem } from "../helpers/faulty-file-system.js";
import { scriptedClock, type ScriptedClock } from "../helpers/scripted-clock.js";
import { eventsIn, extentOf, recorded, shown, shownByPython } from "../helpers/shown.js";
import { useTempDir } from "../helpers/temp-dir.js";

const tempDir = useTempDir("bounded-restart");
const MINUTE = 60_000;

let dir: string;
let clock: ScriptedClock;
let disk: FaultyFileSystem;
let warnings: string[];
beforeEach(() => {
  dir = tempDir();
  clock = scriptedClock();
  disk = new FaultyFileSystem();
  warnings = [];
  vi.spyOn(process, "emitWarning").mockImplementation((message) => void warnings.push(String(message)));
});
afterEach(() => void vi.restoreAllMocks());

function newWriter(options: BoundedEventWriterOptions = {}, where = dir): BoundedEventWriter {
  return new BoundedEventWriter(where, { clock, fileSystem: disk, hostname: "box", pid: 7, ...options });
}

/** A session that logs the steps from `first` to before `end`, with `value` or that of the step. */
function session(
  first: number,
  end: number,
  options: BoundedEventWriterOptions = {},
  value?: number,
): string {
  const writer = newWriter(options);
  for (let step = first; step < end; step++) lossOf(writer).writeOne(step, value ?? step % 97);
  writer.closeSync();
  return writer.path!;
}

/** What is on the disk now, elsewhere: as it is when the writer is killed. */
function killed(from = dir): string {
  const to = tempDir();
  cpSync(from, to, { recursive: true, preserveTimestamps: true });
  return to;
}

function note(step: number, words: string) {
  const metadata = { pluginName: "text", dataClass: 2 };
  return {
    step,
    summary: [{ tag: "note", metadata, tensor: { dtype: 7, shape: [], stringVal: [Buffer.from(words)] } }],
  };
}

function notesIn(path: string): [number, string][] {
  return eventsOf(path).flatMap(({ step, summary = [] }) =>
    summary.flatMap(({ tag, tensor }): [number, string][] =>
      tag === "note" ? [[Number(step), Buffer.from(tensor!.stringVal![0]!).toString()]] : [],
    ),
  );
}

describe("a run that was closed", () => {
  it("goes on as one curve in one file, which takes the place of the earlier ones a minute later", () => {
    const firstFile = session(0, 5000, { maxPointsPerTag: 100 });
    const before = shown(dir, "loss");
    clock.advance(1000);
    const writer = newWriter({ maxPointsPerTag: 100 });
    lossOf(writer).writeOne(5000, 1234);
    expect(shown(dir, "loss")[0]).toEqual(before[0]);
    expect(eventFilesIn(dir)).toContain(firstFile);
    clock.advance(MINUTE);
    lossOf(writer).writeOne(5001, 0);
    writer.closeSync();
    expect(eventFilesIn(dir)).toEqual([writer.path]);
    const points = shown(dir, "loss");
    expect(points.slice(-2)).toEqual([
      [5000, 1234],
      [5001, 0],
    ]);
    expect(extentOf(points)).toEqual({ first: 0, last: 5001, low: 0, high: 1234 });
    expect(points.length).toBeLessThanOrEqual(100);
    // Each session has a record file of its own.
    expect(filesIn(dir).filter((name) => name.startsWith("records.out."))).toHaveLength(2);
    expect(recorded(dir, "loss")).toHaveLength(5002);
    expect(disk.openFiles).toBe(0);
  });

  it("began when its first session did: TensorBoard sorts runs by the wall time of their first event", () => {
    const began = clock() / 1000;
    for (let n = 0; n < 3; n++) {
      const path = session(10 * n, 10 * n + 10);
      expect(readEventFile(path).events[0]).toMatchObject({ wallTime: began, fileVersion: "brain.Event:2" });
      clock.advance(3_600_000);
    }
  });

  it("reads nothing of its record file, which may be large", () => {
    session(0, 100_000);
    const reads = disk.count("readSync");
    session(100_000, 100_001);
    // The small event file, to its end; the head of the record file, by the fold.
    expect(disk.count("readSync") - reads).toBeLessThan(8);
    expect(extentOf(shown(dir, "loss"))).toMatchObject({ first: 0, last: 100_000, high: 96 });
  });

  it("goes on from purgeStep: what was logged from there on is void", () => {
    session(0, 3000, { maxPointsPerTag: 100 });
    session(1500, 2000, { maxPointsPerTag: 100, purgeStep: 1500 }, -5);
    const points = shown(dir, "loss");
    expect(points.filter(([step, value]) => step >= 1500 !== (value === -5))).toEqual([]);
    expect(extentOf(points)).toEqual({ first: 0, last: 1999, low: -5, high: 96 });
    // In the record files too.
    const last = eventsOf(
      join(
        dir,
        filesIn(dir).findLast((name) => name.startsWith("records.out."))!,
      ),
    );
    expect(last.slice(0, 2).map(({ step, sessionLog }) => [step, sessionLog?.status])).toEqual([
      [1500, SessionStatus.START],
      [1500, SessionStatus.START],
    ]);
  });

  it("goes on from purgeStep before all of it", () => {
    session(10, 30);
    const writer = newWriter({ purgeStep: 0 });
    writer.write(note(0, "again"));
    writer.closeSync();
    expect(shownByPython(eventsIn(dir), "loss")).toEqual([]);
    session(5, 6);
    expect(shown(dir, "loss")).toEqual([[5, 5]]);
  });

  it("goes on without purgeStep from an earlier step as the data server has it", () => {
    session(0, 300, { maxPointsPerTag: 100 });
    session(200, 250, { maxPointsPerTag: 100 }, -1);
    expect(shown(dir, "loss").filter(([step, value]) => step >= 200 !== (value === -1))).toEqual([]);
    expect(shown(dir, "loss").at(-1)).toEqual([249, -1]);
  });

  it("keeps what is no scalar, once, through many sessions", () => {
    for (let i = 0; i < 10; i++) {
      const writer = newWriter();
      writer.write(note(i, `session ${i}`));
      writer.write({ step: i, graphDef: Uint8Array.of(i) });
      lossOf(writer).writeOne(i, i);
      writer.closeSync();
      clock.advance(1000);
    }
    const last = eventFilesIn(dir).at(-1)!;
    expect(notesIn(last)).toEqual(Array.from({ length: 10 }, (_, i) => [i, `session ${i}`]));
    expect(eventsOf(last).flatMap(({ graphDef }) => (graphDef ? [graphDef[0]] : []))).toHaveLength(10);
  });

  it("of more of it than TensorBoard keeps, keeps a half, the first and the last among them", () => {
    const plain = new EventFileWriter(dir, { clock, hostname: "box", pid: 7 });
    for (let i = 0; i < 1000; i++) plain.write(note(i, `${i}`));
    plain.closeSync();
    const path = session(0, 1);
    const notes = notesIn(path);
    expect(notes).toHaveLength(50);
    expect([notes[0], notes.at(-1)]).toEqual([
      [0, "0"],
      [999, "999"],
    ]);
  });

  it("keeps its resolution over hundreds of restarts", () => {
    for (let i = 0; i < 200; i++) {
      session(i * 50, (i + 1) * 50, { maxPointsPerTag: 100, records: false });
      clock.advance(2 * MINUTE);
    }
    const steps = shown(dir, "loss").map(([step]) => step);
    expect(steps.length).toBeGreaterThan(25);
    expect(Math.max(...steps.slice(1).map((step, i) => step - steps[i]!))).toBeLessThanOrEqual(1024);
    // The one before stays for a minute.
    expect(eventFilesIn(dir)).toHaveLength(2);
  });
});

describe("a run that was killed", () => {
  it("has after its next session every peak that its record files have, whenever it was killed", () => {
    // Milliseconds before the step, values, and whether the step goes back: three tags, in one channel and alone.
    const happeningOf = (back: fc.Arbitrary<number>) =>
      fc.record({
        ms: fc.constantFrom(0, 0, 0, 1, 30, 200, 3000, 6000),
        value: fc.integer({ min: -1000, max: 1000 }),
        back,
        isNote: fc.constantFrom(false, false, false, true),
        isFlush: fc.constantFrom(false, false, false, false, true),
      });
    const scriptOf = (back: fc.Arbitrary<number>) =>
      fc.array(happeningOf(back), { minLength: 1, maxLength: 300 });
    const tags = ["a", "b", "c"];
    fc.assert(
      fc.property(
        fc.oneof(scriptOf(fc.constant(0)), scriptOf(fc.constantFrom(0, 0, 0, 0, 0, 0, 0, 3, 40))),
        fc.constantFrom(8, 20, 100),
        fc.nat(1),
        (happenings, maxPointsPerTag, again) => {
          const run = tempDir();
          const writer = newWriter({ maxPointsPerTag }, run);
          const [both, alone] = [
            writer.scalars([{ tag: "a" }, { tag: "b" }]),
            writer.scalars([{ tag: "c" }]),
          ];
          let step = 0;
          for (const [i, { ms, value, back, isNote, isFlush }] of happenings.entries()) {
            clock.advance(ms);
            // Equal steps of one tag are points of one stride: they are another test's.
            step = Math.max(0, Math.floor(step / 1000) + 1 - back) * 1000 + i;
            if (isNote) writer.write(note(step, `${i}`));
            else if (i % 3 === 0) alone.writeOne(step, value);
            else both.write(step, [value, -value]);
            if (isFlush) writer.flush();
          }
          const rest = killed(run);
          writer.closeSync();
          const truth = Object.fromEntries(tags.map((tag) => [tag, recorded(rest, tag)]));
          const notes = notesOf(rest);
          for (let i = 0; i <= again; i++) {
            clock.advance(1000);
            const next = newWriter({ maxPointsPerTag }, rest);
            next.write({ step: 0, graphDef: Uint8Array.of(1) });
            next.closeSync();
          }
          for (const tag of tags) {
            const points = shown(rest, tag);
            expect(points.length).toBeLessThanOrEqual(maxPointsPerTag);
            if (truth[tag]!.length === 0) continue;
            // A step that goes back drops the end of a curve, and with it peaks of the stride that this cut.
            const isStraight = happenings.every(({ back }) => back === 0);
            const ends = ({ first, last }: ReturnType<typeof extentOf>) => ({ first, last });
            const [found, expected] = [extentOf(points), extentOf(truth[tag]!)];
            expect(isStraight ? found : ends(found)).toEqual(isStraight ? expected : ends(expected));
            const all = new Set(truth[tag]!.map(String));
            expect(points.filter((point) => !all.has(String(point)))).toEqual([]);
          }
          const kept = notesOf(rest, eventFilesIn(rest).at(-1));
          expect([kept[0], kept.at(-1)]).toEqual([notes[0], notes.at(-1)]);
          expect(notes.filter((each) => kept.some((other) => String(other) === String(each)))).toEqual(kept);
          expect(kept.length).toBeGreaterThanOrEqual(Math.min(notes.length, maxPointsPerTag / 2));
          rmSync(rest, { recursive: true });
          rmSync(run, { recursive: true });
        },
      ),
      { numRuns: 60 },
    );

    /** Steps and words of the notes, which are never void here: in all record files, or in one file. */
    function notesOf(where: string, path?: string): [number, string][] {
      if (path !== undefined) return notesIn(path).toSorted((a, b) => Number(a[1]) - Number(b[1]));
      return readdirSync(where)
        .filter((name) => name.startsWith("records.out."))
        .flatMap((name) => notesIn(join(where, name)));
    }
  });

  it("has every spike, wherever it was when it was killed", () => {
    for (let spike = 0; spike < 2000; spike += 61) {
      const run = tempDir();
      const writer = newWriter({ maxPointsPerTag: 50 }, run);
      for (let step = 0; step < 2000; step++) {
        lossOf(writer).writeOne(step, step === spike ? 1e6 : Math.sin(step));
        clock.advance(7);
      }
      writer.flush();
      const rest = killed(run);
      writer.closeSync();
      const next = newWriter({ maxPointsPerTag: 50 }, rest);
      lossOf(next).writeOne(2000, 0);
      next.closeSync();
      expect(shown(rest, "loss")).toContainEqual([spike, 1e6]);
      expect(shown(rest, "loss").at(-1)).toEqual([2000, 0]);
      rmSync(run, { recursive: true });
      rmSync(rest, { recursive: true });
    }
  });

  it("while there was no room for a new event file, has every spike too", () => {
    const writer = newWriter({ maxPointsPerTag: 8, onError: "warn" });
    disk.failing.set("renameSync", "ENOSPC");
    for (let step = 0; step < 3000; step++) {
      lossOf(writer).writeOne(step, step === 1500 ? 1e6 : step % 31);
      clock.advance(10);
    }
    // Told once, though it was tried every five seconds.
    expect(warnings).toEqual([expect.stringContaining("Cannot create an event file")]);
    expect(disk.count("renameSync")).toBeGreaterThan(3);
    // The record file is handed over all the same.
    expect(() => writer.flush()).toThrow(WriteError);
    disk.failing.clear();
    const rest = killed();
    writer.closeSync();
    const next = newWriter({ maxPointsPerTag: 8 }, rest);
    lossOf(next).writeOne(3000, 0);
    next.closeSync();
    expect(shown(rest, "loss")).toContainEqual([1500, 1e6]);
    expect(shown(rest, "loss").at(-1)).toEqual([3000, 0]);
  });

  it("goes on from its event file where the record file is gone, or is damaged or torn behind the mark", () => {
    const writer = newWriter({ maxPointsPerTag: 50 });
    for (let step = 0; step < 1000; step++) {
      lossOf(writer).writeOne(step, step % 31);
      if (step % 100 === 99) writer.write(note(step, "x"));
      clock.advance(7);
    }
    writer.flush();
    const inFile = shown(dir, "loss");
    const harm: Record<string, (path: string) => void> = {
      gone: unlinkSync,
      torn: (path) => truncateSync(path, readFileSync(path).length - 7),
      "damaged at its end": (path) => {
        const bytes = readFileSync(path);
        bytes[bytes.length - 5]! ^= 1;
        writeFileSync(path, bytes);
      },
      "filled with zeros": (path) => appendFileSync(path, new Uint8Array(100)),
      "cut to nothing": (path) => truncateSync(path, 0),
    };
    for (const [how, body] of Object.entries(harm)) {
      const rest = killed();
      body(join(rest, basename(writer.recordPath!)));
      warnings = [];
      const next = newWriter({ maxPointsPerTag: 50, fold: false }, rest);
      next.write({ step: 0, graphDef: Uint8Array.of(1) });
      next.closeSync();
      const points = shown(rest, "loss");
      expect(points[0], how).toEqual([0, 0]);
      expect(points.at(-1)![0], how).toBeGreaterThanOrEqual(inFile.at(-1)![0]);
      expect(notesIn(next.path!), how).toHaveLength(10);
      expect(warnings.length, how).toBe(how.startsWith("damaged") ? 1 : 0);
      for (const warning of warnings) expect(warning).toContain("could not be read to its end");
      rmSync(rest, { recursive: true });
    }
    writer.closeSync();
  });

  it("does not take what a plain session logged after it for older than what it had not shown", () => {
    const writer = newWriter();
    for (let step = 0; step < 10; step++) lossOf(writer).writeOne(step, 1);
    writer.flush();
    const rest = killed();
    writer.closeSync();
    const plain = new EventFileWriter(rest, { clock, hostname: "box", pid: 7, fold: false });
    for (let step = 20; step < 30; step++) lossOf(plain).writeOne(step, 2);
    plain.closeSync();
    const next = newWriter({}, rest);
    lossOf(next).writeOne(30, 3);
    next.closeSync();
    const steps = shown(rest, "loss").map(([step]) => step);
    expect(steps.slice(-11)).toEqual([20, 21, 22, 23, 24, 25, 26, 27, 28, 29, 30]);
  });

  it("goes on when it was killed before its event file had anything", () => {
    session(0, 100);
    // As a kill between making the file and the first write leaves it.
    writeFileSync(join(dir, "events.out.tfevents.1700000000.000009.box.7"), "");
    const path = session(100, 200);
    expect(extentOf(shown(dir, "loss"))).toEqual({ first: 0, last: 199, low: 0, high: 96 });
    expect(basename(path)).toBe("events.out.tfevents.1700000000.000010.box.7");
  });
});
