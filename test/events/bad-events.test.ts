// Events that no file can hold: every sink refuses them, and is as good as before.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { ArgumentError } from "../../src/errors.js";
import { BoundedEventWriter } from "../../src/events/bounded-event-writer.js";
import { EventFileWriter } from "../../src/events/event-file-writer.js";
import type { EventInit, EventSink } from "../../src/events/event-sink.js";
import { JsonLinesSink } from "../../src/events/json-lines-sink.js";
import { MemorySink } from "../../src/events/memory-sink.js";
import { TeeSink } from "../../src/events/tee-sink.js";
import { errorOf } from "../helpers/errors.js";
import { eventsOf } from "../helpers/events.js";
import { useTempDir } from "../helpers/temp-dir.js";

const tempDir = useTempDir("bad-events");

/** Each kind of sink, and the steps that are in it at the end. */
const sinks: [string, () => { sink: EventSink; steps: () => number[] }][] = [
  [
    "EventFileWriter",
    () => {
      const sink = new EventFileWriter(tempDir());
      return { sink, steps: () => eventsOf(sink.path!).map(({ step }) => Number(step)) };
    },
  ],
  [
    "BoundedEventWriter",
    () => {
      const sink = new BoundedEventWriter(tempDir());
      return { sink, steps: () => eventsOf(sink.recordPath!).map(({ step }) => Number(step)) };
    },
  ],
  [
    "JsonLinesSink",
    () => {
      const sink = new JsonLinesSink(join(tempDir(), "a.jsonl"));
      const lines = () => readFileSync(sink.path!, "utf8").trimEnd().split("\n");
      return { sink, steps: () => lines().map((line) => (JSON.parse(line) as { step: number }).step) };
    },
  ],
  [
    "MemorySink",
    () => {
      const sink = new MemorySink();
      return { sink, steps: () => sink.events.map(({ step }) => Number(step)) };
    },
  ],
  [
    "TeeSink",
    () => {
      const memory = new MemorySink();
      const file = new EventFileWriter(tempDir());
      const steps = (): number[] => {
        expect(eventsOf(file.path!).map(({ step }) => step)).toEqual(memory.events.map(({ step }) => step));
        return memory.events.map(({ step }) => Number(step));
      };
      return { sink: new TeeSink([memory, file]), steps };
    },
  ],
];

const text = { tag: "t", tensor: { dtype: 7, shape: [], stringVal: [] } };
const bad: [EventInit, string, string][] = [
  [{ step: 0.5, summary: [text] }, "step", "0.5 (number)"],
  [{ step: Number.NaN, summary: [text] }, "step", "NaN (number)"],
  [{ step: 2 ** 60, summary: [text] }, "step", "1152921504606847000 (number)"],
  [{ step: 2n ** 63n, summary: [text] }, "step", "9223372036854775808 (bigint)"],
  [{ step: 1, wallTime: Number.NaN, summary: [text] }, "wallTime", "NaN (number)"],
  [{ step: 1, wallTime: -Infinity, summary: [text] }, "wallTime", "-Infinity (number)"],
];

describe.each(sinks)("%s", (_, make) => {
  it("refuses what no file can hold with a typed error, and takes what comes then", () => {
    const { sink, steps } = make();
    for (const [i, [event, argument, got]] of bad.entries()) {
      const error = errorOf(ArgumentError, () => sink.write(event));
      expect(error.argument).toBe(argument);
      expect(error.message).toContain(`got ${got}`);
      sink.write({ step: i, summary: [text] });
    }
    sink.closeSync();
    expect(steps()).toEqual([0, 1, 2, 3, 4, 5]);
  });
});
