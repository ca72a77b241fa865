// Counters, rates and timers, by a stopwatch that the test moves.
import { describe, expect, it, vi } from "vitest";
import { ArgumentError, ClosedError, WriteError } from "../../src/errors.js";
import { MemorySink } from "../../src/events/memory-sink.js";
import { closeAllWriters } from "../../src/events/open-writers.js";
import { SummaryWriter } from "../../src/summary/summary-writer.js";
import type { SummaryWriterOptions } from "../../src/summary/writer-options.js";
import { eventsOf, scalarsOf } from "../helpers/events.js";
import { FaultyFileSystem } from "../helpers/faulty-file-system.js";
import { scriptedClock, type ScriptedClock } from "../helpers/scripted-clock.js";
import { useTempDir } from "../helpers/temp-dir.js";

const tempDir = useTempDir("meters");

interface Bench {
  readonly writer: SummaryWriter;
  readonly memory: MemorySink;
  readonly stopwatch: ScriptedClock;
  /** Step and value of each point of `m`. */
  points(): (readonly [number, number])[];
}

function bench(options: SummaryWriterOptions = {}): Bench {
  const memory = new MemorySink();
  const stopwatch = scriptedClock(5);
  const writer = new SummaryWriter(memory, { stopwatch, ...options });
  const points = () => memory.points("m").map(({ step, value }) => [Number(step), value] as const);
  return { writer, memory, stopwatch, points };
}

describe("a counter", () => {
  it("logs its total at each add, at the tag's next step or the one that is given", () => {
    const { writer, points } = bench();
    const counter = writer.counter("m");
    counter.add();
    counter.add(41);
    counter.add(0.5, 10);
    writer.counter("m").add(-2.5);
    expect(points()).toEqual([
      [0, 1],
      [1, 42],
      [10, 42.5],
      [11, 40],
    ]);
    expect([counter.total, counter.tag]).toEqual([40, "m"]);
  });

  it("goes on where sampling keeps nothing", () => {
    const { writer, points } = bench({ sampling: { everySteps: 100 } });
    const counter = writer.counter("m");
    for (let i = 0; i < 250; i++) counter.add(2);
    expect(points()).toEqual([
      [0, 2],
      [100, 202],
      [200, 402],
    ]);
    expect(counter.total).toBe(500);
  });

  it("counts what could not be written, and not what was refused", () => {
    const disk = new FaultyFileSystem();
    const writer = new SummaryWriter(tempDir(), { fileSystem: disk, clock: () => 1.7e12 });
    const counter = writer.counter("m");
    disk.failing.set("openSync", "EMFILE");
    expect(() => counter.add(5)).toThrow(WriteError);
    expect(() => counter.add(Number.NaN)).toThrow(ArgumentError);
    expect(() => counter.add(1, 0.5)).toThrow(ArgumentError);
    disk.failing.clear();
    counter.add(2);
    writer.closeSync();
    expect(scalarsOf(eventsOf(writer.path!))).toEqual([["m", 0, 7]]);
  });

  it("begins at 0 in each session, at the step behind the last one", () => {
    const dir = tempDir();
    for (let session = 0; session < 2; session++) {
      const writer = new SummaryWriter(dir);
      writer.counter("m").add(3);
      writer.counter("m").add(3);
      writer.closeSync();
      expect(scalarsOf(eventsOf(writer.path!))).toEqual([
        ["m", 2 * session, 3],
        ["m", 2 * session + 1, 6],
      ]);
    }
  });
});

describe("a rate", () => {
  it("is the mean per second of each interval, logged at the first call behind it", () => {
    const { writer, stopwatch, points } = bench();
    const rate = writer.rate("m");
    for (let i = 0; i < 25; i++) {
      rate.add();
      stopwatch.advance(100);
    }
    // Ten calls a second; the third interval is not over.
    expect(points()).toEqual([
      [0, 10],
      [1, 10],
    ]);
  });

  it("counts what it is told, over the time there was, a pause included", () => {
    const { writer, stopwatch, points } = bench();
    const rate = writer.rate("m", { everyMs: 200 });
    rate.add(3);
    stopwatch.advance(199);
    rate.add(4);
    stopwatch.advance(301);
    rate.add(100);
    stopwatch.advance(50_000);
    rate.add();
    expect(points()).toEqual([
      [0, 14],
      [1, 2],
    ]);
    expect(writer.rate("m", { everyMs: 1 })).toBe(rate);
  });

  it("logs an interval that is over at flush and sync, zero too, and leaves one that is not", async () => {
    const { writer, stopwatch, points } = bench();
    const rate = writer.rate("m");
    writer.flush();
    rate.add(6);
    stopwatch.advance(999);
    writer.flush();
    expect(points()).toEqual([]);
    stopwatch.advance(1);
    writer.flush();
    expect(points()).toEqual([[0, 6]]);
    stopwatch.advance(1000);
    await writer.sync();
    expect(points()).toEqual([
      [0, 6],
      [1, 0],
    ]);
  });

  it.each<[string, number, number, (readonly [number, number])[]]>([
    ["the only one, however short", 0, 10, [[0, 700]]],
    [
      "one from half its length on",
      1,
      500,
      [
        [0, 1],
        [1, 14],
      ],
    ],
    ["not a shorter one", 1, 499, [[0, 1]]],
  ])("logs the last interval at close: %s", (_, before, ms, expected) => {
    const { writer, stopwatch, points } = bench();
    const rate = writer.rate("m");
    if (before > 0) rate.add(before);
    if (before > 0) stopwatch.advance(1000);
    rate.add(7);
    stopwatch.advance(ms);
    writer.closeSync();
    writer.closeSync();
    expect(points()).toEqual(expected);
  });

  it("logs nothing at close when no time passed, or nothing came since", () => {
    const { writer, points } = bench();
    writer.rate("m").add();
    writer.closeSync();
    expect(points()).toEqual([]);
    const other = bench();
    other.writer.rate("m").add();
    other.stopwatch.advance(1000);
    other.writer.flush();
    other.stopwatch.advance(900);
    other.writer.closeSync();
    expect(other.points()).toEqual([[0, 1]]);
  });

  it("is logged before the files are closed when the program ends", () => {
    const stopwatch = scriptedClock();
    const writer = new SummaryWriter(tempDir(), { stopwatch, jsonLines: true });
    writer.addScalar("a", 1);
    writer.rate("m").add(3);
    stopwatch.advance(600);
    closeAllWriters();
    expect(scalarsOf(eventsOf(writer.path!))).toEqual([
      ["a", 0, 1],
      ["m", 0, 5],
    ]);
  });

  it("counts what came while nothing could be written, and goes on with the interval", () => {
    const disk = new FaultyFileSystem();
    const stopwatch = scriptedClock();
    const writer = new SummaryWriter(tempDir(), { fileSystem: disk, clock: () => 1.7e12, stopwatch });
    const rate = writer.rate("m");
    rate.add(2);
    disk.failing.set("openSync", "EMFILE");
    stopwatch.advance(1000);
    expect(() => rate.add(4)).toThrow(WriteError);
    disk.failing.clear();
    stopwatch.advance(1000);
    rate.add(100);
    writer.closeSync();
    expect(scalarsOf(eventsOf(writer.path!))).toEqual([["m", 0, 3]]);
  });

  it("of a closed writer says so, and troubles no end of the program", async () => {
    const { writer, stopwatch, memory } = bench();
    const rate = writer.rate("m");
    await writer.close();
    expect(memory.closed).toBe(true);
    writer.rate("other").add();
    rate.add();
    stopwatch.advance(1000);
    expect(() => rate.add()).toThrow(ClosedError);
    expect(() => closeAllWriters()).not.toThrow();
  });
});

describe("a timer", () => {
  it("logs the seconds between start and stop, several at once, each once", () => {
    const { writer, stopwatch, points } = bench();
    const timer = writer.timer("m");
    const first = timer.start();
    stopwatch.advance(1500);
    const second = timer.start();
    stopwatch.advance(250);
    expect(second(7)).toBe(0.25);
    expect(first()).toBe(1.75);
    stopwatch.advance(1000);
    expect([first(), second(9)]).toEqual([1.75, 0.25]);
    expect(points()).toEqual([
      [7, 0.25],
      [8, 1.75],
    ]);
  });

  it("times a function and gives what it gave", () => {
    const { writer, stopwatch, points } = bench();
    const result = writer.timer("m").time(() => {
      stopwatch.advance(2);
      return "done";
    }, 5);
    expect(result).toBe("done");
    expect(points()).toEqual([[5, 0.002]]);
  });

  it("times a promise until it is settled", async () => {
    const { writer, stopwatch, points } = bench();
    const gate = withResolvers<string>();
    const result = writer.timer("m").time(() => gate.promise);
    stopwatch.advance(30_000);
    expect(points()).toEqual([]);
    gate.resolve("done");
    expect(await result).toBe("done");
    expect(points()).toEqual([[0, 30]]);
  });

  it("logs the time of what throws or rejects too, and throws that on", async () => {
    const { writer, stopwatch, points } = bench();
    const timer = writer.timer("m");
    const fail = (ms: number): never => {
      stopwatch.advance(ms);
      throw new Error("its own");
    };
    expect(() => timer.time(() => fail(1000))).toThrow("its own");
    await expect(timer.time(async () => fail(2000))).rejects.toThrow("its own");
    expect(points()).toEqual([
      [0, 1],
      [1, 2],
    ]);
  });

  it("tells of a file that cannot be written, unless the function has an error of its own", async () => {
    const disk = new FaultyFileSystem();
    disk.failing.set("openSync", "EMFILE");
    const timer = new SummaryWriter(tempDir(), { fileSystem: disk }).timer("m");
    const fail = (): never => {
      throw new Error("its own");
    };
    expect(() => timer.time(() => 1)).toThrow(WriteError);
    await expect(timer.time(async () => 1)).rejects.toThrow(WriteError);
    expect(() => timer.time(fail)).toThrow("its own");
    await expect(timer.time(async () => fail())).rejects.toThrow("its own");
  });

  it("does not call the function when the step is none", () => {
    const fn = vi.fn<() => void>();
    expect(() => bench().writer.timer("m").time(fn, 0.5)).toThrow("Expected `step`");
    expect(fn).not.toHaveBeenCalled();
  });

  it("goes by the clock of the machine unless it is given one", () => {
    const memory = new MemorySink();
    const writer = new SummaryWriter(memory);
    const before = performance.now();
    const stop = writer.timer("m").start();
    const seconds = stop();
    expect(seconds).toBeGreaterThanOrEqual(0);
    expect(seconds * 1000).toBeLessThanOrEqual(performance.now() - before);
  });
});

function withResolvers<T>(): { promise: Promise<T>; resolve: (value: T) => void } {
  let resolve: (value: T) => void = () => {};
  const promise = new Promise<T>((done) => (resolve = done));
  return { promise, resolve };
}
