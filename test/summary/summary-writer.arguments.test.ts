// What a SummaryWriter refuses, and the one that writes nothing but refuses the same.
import { describe, expect, it } from "vitest";
import { ArgumentError } from "../../src/errors.js";
import { MemorySink } from "../../src/events/memory-sink.js";
import { SummaryWriter } from "../../src/summary/summary-writer.js";
import type { SummaryWriterOptions } from "../../src/summary/writer-options.js";
import { eventsOf, filesIn } from "../helpers/events.js";
import { useTempDir } from "../helpers/temp-dir.js";
import { errorOf } from "../helpers/errors.js";

const tempDir = useTempDir("arguments");

describe("wrong arguments", () => {
  const anything = (value: unknown) => value as never;
  const cases: [string, (writer: SummaryWriter) => void, string][] = [
    [
      "no tag",
      (w) => w.addScalar("", 1, 1),
      'Expected `tag` to be a string that is not empty, got "" (string)',
    ],
    [
      "a tag that is no string",
      (w) => w.addScalar(anything(3), 1, 1),
      "Expected `tag` to be a string that is not empty, got 3 (number)",
    ],
    [
      "a handle without a tag",
      (w) => w.scalar(anything(undefined)),
      "Expected `tag` to be a string that is not empty, got undefined",
    ],
    [
      "a value that is a string",
      (w) => w.addScalar("a", anything("1"), 1),
      'Expected `value` to be a number, got "1" (string)',
    ],
    [
      "a value that is a bigint",
      (w) => w.addScalar("a", anything(1n), 1),
      "Expected `value` to be a number, got 1 (bigint)",
    ],
    [
      "no value",
      (w) => w.addScalar("a", anything(undefined), 1),
      "Expected `value` to be a number, got undefined",
    ],
    [
      "a step that is not whole",
      (w) => w.addScalar("a", 1, 1.5),
      "Expected `step` to be a safe integer, got 1.5 (number)",
    ],
    [
      "a step that is no number",
      (w) => w.addScalar("a", 1, Number.NaN),
      "Expected `step` to be a safe integer, got NaN (number)",
    ],
    [
      "a step beyond 2^53",
      (w) => w.addScalar("a", 1, 2 ** 53),
      "Expected `step` to be a safe integer, got 9007199254740992 (number)",
    ],
    [
      "a step that is null",
      (w) => w.addScalar("a", 1, anything(null)),
      "Expected `step` to be a safe integer, got null",
    ],
    [
      "half a surrogate pair in a tag",
      (w) => w.addScalar("a\ud800", 1, 1),
      'Expected `tag` to be text without half a surrogate pair, got "a\\ud800" (string)',
    ],
    [
      "half a surrogate pair in a step's tag",
      (w) => w.addStep(1, { "\udc00b": 1 }),
      'Expected `tag` to be text without half a surrogate pair, got "\\udc00b" (string)',
    ],
    [
      "half a surrogate pair in a prefix",
      (w) => w.withPrefix("\ud800/"),
      'Expected `prefix` to be text without half a surrogate pair, got "\\ud800/" (string)',
    ],
    [
      "a prefix that is no string",
      (w) => w.withPrefix(anything(1)),
      "Expected `prefix` to be a string, got 1 (number)",
    ],
    [
      "no tag behind a prefix",
      (w) => w.withPrefix("train/").addScalar("", 1, 1),
      'Expected `tag` to be a string that is not empty, got "" (string)',
    ],
    [
      "half a surrogate pair in a display name",
      (w) => w.scalar("new", { displayName: "\ud800" }),
      'Expected `displayName` to be text without half a surrogate pair, got "\\ud800" (string)',
    ],
    [
      "a description that is no string",
      (w) => w.scalar("new", { description: anything(7) }),
      "Expected `description` to be a string, got 7 (number)",
    ],
    [
      "a count that is no number",
      (w) => w.counter("a").add(anything("1")),
      'Expected `n` to be a finite number, got "1" (string)',
    ],
    [
      "a count that is not finite",
      (w) => w.counter("a").add(Number.NaN),
      "Expected `n` to be a finite number, got NaN (number)",
    ],
    [
      "a counter's step",
      (w) => w.counter("a").add(1, 0.5),
      "Expected `step` to be a safe integer, got 0.5 (number)",
    ],
    [
      "a rate's count",
      (w) => w.rate("a").add(Infinity),
      "Expected `n` to be a finite number, got Infinity (number)",
    ],
    [
      "a timer's step",
      (w) => w.timer("a").start()(0.5),
      "Expected `step` to be a safe integer, got 0.5 (number)",
    ],
    [
      "the step of what is timed",
      (w) => w.timer("a").time(() => {}, 0.5),
      "Expected `step` to be a safe integer, got 0.5 (number)",
    ],
    [
      "an interval",
      (w) => w.rate("no rate", { everyMs: 0 }),
      "Expected `everyMs` to be a number of milliseconds above 0, got 0 (number)",
    ],
    [
      "a wall time that is not finite",
      (w) => w.addScalar("a", 1, 1, Number.NaN),
      "Expected `wallTime` to be a finite number of seconds, got NaN (number)",
    ],
    [
      "a wall time that is a Date",
      (w) => w.addScalar("a", 1, 1, anything(new Date())),
      "Expected `wallTime` to be a finite number of seconds, got an object (Date)",
    ],
    [
      "a step's value that is null",
      (w) => w.addStep(1, { a: 1, b: anything(null) }),
      'Expected `values["b"]` to be a number, got null',
    ],
    [
      "a step's step",
      (w) => w.addStep(0.5, { a: 1 }),
      "Expected `step` to be a safe integer, got 0.5 (number)",
    ],
    [
      "a step's tag",
      (w) => w.addStep(1, { "": 1 }),
      'Expected `tag` to be a string that is not empty, got "" (string)',
    ],
    [
      "a step's wall time",
      (w) => w.addStep(1, { a: 1 }, Infinity),
      "Expected `wallTime` to be a finite number of seconds, got Infinity (number)",
    ],
    ["no tags", (w) => w.scalars([]), "Expected `tags` to be a list of at least one tag, got an array"],
    [
      "a tag twice",
      (w) => w.scalars(["a", "b", "a"]),
      'Expected `tags` to be tags that differ, got "a, b, a" (string)',
    ],
    [
      "too few values",
      (w) => w.scalars(["a", "b"]).add(1, [1]),
      "Expected `values` to be 2 numbers, one a tag, got 1 values",
    ],
    [
      "too many values",
      (w) => w.scalars(["a"]).add(1, new Float64Array(2)),
      "Expected `values` to be 1 numbers, one a tag, got 2 values",
    ],
  ];

  it.each(cases)("are refused and write nothing: %s", (_, call, message) => {
    const writer = new SummaryWriter(tempDir());
    const error = errorOf(Error, () => call(writer));
    expect(error).toBeInstanceOf(ArgumentError);
    expect(error.message).toBe(message);
    expect(writer.path).toBeUndefined();
    // Also after a first value, when the fast path is taken.
    writer.addScalar("a", 1, 1);
    writer.addStep(1, { a: 1, b: 1 });
    expect(errorOf(Error, () => call(writer)).message).toBe(message);
    writer.closeSync();
    expect(eventsOf(writer.path!)).toHaveLength(2);
  });

  it.each(cases)("are refused by a writer that writes nothing: %s", (_, call, message) => {
    expect(errorOf(Error, () => call(SummaryWriter.noop())).message).toBe(message);
  });
});

describe("wrong options", () => {
  const cases: [string, SummaryWriterOptions, string][] = [
    ["a purgeStep", { purgeStep: 0.5 }, "Expected `purgeStep` to be a safe integer, got 0.5 (number)"],
    ["jsonLines", { jsonLines: "" }, 'Expected `jsonLines` to be true, false or a path, got "" (string)'],
    [
      "a file of JSON lines that TensorBoard would read",
      { jsonLines: "a.tfevents" },
      'Expected `path` to be the path of a file whose name does not contain tfevents, got "a.tfevents" (string)',
    ],
    [
      "sampling",
      { sampling: 10 as never },
      "Expected `sampling` to be a rule, or an object of rules by glob, got 10 (number)",
    ],
    ["metrics", { metrics: { "": {} } }, 'Expected `tag` to be a string that is not empty, got "" (string)'],
  ];

  it.each(cases)("are refused, and leave nothing behind: %s", (_, options, message) => {
    const dir = tempDir();
    expect(errorOf(ArgumentError, () => new SummaryWriter(dir, options)).message).toBe(message);
    expect(filesIn(dir)).toEqual([]);
    // The directory is free.
    new SummaryWriter(dir).closeSync();
  });

  it("are jsonLines beside a sink", () => {
    expect(
      errorOf(ArgumentError, () => new SummaryWriter(new MemorySink(), { jsonLines: true })).message,
    ).toBe("Expected `jsonLines` to be left out where a sink is given (use a `TeeSink`), got true (boolean)");
  });
});

describe("SummaryWriter.noop", () => {
  it("takes every call and touches no disk", async () => {
    const root = tempDir();
    const cwd = process.cwd();
    process.chdir(root);
    try {
      await using writer = SummaryWriter.noop();
      for (let step = 0; step < 3; step++) {
        writer.addScalar("a", 1, step);
        writer.addStep(step, { a: 1, b: 2 });
        writer.scalar("c").add(1, step);
        writer.scalars(["a", "c"]).add(step, [1, 2]);
        writer.addScalar("a", 1);
        writer.withPrefix("b/").counter("d").add();
        writer.rate("e").add();
        writer.timer("f").start()();
      }
      writer.flush();
      await writer.sync();
      await writer.close();
      writer.closeSync();
      expect([writer.logdir, writer.path, writer.dropped]).toEqual([undefined, undefined, 0]);
    } finally {
      process.chdir(cwd);
    }
    expect(filesIn(root)).toEqual([]);
  });
});
