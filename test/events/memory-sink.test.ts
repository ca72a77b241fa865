// The sink in memory has what an event file would have.
import { describe, expect, it } from "vitest";
import { ArgumentError, ClosedError } from "../../src/errors.js";
import { EventFileWriter } from "../../src/events/event-file-writer.js";
import type { EventSink } from "../../src/events/event-sink.js";
import { MemorySink } from "../../src/events/memory-sink.js";
import { errorOf } from "../helpers/errors.js";
import { eventsOf } from "../helpers/events.js";
import { useTempDir } from "../helpers/temp-dir.js";

const tempDir = useTempDir("memory-sink");
const clock = () => 1.7e12;
const metadata = { pluginName: "scalars", dataClass: 1 };

/** Numbers that float32 holds, so that the file has them too. */
function log(sink: EventSink): void {
  const loss = sink.scalars([{ tag: "loss", metadata }]);
  const both = sink.scalars([
    { tag: "loss", metadata },
    { tag: "acc", metadata },
  ]);
  loss.writeOne(1, 0.5);
  loss.writeOne(2, 0.25, 12.5);
  loss.write(3, [7, 0.125], 1);
  both.write(4, Float64Array.of(9, -1, -2), 1, 13);
  both.write(5, [-3, Number.NaN]);
  sink.write({ step: 6n, wallTime: 14, logMessage: { level: 20, message: "hello" } });
  sink.write({ summary: [{ tag: "loss", simpleValue: Infinity }] });
}

describe("MemorySink", () => {
  it("has the events that an event file has", () => {
    const memory = new MemorySink({ clock });
    log(memory);
    const file = new EventFileWriter(tempDir(), { clock });
    log(file);
    file.closeSync();
    const events = memory.events.map(({ step, ...event }) => ({ ...event, step: Number(step) }));
    expect(events).toStrictEqual(eventsOf(file.path!));
    expect(events).toHaveLength(7);
  });

  it("gives the points of a tag as they were given", () => {
    const memory = new MemorySink({ clock });
    log(memory);
    const channel = memory.scalars([{ tag: "a" }]);
    const values = Float64Array.of(0.1);
    channel.write(1, values);
    values[0] = 0.2;
    channel.write(2, values, 0, 3);
    expect(memory.points("a")).toStrictEqual([
      { step: 1, value: 0.1, wallTime: 1.7e9 },
      { step: 2, value: 0.2, wallTime: 3 },
    ]);
    expect(memory.points("loss").map(({ value }) => value)).toEqual([0.5, 0.25, 0.125, -1, -3, Infinity]);
    expect(memory.points("none")).toEqual([]);
  });

  it("takes the time of now unless it is given a clock", () => {
    const before = Date.now() / 1000;
    const memory = new MemorySink();
    memory.write({});
    const { wallTime } = memory.events[0]!;
    expect(wallTime).toBeGreaterThanOrEqual(before);
    expect(wallTime).toBeLessThanOrEqual(Date.now() / 1000);
  });

  it("refuses a wall time that is not finite, and everything once it is closed", async () => {
    const memory = new MemorySink({ clock });
    const channel = memory.scalars([{ tag: "a" }]);
    expect(errorOf(ArgumentError, () => channel.writeOne(1, 1, Number.NaN)).message).toBe(
      "Expected `wallTime` to be a finite number of seconds, got NaN (number)",
    );
    channel.writeOne(1, 1);
    memory.flush();
    await memory.sync();
    expect(memory.closed).toBe(false);
    await memory.close();
    memory.closeSync();
    expect(memory.closed).toBe(true);
    expect(() => memory.write({ step: 2 })).toThrow(ClosedError);
    expect(() => channel.writeOne(2, 2)).toThrow("The sink in memory is closed");
    expect(memory.points("a").map(({ step }) => step)).toEqual([1]);
  });
});
