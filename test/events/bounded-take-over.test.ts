// A bounded run that finds files of others: of plain sessions, of other programs, of a writer that lives, and damaged ones.
import { cpSync, existsSync, readFileSync, truncateSync, utimesSync, writeFileSync } from "node:fs";
import { basename, join } from "node:path";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { BoundedEventWriter } from "../../src/events/bounded-event-writer.js";
import { EventFileWriter } from "../../src/events/event-file-writer.js";
import type { BoundedEventWriterOptions } from "../../src/events/session.js";
import type { Event } from "../../src/wire/event.js";
import { bytes, concat, frame } from "../helpers/bytes.js";
import { lossOf } from "../helpers/channels.js";
import { eventFilesIn, eventsOf, filesIn, scalarsOf } from "../helpers/events.js";
import { FaultyFileSystem } from "../helpers/faulty-file-system.js";
import { fixtures } from "../helpers/fixtures.js";
import { scriptedClock, type ScriptedClock } from "../helpers/scripted-clock.js";
import { eventsIn, extentOf, recorded, shown, shownByPython } from "../helpers/shown.js";
import { useTempDir } from "../helpers/temp-dir.js";

const tempDir = useTempDir("bounded-take-over");
const MINUTE = 60_000;
const LONG_AGO = new Date(1_600_000_000_000);

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

function newWriter(options: BoundedEventWriterOptions = {}): BoundedEventWriter {
  return new BoundedEventWriter(dir, { clock, fileSystem: disk, hostname: "box", pid: 7, ...options });
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

describe("after plain sessions", () => {
  function plainSession(first: number, end: number): string {
    const writer = new EventFileWriter(dir, {
      clock,
      fileSystem: disk,
      hostname: "box",
      pid: 7,
      fold: false,
    });
    for (let step = first; step < end; step++) lossOf(writer).writeOne(step, step % 97);
    writer.closeSync();
    return writer.path!;
  }

  it("their files become record files after a minute, and their curves are bounded at once", () => {
    const files = [plainSession(0, 3000), plainSession(3000, 5000)];
    const bytes = files.map((path) => readFileSync(path));
    const writer = newWriter({ maxPointsPerTag: 100 });
    lossOf(writer).writeOne(5000, 1000);
    expect(eventFilesIn(dir)).toEqual([...files, writer.path]);
    expect(shown(dir, "loss").length).toBeLessThanOrEqual(100);
    clock.advance(MINUTE + 1);
    writer.closeSync();
    expect(eventFilesIn(dir)).toEqual([writer.path]);
    const records = filesIn(dir).filter((name) => name.startsWith("records.out."));
    expect(records).toHaveLength(3);
    // Byte for byte, in the order of the sessions; nothing has taken the place of the bounded session's own.
    expect(records.slice(0, 2).map((name) => readFileSync(join(dir, name)))).toEqual(bytes);
    expect(join(dir, records[2]!)).toBe(writer.recordPath);
    expect(recorded(dir, "loss")).toHaveLength(5001);
    expect(extentOf(shown(dir, "loss"))).toEqual({ first: 0, last: 5000, low: 0, high: 1000 });
  });

  it("their files stay where there are to be no record files", () => {
    const file = plainSession(0, 3000);
    const writer = newWriter({ maxPointsPerTag: 100, records: false });
    lossOf(writer).writeOne(3000, 1000);
    clock.advance(2 * MINUTE);
    writer.closeSync();
    expect(eventFilesIn(dir)).toEqual([file, writer.path]);
    expect(shown(dir, "loss").length).toBeLessThanOrEqual(100);
  });

  it("between bounded ones leave one curve", () => {
    for (let i = 0; i < 4; i++) session(i * 100, (i + 1) * 100, { maxPointsPerTag: 50 });
    for (let i = 4; i < 8; i++) plainSession(i * 100, (i + 1) * 100);
    expect(extentOf(shown(dir, "loss"))).toEqual({ first: 0, last: 799, low: 0, high: 96 });
    session(800, 801, { maxPointsPerTag: 50 }, 1000);
    const points = shown(dir, "loss");
    expect(extentOf(points)).toEqual({ first: 0, last: 800, low: 0, high: 1000 });
    expect(points.length).toBeLessThanOrEqual(50);
    expect(warnings).toEqual([]);
  });

  it("never writes over a record file", () => {
    const file = plainSession(0, 10);
    const taken = join(dir, basename(file).replace("events.out.tfevents", "records.out"));
    writeFileSync(taken, "");
    const writer = newWriter();
    lossOf(writer).writeOne(10, 1);
    clock.advance(2 * MINUTE);
    writer.closeSync();
    expect(readFileSync(taken)).toHaveLength(0);
    expect(existsSync(file)).toBe(true);
    expect(shown(dir, "loss")).toHaveLength(11);
  });
});

describe("after other programs", () => {
  const isLarge = ({ scalars }: (typeof fixtures)[number]): boolean =>
    scalars.some(([, step]) => typeof step === "bigint");

  it.each(fixtures.filter((fixture) => !isLarge(fixture)).map((fixture) => [fixture.name, fixture] as const))(
    "(%s) their files stay, and their scalars go on as curves",
    (_name, { path, scalars, events }) => {
      const foreign = join(dir, "events.out.tfevents.1600000000.other");
      cpSync(path, foreign);
      const bytes = readFileSync(foreign);
      utimesSync(foreign, LONG_AGO, LONG_AGO);
      const writer = newWriter({ maxPointsPerTag: 100 });
      writer.scalars([{ tag: "ours" }]).writeOne(1_000_000, 1);
      clock.advance(2 * MINUTE);
      writer.closeSync();
      expect(warnings).toEqual([]);
      expect(eventFilesIn(dir)).toEqual([foreign, writer.path]);
      expect(readFileSync(foreign)).toEqual(bytes);
      const inCurves = new Set(
        scalarsOf(eventsOf(writer.path!)).flatMap(([tag, , value]) => (value === undefined ? [] : [tag])),
      );
      // A tag with values of two kinds has points that are no numbers.
      const isMixed = (tag: string): boolean =>
        events.flatMap(({ summary = [] }) => summary.filter((value) => value.tag === tag)).length >
        scalars.filter(([name]) => name === tag).length;
      for (const tag of inCurves) {
        if (tag === "ours" || isMixed(tag)) continue;
        const logged = scalars.filter(([name]) => name === tag);
        const after = shown(dir, tag);
        expect(after.length).toBeLessThanOrEqual(100);
        expect(after.at(-1)).toEqual([Number(logged.at(-1)![1]), Math.fround(logged.at(-1)![2])]);
      }
      expect(tagsIn(eventsOf(writer.path!))).toEqual([...new Set([...tagsIn(events), "ours"])].toSorted());
    },
  );

  it("that write scalars and images of a step in one event, as TensorFlow 1 does, the two are parted", () => {
    const foreign = join(dir, "events.out.tfevents.1600000000.other");
    const image = bytes("0a 10", "0a 03 696d67", "22 09 08 01 10 01 18 01 22 01 ff");
    const event = (step: number): Uint8Array => {
      const value = Buffer.alloc(4);
      value.writeFloatLE(step * 10);
      const summary = concat(bytes("0a 0a", "0a 03 6c6f73", "15"), value, image);
      const head = bytes("09 000000000000f03f", "10").values();
      return frame(Uint8Array.from([...head, step, 0x2a, summary.length, ...summary]));
    };
    writeFileSync(foreign, concat(...Array.from({ length: 120 }, (_, i) => event(i + 1))));
    utimesSync(foreign, LONG_AGO, LONG_AGO);
    const path = session(0, 1, { maxPointsPerTag: 50 });
    const steps = shown(dir, "los").map(([step, value]) => [step, value / step]);
    expect([steps[0], steps.at(-1)]).toEqual([
      [1, 10],
      [120, 10],
    ]);
    const images = eventsOf(path).filter(({ summary = [] }) => summary.some(({ tag }) => tag === "img"));
    expect(images.map(({ summary }) => summary!.length)).toEqual(Array.from({ length: 25 }, () => 1));
    expect([images[0]!.step, images.at(-1)!.step]).toEqual([1, 120]);
  });

  it("whose scalars have steps beyond 2^53, their files and curves stay as they are", () => {
    const { path, scalars } = fixtures.find(isLarge)!;
    const foreign = join(dir, "events.out.tfevents.1600000000.other");
    cpSync(path, foreign);
    utimesSync(foreign, LONG_AGO, LONG_AGO);
    const ours = session(0, 100, { maxPointsPerTag: 8 });
    expect(warnings).toEqual([
      expect.stringMatching(
        /^The earlier event files of .* stay as they are: .* has a scalar at step -?\d{16,}/,
      ),
    ]);
    expect(tagsIn(eventsOf(ours))).toEqual(["loss"]);
    expect(tagsIn(eventsIn(dir))).toEqual(expect.arrayContaining(scalars.map(([tag]) => tag)));
  });

  function tagsIn(events: readonly Event[]): string[] {
    return [...new Set(events.flatMap(({ summary = [] }) => summary.map(({ tag }) => tag)))].toSorted();
  }
});

describe("beside a writer that lives", () => {
  it("takes nothing over: a file of its own, behind the other's, and neither is deleted", () => {
    // The process that started this one.
    const other = new EventFileWriter(dir, { clock, hostname: "box", pid: process.ppid });
    for (let step = 0; step < 100; step++) lossOf(other).writeOne(step, 1);
    other.closeSync();
    const bytes = readFileSync(other.path!);
    const writer = newWriter({ maxPointsPerTag: 8 });
    for (let step = 100; step < 1000; step++) {
      lossOf(writer).writeOne(step, 2);
      clock.advance(100);
    }
    writer.closeSync();
    expect(readFileSync(other.path!)).toEqual(bytes);
    const points = shown(dir, "loss");
    expect(points.slice(0, 100).map(([step]) => step)).toEqual(Array.from({ length: 100 }, (_, i) => i));
    expect(points.slice(100).every(([step, value]) => step >= 100 && value === 2)).toBe(true);
    expect(points.length).toBeLessThanOrEqual(108);
  });

  it("voids in its own file what purgeStep says", () => {
    const other = new EventFileWriter(dir, { clock, hostname: "box", pid: process.ppid });
    for (let step = 0; step < 100; step++) lossOf(other).writeOne(step, 1);
    other.closeSync();
    const writer = newWriter({ maxPointsPerTag: 8, purgeStep: 50 });
    for (let step = 60; step < 1000; step++) {
      lossOf(writer).writeOne(step, 2);
      clock.advance(100);
    }
    writer.closeSync();
    expect(shownByPython(eventsIn(dir), "loss").filter(([step]) => step >= 50 && step < 60)).toEqual([]);
    expect(shownByPython(eventsIn(dir), "loss")[50]).toEqual([60, 2]);
  });
});

describe("after damage", () => {
  it("keeps what stands before it, says so, and leaves the file", () => {
    const path = session(0, 50);
    const bytes = readFileSync(path);
    bytes[bytes.length >> 1]! ^= 0xff;
    writeFileSync(path, bytes);
    const writer = newWriter();
    lossOf(writer).writeOne(50, 7);
    clock.advance(2 * MINUTE);
    writer.closeSync();
    expect(warnings).toEqual([
      expect.stringMatching(/^An earlier file could not be read to its end: .*do not match|checksum/),
    ]);
    expect(existsSync(path)).toBe(true);
    const [ours] = [eventsOf(writer.path!)];
    const steps = scalarsOf(ours).map(([, step]) => step);
    expect(steps[0]).toBe(0);
    expect(steps.at(-1)).toBe(50);
    expect(steps.length).toBeGreaterThan(10);
  });

  it("goes on behind a torn end", () => {
    const path = session(0, 50);
    truncateSync(path, readFileSync(path).length - 3);
    const writer = newWriter();
    lossOf(writer).writeOne(50, 7);
    clock.advance(2 * MINUTE);
    writer.closeSync();
    expect([warnings, eventFilesIn(dir)]).toEqual([[], [writer.path]]);
    expect(shown(dir, "loss")).toHaveLength(51);
  });

  it("leaves what it cannot read as it is, and begins anew", () => {
    session(0, 50);
    disk.failing.set("readSync", "EIO");
    const writer = newWriter({ fold: false });
    lossOf(writer).writeOne(50, 7);
    disk.failing.clear();
    clock.advance(2 * MINUTE);
    for (let step = 51; step < 60; step++) lossOf(writer).writeOne(step, 7);
    writer.closeSync();
    expect(warnings).toEqual([expect.stringMatching(/^The earlier event files of .* stay as they are: EIO/)]);
    expect(eventFilesIn(dir)).toHaveLength(2);
    expect(shown(dir, "loss").map(([step]) => step)).toEqual(Array.from({ length: 60 }, (_, i) => i));
  });
});
