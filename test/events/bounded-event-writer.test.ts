// A bounded run: what TensorBoard finds stays small and has every peak, and the record file has every event.
import { statSync } from "node:fs";
import { basename } from "node:path";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { ArgumentError, ClosedError } from "../../src/errors.js";
import { BoundedEventWriter } from "../../src/events/bounded-event-writer.js";
import type { BoundedEventWriterOptions } from "../../src/events/session.js";
import { DataClass } from "../../src/wire/summary.js";
import { version } from "../../src/version.js";
import { lossOf } from "../helpers/channels.js";
import { errorOf } from "../helpers/errors.js";
import { eventFilesIn, eventsOf, filesIn, readEventFile, scalarsOf } from "../helpers/events.js";
import { FaultyFileSystem } from "../helpers/faulty-file-system.js";
import { scriptedClock, type ScriptedClock } from "../helpers/scripted-clock.js";
import { eventsIn, shown, shownByPython, shownByRust } from "../helpers/shown.js";
import { useTempDir } from "../helpers/temp-dir.js";

const tempDir = useTempDir("bounded");
const META = { pluginName: "scalars", dataClass: DataClass.SCALAR };

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
afterEach(() => {
  vi.restoreAllMocks();
  vi.useRealTimers();
});

function newWriter(options: BoundedEventWriterOptions = {}): BoundedEventWriter {
  return new BoundedEventWriter(dir, { clock, fileSystem: disk, hostname: "box", pid: 7, ...options });
}

/** What the record file has: steps of scalars. */
function recordedSteps(writer: BoundedEventWriter): number[] {
  return scalarsOf(eventsOf(writer.recordPath!)).map(([, step]) => Number(step));
}

describe("a short run", () => {
  it("has all of its points in the event file, and all of its events in a record file that is none", () => {
    const writer = newWriter();
    for (let step = 1; step <= 3; step++) lossOf(writer).writeOne(step, step * 10);
    writer.closeSync();
    expect(shown(dir, "loss")).toEqual([
      [1, 10],
      [2, 20],
      [3, 30],
    ]);
    expect(recordedSteps(writer)).toEqual([1, 2, 3]);
    expect(filesIn(dir)).toEqual([
      "events.out.tfevents.1700000000.000000.box.7",
      "records.out.1700000000.000000.box.7",
    ]);
    expect([basename(writer.path!), basename(writer.recordPath!)]).toEqual(filesIn(dir));
    expect(disk.openFiles).toBe(0);
  });

  it("says in its event file that it is bounded, and how far into the record file it goes", () => {
    const writer = newWriter();
    lossOf(writer).writeOne(1, 1);
    lossOf(writer).writeOne(2, 2);
    writer.closeSync();
    const { events } = readEventFile(writer.path!);
    const written = events.flatMap(({ sourceMetadata }) => sourceMetadata?.writer ?? []);
    const program = `tensorboard-node-logger ${version}`;
    const records = "records.out.1700000000.000000.box.7";
    const size = statSync(writer.recordPath!).size;
    expect(written).toEqual([
      `${program} bounded`,
      // 16 bytes of framing, wall time 9, step 2, summary 2, value 2, tag 6, number 5; there are two.
      `${program} bounded ${records} ${size - 2 * 42}`,
      `${program} bounded ${records} ${size}`,
    ]);
    expect(events.filter(({ fileVersion }) => fileVersion === "brain.Event:2")).toHaveLength(3);
  });

  it("shows its first point at once, and what comes then within five seconds, also when nothing more is logged", () => {
    vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
    const writer = newWriter();
    lossOf(writer).writeOne(0, 0);
    expect(shown(dir, "loss")).toEqual([[0, 0]]);
    clock.advance(100);
    for (let step = 1; step <= 9; step++) lossOf(writer).writeOne(step, step % 5);
    expect(shown(dir, "loss")).toEqual([[0, 0]]);
    for (let i = 0; i < 26; i++) {
      clock.advance(200);
      vi.advanceTimersByTime(200);
    }
    expect(shown(dir, "loss").at(-1)).toEqual([9, 4]);
    // An idle writer has nothing to do.
    expect(vi.getTimerCount()).toBe(0);
    writer.closeSync();
  });

  it("is left alone by a writer that logs nothing, and closes as often as it is asked", () => {
    const writer = newWriter();
    lossOf(writer);
    writer.flush();
    expect([writer.path, writer.recordPath, writer.closed]).toEqual([undefined, undefined, false]);
    writer.closeSync();
    writer.closeSync();
    expect(writer.closed).toBe(true);
    expect(filesIn(dir)).toEqual([]);
    expect(errorOf(ClosedError, () => lossOf(writer).writeOne(1, 1)).message).toContain(dir);
    expect(() => writer.write({ step: 1 })).toThrow(ClosedError);
    newWriter().closeSync();
  });

  it("refuses bounds and wall times that are none", () => {
    for (const maxPointsPerTag of [7, 0, -1, 8.5, NaN, Infinity])
      expect(errorOf(ArgumentError, () => newWriter({ maxPointsPerTag })).message).toBe(
        `Expected \`maxPointsPerTag\` to be an integer from 8, got ${maxPointsPerTag} (number)`,
      );
    for (const maxBytes of [4095, NaN, -1])
      expect(errorOf(ArgumentError, () => newWriter({ maxBytes })).argument).toBe("maxBytes");
    for (const records of [true, false]) {
      const writer = newWriter({ records });
      expect(errorOf(ArgumentError, () => lossOf(writer).writeOne(1, 1, NaN)).argument).toBe("wallTime");
      expect(errorOf(ArgumentError, () => writer.write({ wallTime: Infinity })).argument).toBe("wallTime");
      writer.closeSync();
      expect(shown(dir, "loss")).toEqual([]);
    }
  });

  it("keeps wall times that are given", () => {
    const writer = newWriter({ records: false });
    lossOf(writer).writeOne(1, 1, 5.5);
    lossOf(writer).writeOne(2, 1);
    writer.closeSync();
    expect(eventsIn(dir).flatMap(({ wallTime, summary }) => (summary ? [wallTime] : []))).toEqual([
      5.5, 1_700_000_000,
    ]);
  });
});

describe("a long run", () => {
  const LIMIT = 100;

  /** Logs `count` steps, so many a second; a spike at one. Looks at what is shown every half second. */
  function play(
    writer: BoundedEventWriter,
    count: number,
    perSecond: number,
    spike: number,
    look: () => void,
  ) {
    for (let step = 0; step < count; step++) {
      lossOf(writer).writeOne(step, step === spike ? 1000 : Math.sin(step));
      if (step % (perSecond / 10) === 0) clock.advance(100);
      if (step % (perSecond / 2) === 0) look();
    }
  }

  it("is at every moment a curve that only goes forward, of at most so many points, all of which were logged", () => {
    const writer = newWriter({ maxPointsPerTag: LIMIT });
    const seen: number[] = [];
    play(writer, 60_000, 1000, 41_234, () => {
      const points = shown(dir, "loss");
      seen.push(points.length);
      for (const [step, value] of points)
        expect(value).toBe(Math.fround(step === 41_234 ? 1000 : Math.sin(step)));
    });
    expect(Math.max(...seen)).toBeLessThanOrEqual(LIMIT);
    expect(Math.min(...seen.slice(1))).toBeGreaterThan(LIMIT / 4);
    writer.closeSync();
    const points = shown(dir, "loss");
    expect(points).toContainEqual([41_234, 1000]);
    expect([points[0], points.at(-1)]).toEqual([
      [0, 0],
      [59_999, Math.fround(Math.sin(59_999))],
    ]);
    expect(points.length).toBeLessThanOrEqual(LIMIT);
    expect(recordedSteps(writer)).toHaveLength(60_000);
  });

  it("is in one file and those of its last minute, five seconds apart", () => {
    const writer = newWriter({ maxPointsPerTag: 16, records: false });
    const files = new Map<string, number>();
    for (let step = 0; step < 40_000; step++) {
      lossOf(writer).writeOne(step, Math.sin(step));
      clock.advance(5);
      if (step % 40 === 0) for (const path of eventFilesIn(dir)) files.set(path, files.get(path) ?? clock());
    }
    expect(eventFilesIn(dir).length).toBeLessThanOrEqual(14);
    const times = [...files.values()];
    expect(times.length).toBeGreaterThan(4);
    // To the 200 ms in which it looks.
    for (let i = 2; i < times.length; i++) expect(times[i]! - times[i - 1]!).toBeGreaterThanOrEqual(4800);
    writer.closeSync();
    clock.advance(60_000);
    const next = newWriter({ maxPointsPerTag: 16, records: false });
    lossOf(next).writeOne(40_000, 0);
    clock.advance(60_000);
    next.closeSync();
    expect(eventFilesIn(dir)).toEqual([next.path]);
  });

  it("needs no new file for hours when it logs slowly: what is shown early is merged where there is no room", () => {
    const writer = newWriter({ maxPointsPerTag: LIMIT, records: false });
    // Ten points a minute for a day.
    for (let step = 0; step < 14_400; step++) {
      lossOf(writer).writeOne(step, Math.sin(step));
      clock.advance(6000);
    }
    writer.closeSync();
    // A new file makes room for 25 points at least; the first came when there were 100.
    expect(disk.count("renameSync")).toBeLessThanOrEqual(14_400 / 25);
    const steps = shown(dir, "loss").map(([step]) => step);
    const gaps = steps.slice(1).map((step, i) => step - steps[i]!);
    // A day in strides of at most 512 steps.
    expect(Math.max(...gaps)).toBeLessThanOrEqual(1024);
  });

  it("of many tags needs one new file for all, though each began at another time", () => {
    const writer = newWriter({ maxPointsPerTag: LIMIT, records: false });
    const tags = Array.from({ length: 20 }, (_, i) => writer.scalars([{ tag: `tag ${i}` }]));
    for (let step = 0; step < 2000; step++) {
      for (const [i, tag] of tags.entries()) if (step >= 5 * i) tag.writeOne(step, Math.sin(step + i));
      clock.advance(6000);
    }
    writer.closeSync();
    // With room for 25 points each: 80 at most, and not 20 times as many.
    expect(disk.count("renameSync")).toBeLessThanOrEqual(2000 / 25);
  });

  it("keeps a spike at the step of a point that was shown before", () => {
    const writer = newWriter({ maxPointsPerTag: LIMIT });
    for (const value of [1, 2, 99, 3]) {
      lossOf(writer).writeOne(5, value);
      clock.advance(6000);
    }
    lossOf(writer).writeOne(6, 4);
    writer.closeSync();
    expect(shownByPython(eventsIn(dir), "loss")).toContainEqual([5, 99]);
    expect(shownByRust(eventsIn(dir), "loss")).toEqual([
      [5, 3],
      [6, 4],
    ]);
  });

  it("goes on from a step that went back: nothing of what followed it is left, and the curve never goes back", () => {
    const writer = newWriter({ maxPointsPerTag: LIMIT });
    let longest = 0;
    for (let round = 0; round < 5; round++) {
      for (let step = round * 100; step < round * 100 + 1000; step++) {
        lossOf(writer).writeOne(step, round);
        clock.advance(10);
        if (step % 50 === 0) longest = Math.max(longest, shown(dir, "loss").length);
      }
    }
    expect(longest).toBeLessThanOrEqual(LIMIT);
    writer.closeSync();
    const points = shown(dir, "loss");
    expect(points.filter(([step, value]) => value !== Math.min(4, Math.floor(step / 100)))).toEqual([]);
    expect([points[0], points.at(-1)]).toEqual([
      [0, 0],
      [1399, 4],
    ]);
  });

  it("has the tags' metadata in each file, with a tag's first value", () => {
    const writer = newWriter({ maxPointsPerTag: 8 });
    const [a, b] = ["a", "b"].map((tag) => writer.scalars([{ tag, metadata: META }]));
    const both = writer.scalars([
      { tag: "a", metadata: META },
      { tag: "c", metadata: META },
    ]);
    for (let step = 0; step < 3000; step++) {
      a!.writeOne(2 * step, 1);
      b!.writeOne(step, 1);
      both.write(2 * step + 1, [1, 1]);
      clock.advance(10);
    }
    writer.closeSync();
    expect(eventFilesIn(dir).length).toBeGreaterThan(2);
    for (const path of [...eventFilesIn(dir), writer.recordPath!]) {
      const described = eventsOf(path).flatMap(({ summary = [] }) =>
        summary.flatMap(({ tag, metadata }) => (metadata === undefined ? [] : [tag])),
      );
      expect(described.toSorted()).toEqual(["a", "b", "c"]);
      const firsts = new Map<string, boolean>();
      for (const { summary = [] } of eventsOf(path))
        for (const { tag, metadata } of summary)
          if (!firsts.has(tag)) firsts.set(tag, metadata !== undefined);
      expect([...firsts.values()]).toEqual([true, true, true]);
    }
  });

  it("stays within its bytes, with fewer points for each of many tags", () => {
    const maxBytes = 100_000;
    const writer = newWriter({ maxBytes, records: false });
    const tags = Array.from({ length: 50 }, (_, i) => ({ tag: `a tag with a long name, number ${i}` }));
    const channel = writer.scalars(tags);
    for (let step = 0; step < 4000; step++) {
      channel.write(
        step,
        Float64Array.from(tags, (_, i) => (step === 777 && i === 33 ? 100 : Math.sin(step))),
      );
      clock.advance(20);
    }
    writer.closeSync();
    expect(fileSize(writer.path!)).toBeLessThanOrEqual(maxBytes);
    expect(fileSize(writer.path!)).toBeGreaterThan(maxBytes / 10);
    expect(shown(dir, tags[33]!.tag)).toContainEqual([777, 100]);
    for (const { tag } of tags) expect(shown(dir, tag).at(-1)![0]).toBe(3999);
  });

  it("does not write one new file after the other where its bytes are too few for eight points a tag", () => {
    const writer = newWriter({ maxBytes: 4096, records: false });
    const tags = Array.from({ length: 200 }, (_, i) => ({ tag: `tag ${i}` }));
    const channel = writer.scalars(tags);
    for (let step = 0; step < 2000; step++) {
      channel.write(step, new Float64Array(200));
      clock.advance(100);
    }
    writer.closeSync();
    // 200 seconds: every five a few points more.
    expect(disk.count("renameSync")).toBeLessThan(25);
    expect(shown(dir, "tag 7").length).toBeLessThanOrEqual(8);
  });
});

function fileSize(path: string): number {
  return statSync(path).size;
}
