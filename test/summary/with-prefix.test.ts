// Writers with a prefix: the same run under longer tags.
import { describe, expect, it } from "vitest";
import { ClosedError } from "../../src/errors.js";
import { MemorySink } from "../../src/events/memory-sink.js";
import { SummaryWriter } from "../../src/summary/summary-writer.js";
import { eventsOf, filesIn, scalarsOf } from "../helpers/events.js";
import { useTempDir } from "../helpers/temp-dir.js";

const tempDir = useTempDir("prefix");

describe("withPrefix", () => {
  it("puts the prefix before the tags of every call, and prefixes add up", () => {
    const memory = new MemorySink();
    const train = new SummaryWriter(memory).withPrefix("train/");
    train.addScalar("a", 1, 1);
    train.addStep(2, { a: 1, b: 2 });
    const deep = train.withPrefix("deep ").withPrefix("");
    deep.scalar("c").add(1, 3);
    deep.scalars(["a", "c"]).add(4, [1, 2]);
    deep.addStep(5, { a: 1, b: 2 });
    train.counter("n").add(1, 6);
    train.timer("t").start()(7);
    expect(memory.events.map(({ step, summary }) => [step, ...summary!.map(({ tag }) => tag)])).toEqual([
      ...[
        [1, "train/a"],
        [2, "train/a", "train/b"],
        [3, "train/deep c"],
        [4, "train/deep a", "train/deep c"],
      ],
      ...[
        [5, "train/deep a", "train/deep b"],
        [6, "train/n"],
        [7, "train/t"],
      ],
    ]);
    expect([deep.scalar("c").tag, deep.scalars(["a"]).tags]).toEqual(["train/deep c", ["train/deep a"]]);
    expect([deep.counter("n").tag, deep.rate("r").tag, deep.timer("t").tag]).toEqual([
      ...["train/deep n", "train/deep r", "train/deep t"],
    ]);
    deep.closeSync();
  });

  it("shares steps, counters and the descriptions of tags with the writer it came from", () => {
    const memory = new MemorySink();
    const writer = new SummaryWriter(memory);
    const train = writer.withPrefix("train/");
    const again = writer.withPrefix("tr").withPrefix("ain/");
    writer.addScalar("train/a", 1, 5);
    train.addScalar("a", 1);
    again.addScalar("a", 1);
    writer.addScalar("train/a", 1);
    expect(memory.points("train/a").map(({ step }) => step)).toEqual([5, 6, 7, 8]);
    expect(train.scalar("a")).toBe(writer.scalar("train/a"));
    for (const each of [writer.counter("train/n"), train.counter("n"), again.counter("n")]) each.add();
    expect(memory.points("train/n").map(({ value }) => value)).toEqual([1, 2, 3]);
    expect(
      memory.events.flatMap(({ summary = [] }) => summary.filter(({ metadata }) => metadata)),
    ).toHaveLength(2);
  });

  it("is the same run: one file, closed by any of them", () => {
    const dir = tempDir();
    const writer = new SummaryWriter(dir);
    const train = writer.withPrefix("train/");
    train.addScalar("a", 1, 1);
    writer.addScalar("a", 2, 2);
    expect([train.logdir, train.path, train.dropped]).toEqual([dir, writer.path, 0]);
    train.flush();
    expect(filesIn(dir)).toHaveLength(1);
    train.closeSync();
    expect(scalarsOf(eventsOf(writer.path!))).toEqual([
      ["train/a", 1, 1],
      ["a", 2, 2],
    ]);
    expect(() => writer.addScalar("a", 3, 3)).toThrow(ClosedError);
    writer.closeSync();
  });
});
