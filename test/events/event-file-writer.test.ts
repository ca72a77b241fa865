// The writer's file: when it is made, what is in it, when bytes are handed over, what a session adds.
import { lossOf } from "../helpers/channels.js";
import { appendFileSync, readFileSync, writeFileSync } from "node:fs";
import { join, relative } from "node:path";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { ArgumentError, ClosedError } from "../../src/errors.js";
import { EventFileWriter } from "../../src/events/event-file-writer.js";
import type { EventFileWriterOptions } from "../../src/events/session.js";
import { version } from "../../src/version.js";
import { bytes, concat, frame, hex } from "../helpers/bytes.js";
import { eventFilesIn, eventsOf, filesIn, readEventFile, scalarsOf } from "../helpers/events.js";
import { FaultyFileSystem } from "../helpers/faulty-file-system.js";
import { scriptedClock, type ScriptedClock } from "../helpers/scripted-clock.js";
import { useTempDir } from "../helpers/temp-dir.js";

const tempDir = useTempDir("writer");
const KIB_128 = 131_072;

let dir: string;
let clock: ScriptedClock;
let fileSystem: FaultyFileSystem;
const open: EventFileWriter[] = [];

beforeEach(() => {
  dir = tempDir();
  clock = scriptedClock();
  fileSystem = new FaultyFileSystem();
});
afterEach(() => {
  vi.useRealTimers();
  for (const writer of open.splice(0)) writer.closeSync();
});

function newWriter(options: EventFileWriterOptions = {}): EventFileWriter {
  const writer = new EventFileWriter(dir, { clock, fileSystem, hostname: "box", pid: 7, ...options });
  open.push(writer);
  return writer;
}

/** How many events are with the operating system. */
function handedOver(writer: EventFileWriter): number {
  return writer.path === undefined ? 0 : readEventFile(writer.path).events.length - 1;
}

describe("the file", () => {
  it("is made at the first event and not before; its directory is made at once and left clean", () => {
    dir = join(dir, "a", "b");
    const writer = newWriter();
    expect([writer.dir, writer.path, filesIn(dir)]).toEqual([dir, undefined, []]);
    writer.flush();
    expect(filesIn(dir)).toEqual([]);
    writer.write({ step: 1 });
    expect(filesIn(dir)).toEqual(["events.out.tfevents.1700000000.000000.box.7"]);
    expect(writer.path).toBe(join(dir, "events.out.tfevents.1700000000.000000.box.7"));
  });

  it("is never made by a session without events", () => {
    const writer = newWriter({ purgeStep: 5 });
    writer.closeSync();
    expect(filesIn(dir)).toEqual([]);
  });

  it("begins with its version and its writer, stamped with the time of the first event", () => {
    const writer = newWriter();
    clock.advance(2500);
    writer.write({ step: 1 });
    expect(readEventFile(writer.path!).events).toStrictEqual([
      {
        wallTime: 1_700_000_002.5,
        step: 0,
        fileVersion: "brain.Event:2",
        sourceMetadata: { writer: `tensorboard-node-logger ${version}` },
      },
      { wallTime: 1_700_000_002.5, step: 1 },
    ]);
  });

  it("has the machine's name, the process's number and the suffix in its name", () => {
    const writer = new EventFileWriter(dir, { filenameSuffix: "train", fileSystem });
    open.push(writer);
    const before = Math.floor(Date.now() / 1000);
    writer.write({});
    const [name] = filesIn(dir);
    const match = /^events\.out\.tfevents\.(\d{10})\.000000\.([\w.-]+)\.(\d+)\.train$/.exec(name!);
    expect(Number(match![1])).toBeGreaterThanOrEqual(before);
    expect(Number(match![1])).toBeLessThanOrEqual(Date.now() / 1000);
    expect(match![2]).not.toBe("");
    expect(Number(match![3])).toBe(process.pid);
  });

  it("has every event in order, byte for byte: 20,000 of them, one longer than the buffer", () => {
    const writer = newWriter();
    const expected: [string, number, number][] = [];
    for (let step = 0; step < 20_000; step++) {
      lossOf(writer).writeOne(step, step / 4);
      expected.push(["loss", step, step / 4]);
      clock.advance(step % 7);
      if (step === 9_000) {
        writer.write({ step, graphDef: new Uint8Array(300_000).fill(9) });
        writer.scalars([{ tag: "a" }, { tag: "b" }]).write(step, [1, 2, 3], 1);
        expected.push(["a", step, 2], ["b", step, 3]);
      }
    }
    writer.closeSync();
    expect(scalarsOf(eventsOf(writer.path!))).toEqual(expected);
  });

  it("has the wall time it is given, else the clock's in seconds", () => {
    const writer = newWriter();
    lossOf(writer).writeOne(1, 0.5, 12.25);
    lossOf(writer).write(2, [0.5], 0, -3);
    writer.write({ step: 3, wallTime: 1e9 });
    clock.advance(1);
    lossOf(writer).writeOne(4, 0.5);
    lossOf(writer).write(5, [0.5]);
    writer.write({ step: 6n });
    writer.closeSync();
    expect(eventsOf(writer.path!).map(({ step, wallTime }) => [step, wallTime])).toEqual([
      [1, 12.25],
      [2, -3],
      [3, 1e9],
      [4, 1_700_000_000.001],
      [5, 1_700_000_000.001],
      [6, 1_700_000_000.001],
    ]);
  });

  it.each([Number.NaN, Infinity, -Infinity])(
    "never has the wall time %d, which ends a file for one loader",
    (wallTime) => {
      const writer = newWriter();
      expect(() => writer.write({ step: 1, wallTime })).toThrow(ArgumentError);
      expect(() => lossOf(writer).writeOne(1, 0.5, wallTime)).toThrow(ArgumentError);
      expect(() => lossOf(writer).write(1, [0.5], 0, wallTime)).toThrow(
        `Expected \`wallTime\` to be a finite number of seconds, got ${wallTime} (number)`,
      );
      writer.write({ step: 2 });
      writer.closeSync();
      expect(eventsOf(writer.path!).map(({ step }) => step)).toEqual([2]);
    },
  );
});

describe("bytes are handed to the operating system", () => {
  it("at the first event at once", () => {
    const writer = newWriter();
    lossOf(writer).writeOne(0, 1);
    expect(handedOver(writer)).toBe(1);
    expect(writer.pendingBytes).toBe(0);
  });

  it("once 200 ms have passed, not before, by the event that comes then", () => {
    const writer = newWriter();
    lossOf(writer).writeOne(0, 1);
    lossOf(writer).writeOne(1, 1);
    clock.advance(199);
    lossOf(writer).writeOne(2, 1);
    expect(handedOver(writer)).toBe(1);
    expect(writer.pendingBytes).toBeGreaterThan(0);
    clock.advance(1);
    lossOf(writer).writeOne(3, 1);
    expect(handedOver(writer)).toBe(4);
    expect(writer.pendingBytes).toBe(0);
    // The 200 ms begin anew.
    clock.advance(199);
    lossOf(writer).writeOne(4, 1);
    expect(handedOver(writer)).toBe(4);
  });

  it("once 128 KiB are full, in one call", () => {
    const writer = newWriter();
    lossOf(writer).writeOne(1, 1);
    const calls = fileSystem.count("writeSync");
    let step = 1;
    while (fileSystem.count("writeSync") === calls) {
      expect(writer.pendingBytes).toBeLessThan(KIB_128);
      lossOf(writer).writeOne(++step, 1);
    }
    expect(fileSystem.written.at(-1)).toBeGreaterThanOrEqual(KIB_128);
    expect(fileSystem.written.at(-1)).toBeLessThan(KIB_128 + 100);
    expect(writer.pendingBytes).toBe(0);
    expect(handedOver(writer)).toBe(step);
  });

  it("when the clock went back, once, instead of waiting until it is where it was", () => {
    const writer = newWriter();
    lossOf(writer).writeOne(0, 1);
    clock.advance(-3_600_000);
    lossOf(writer).writeOne(1, 1);
    expect(handedOver(writer)).toBe(2);
    lossOf(writer).writeOne(2, 1);
    expect(handedOver(writer)).toBe(2);
    clock.advance(200);
    lossOf(writer).writeOne(3, 1);
    expect(handedOver(writer)).toBe(4);
  });

  it("by flush, at once, and only if there are any", () => {
    const writer = newWriter();
    lossOf(writer).writeOne(0, 1);
    lossOf(writer).writeOne(1, 1);
    writer.flush();
    expect(handedOver(writer)).toBe(2);
    const calls = fileSystem.count("writeSync");
    writer.flush();
    expect(fileSystem.count("writeSync")).toBe(calls);
    // A flush is a write: the next event waits its 200 ms.
    clock.advance(199);
    lossOf(writer).writeOne(2, 1);
    expect(handedOver(writer)).toBe(2);
  });

  it("by a timer after 200 ms when no event comes", () => {
    vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
    const writer = newWriter();
    lossOf(writer).writeOne(0, 1);
    expect(vi.getTimerCount()).toBe(0);
    lossOf(writer).writeOne(1, 1);
    lossOf(writer).writeOne(2, 1);
    expect(vi.getTimerCount()).toBe(1);
    vi.advanceTimersByTime(199);
    expect(handedOver(writer)).toBe(1);
    vi.advanceTimersByTime(1);
    expect(handedOver(writer)).toBe(3);
    expect(vi.getTimerCount()).toBe(0);
    lossOf(writer).writeOne(3, 1);
    vi.advanceTimersByTime(200);
    expect(handedOver(writer)).toBe(4);
  });

  it("by close, which leaves no timer", async () => {
    vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
    const writer = newWriter();
    lossOf(writer).writeOne(0, 1);
    lossOf(writer).writeOne(1, 1);
    const closing = writer.close();
    // The work is done already, for a caller that does not wait.
    expect(handedOver(writer)).toBe(2);
    expect(vi.getTimerCount()).toBe(0);
    expect(writer.closed).toBe(true);
    await closing;
  });

  it("reads the clock once an event", () => {
    const writer = newWriter();
    lossOf(writer).writeOne(0, 1);
    const before = clock.reads;
    for (let step = 1; step <= 1000; step++) lossOf(writer).writeOne(step, 1);
    expect(clock.reads - before).toBe(1000);
  });
});

describe("purgeStep", () => {
  it("begins the file with two STARTs at that step", () => {
    const writer = newWriter({ purgeStep: 300 });
    writer.write({ step: 300 });
    writer.closeSync();
    // wall_time 1700000000.0, step 300, session_log { status: START }
    const start = frame(bytes("09 00000040 fc54d941 10 ac02 3a 02 08 01"));
    const event = frame(bytes("09 00000040 fc54d941 10 ac02"));
    const content = readFileSync(writer.path!);
    const versionBytes = content.length - 2 * start.length - event.length;
    expect(hex(content.subarray(versionBytes))).toBe(hex(concat(start, start, event)));
    expect(eventsOf(writer.path!)).toHaveLength(3);
  });

  it.each([0, -4, Number.MAX_SAFE_INTEGER])("may be %d", (purgeStep) => {
    const writer = newWriter({ purgeStep });
    writer.write({ step: purgeStep });
    writer.closeSync();
    const start = { wallTime: 1.7e9, step: purgeStep, sessionLog: { status: 1 } };
    expect(eventsOf(writer.path!)).toStrictEqual([start, start, { wallTime: 1.7e9, step: purgeStep }]);
  });

  it("is not there unless it is given", () => {
    const writer = newWriter();
    writer.write({ step: 5 });
    writer.closeSync();
    expect(eventsOf(writer.path!).some(({ sessionLog }) => sessionLog !== undefined)).toBe(false);
  });

  it.each([1.5, Number.NaN, Infinity, 2 ** 53, "3" as unknown as number, null as unknown as number])(
    "must be a safe integer, not %s",
    (purgeStep) => {
      const shown =
        typeof purgeStep === "string"
          ? '"3" (string)'
          : purgeStep === null
            ? "null"
            : `${purgeStep} (number)`;
      expect(() => newWriter({ purgeStep })).toThrow(
        new ArgumentError("purgeStep", "a safe integer", purgeStep),
      );
      expect(() => newWriter({ purgeStep })).toThrow(
        `Expected \`purgeStep\` to be a safe integer, got ${shown}`,
      );
      // Nothing was held or made.
      newWriter();
    },
  );
});

describe("sessions", () => {
  it("write a new file each, in order, in one second and after the clock went back; old ones stay as they are", () => {
    writeFileSync(join(dir, "events.out.tfevents.1700000000.box"), "tensorboardX");
    appendFileSync(join(dir, "notes.txt"), "zzz");
    const paths: string[] = [];
    const before = new Map<string, string>();
    for (const ms of [0, 0, 0, 1000, -5_000_000, 0, 7_000_000]) {
      clock.advance(ms);
      const writer = newWriter({ fold: false });
      writer.write({ step: paths.length });
      writer.closeSync();
      paths.push(writer.path!);
      for (const [path, content] of before) expect(hex(readFileSync(path))).toBe(content);
      before.set(writer.path!, hex(readFileSync(writer.path!)));
    }
    expect(eventFilesIn(dir).slice(1)).toEqual(paths);
    expect(paths.map((path) => eventsOf(path)[0]!.step)).toEqual([0, 1, 2, 3, 4, 5, 6]);
  });

  it("take the next name when another process took theirs between the look and the open", () => {
    const taken = join(dir, "events.out.tfevents.1700000000.000000.box.7");
    class Late extends FaultyFileSystem {
      override readdirSync(path: string): string[] {
        const names = super.readdirSync(path);
        if (this.count("readdirSync") === 1) writeFileSync(taken, "theirs");
        return names;
      }
    }
    const writer = newWriter({ fileSystem: new Late() });
    writer.write({ step: 1 });
    writer.closeSync();
    expect(readFileSync(taken, "utf8")).toBe("theirs");
    expect(relative(dir, writer.path!)).toBe("events.out.tfevents.1700000000.000001.box.7");
  });
});

describe("a closed writer", () => {
  it("refuses events, flushes nothing, and may be closed again", async () => {
    const writer = newWriter();
    writer.write({ step: 1 });
    writer.closeSync();
    writer.closeSync();
    await writer.close();
    writer.flush();
    await writer.sync();
    expect(() => writer.write({ step: 2 })).toThrow(ClosedError);
    expect(() => lossOf(writer).writeOne(2, 0)).toThrow(`The event file of ${dir} is closed`);
    expect(() => lossOf(writer).write(2, [0])).toThrow(ClosedError);
    expect(eventsOf(writer.path!)).toHaveLength(1);
  });

  it("is what `using` and `await using` leave", async () => {
    let kept: EventFileWriter;
    {
      using writer = newWriter();
      lossOf(writer).writeOne(1, 1);
      lossOf(writer).writeOne(2, 1);
      kept = writer;
    }
    expect([kept.closed, handedOver(kept)]).toEqual([true, 2]);
    {
      await using writer = newWriter();
      lossOf(writer).writeOne(3, 1);
      kept = writer;
    }
    expect([kept.closed, handedOver(kept)]).toEqual([true, 1]);
  });
});
