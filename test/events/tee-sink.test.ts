// Several sinks as one: all get everything, also when one of them fails.
import { describe, expect, it } from "vitest";
import { ArgumentError, WriteError } from "../../src/errors.js";
import { EventFileWriter } from "../../src/events/event-file-writer.js";
import type { EventSink } from "../../src/events/event-sink.js";
import { MemorySink } from "../../src/events/memory-sink.js";
import { TeeSink } from "../../src/events/tee-sink.js";
import { errorOf } from "../helpers/errors.js";
import { eventsOf } from "../helpers/events.js";
import { FaultyFileSystem } from "../helpers/faulty-file-system.js";
import { scriptedClock } from "../helpers/scripted-clock.js";
import { useTempDir } from "../helpers/temp-dir.js";

const tempDir = useTempDir("tee-sink");

/** A sink of which every call throws, with an error that names it. */
function failing(name: string): EventSink {
  const fail = (): never => {
    throw new Error(name);
  };
  const scalars = () => ({ write: fail, writeOne: fail });
  return {
    write: fail,
    scalars,
    flush: fail,
    sync: async () => fail(),
    close: async () => fail(),
    closeSync: fail,
  };
}

describe("TeeSink", () => {
  it("gives each sink every event, with one wall time", () => {
    const clock = scriptedClock(1.7e12);
    let ms = 1.6e12;
    // Each would read another time.
    const sinks = [0, 1].map(() => new MemorySink({ clock: () => (ms += 1000) }));
    const tee = new TeeSink(sinks, { clock });
    const one = tee.scalars([{ tag: "a" }]);
    const two = tee.scalars([{ tag: "a" }, { tag: "b" }]);
    one.writeOne(1, 0.1);
    clock.advance(500);
    two.write(2, [9, 1, 2], 1);
    two.write(3, [3, 4], 0, 5);
    one.writeOne(4, 0.2, 6);
    expect(tee.write({ step: 5 })).toBe(true);
    tee.write({ step: 6, wallTime: 7 });
    const [first, second] = sinks.map(({ events }) => events);
    expect(first).toEqual([
      { step: 1, wallTime: 1.7e9, summary: [{ tag: "a", simpleValue: 0.1 }] },
      {
        step: 2,
        wallTime: 1.7e9 + 0.5,
        summary: [
          { tag: "a", simpleValue: 1 },
          { tag: "b", simpleValue: 2 },
        ],
      },
      {
        step: 3,
        wallTime: 5,
        summary: [
          { tag: "a", simpleValue: 3 },
          { tag: "b", simpleValue: 4 },
        ],
      },
      { step: 4, wallTime: 6, summary: [{ tag: "a", simpleValue: 0.2 }] },
      { step: 5, wallTime: 1.7e9 + 0.5 },
      { step: 6, wallTime: 7 },
    ]);
    expect(second).toEqual(first);
  });

  it.each([
    ["first", (good: EventSink, bad: EventSink) => [bad, good]],
    ["last", (good: EventSink, bad: EventSink) => [good, bad]],
  ])("gives the others what one of them refuses, and throws its error: the %s", async (_, order) => {
    const memory = new MemorySink();
    const tee = new TeeSink(order(memory, failing("bad")));
    const channel = tee.scalars([{ tag: "a" }]);
    expect(() => channel.writeOne(1, 1)).toThrow("bad");
    expect(() => channel.write(2, [2])).toThrow("bad");
    expect(() => tee.write({ step: 3 })).toThrow("bad");
    expect(() => tee.flush()).toThrow("bad");
    await expect(tee.sync()).rejects.toThrow("bad");
    expect(memory.events.map(({ step }) => step)).toEqual([1, 2, 3]);
    expect(memory.closed).toBe(false);
    expect(() => tee.closeSync()).toThrow("bad");
    expect(memory.closed).toBe(true);
  });

  it("throws the first of several errors", async () => {
    const tee = new TeeSink([failing("one"), failing("two")]);
    expect(() => tee.flush()).toThrow("one");
    await expect(tee.sync()).rejects.toThrow("one");
    await expect(tee.close()).rejects.toThrow("one");
  });

  it("says that an event was dropped if one of them dropped it", () => {
    const dropping: EventSink = { ...failing(""), write: () => false };
    expect(new TeeSink([dropping, new MemorySink()]).write({})).toBe(false);
    expect(new TeeSink([new MemorySink(), dropping]).write({})).toBe(false);
  });

  it("keeps an event file right beside a sink that is closed or refuses, and the other way round", async () => {
    const disk = new FaultyFileSystem();
    const clock = scriptedClock();
    const memory = new MemorySink();
    const file = new EventFileWriter(tempDir(), { fileSystem: disk, clock });
    const tee = new TeeSink([file, memory], { clock });
    const channel = tee.scalars([{ tag: "a" }]);
    channel.writeOne(1, 1);
    disk.free = 0;
    clock.advance(200);
    channel.writeOne(2, 2);
    expect(errorOf(WriteError, () => channel.writeOne(3, 3)).errno).toBe("ENOSPC");
    disk.free = Infinity;
    expect(errorOf(ArgumentError, () => channel.writeOne(4, 4, Infinity)).argument).toBe("wallTime");
    await tee.sync();
    memory.closeSync();
    expect(() => channel.writeOne(5, 5)).toThrow("The sink in memory is closed");
    tee.closeSync();
    expect(memory.points("a").map(({ step }) => step)).toEqual([1, 2, 3]);
    expect(eventsOf(file.path!).map(({ step }) => step)).toEqual([1, 2, 5]);
  });
});
