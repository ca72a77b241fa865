// Metrics that are declared: what the writer takes and refuses at run time.
import { describe, expect, it } from "vitest";
import { ArgumentError, UnknownNameError } from "../../src/errors.js";
import { MemorySink } from "../../src/events/memory-sink.js";
import { defineMetrics } from "../../src/summary/metrics.js";
import { SummaryWriter } from "../../src/summary/summary-writer.js";
import { errorOf } from "../helpers/errors.js";

const metrics = defineMetrics({
  "train/loss": { displayName: "Loss", description: "of *training*", sampling: { everySteps: 2 } },
  "train/lr": {},
  requests: { description: "since the start" },
});

describe("a writer with metrics", () => {
  it("takes their tags, in every call", () => {
    const memory = new MemorySink();
    const writer = new SummaryWriter(memory, { metrics });
    writer.addScalar("train/loss", 1, 0);
    writer.addStep(1, { "train/lr": 1, requests: 2 });
    writer.scalar("train/lr").add(1, 2);
    writer.scalars(["requests"]).add(3, [1]);
    writer.withPrefix("train/").withPrefix("l").addScalar("r", 1, 4);
    writer.counter("requests").add(1, 5);
    writer.timer("train/lr").start()(6);
    expect(memory.events.map(({ step }) => step)).toEqual([0, 1, 2, 3, 4, 5, 6]);
  });

  const anyTag = (writer: SummaryWriter<"train/loss" | "train/lr" | "requests">) => writer as SummaryWriter;
  it.each<[string, (writer: SummaryWriter) => void, string]>([
    ["addScalar", (w) => w.addScalar("train/los", 1), "train/los"],
    ["addStep", (w) => w.addStep(1, { "train/lr": 1, "train/los": 2 }), "train/los"],
    ["scalar", (w) => w.scalar("train/los"), "train/los"],
    ["scalars", (w) => w.scalars(["train/lr", "train/los"]), "train/los"],
    ["counter", (w) => w.counter("train/los"), "train/los"],
    ["rate", (w) => w.rate("train/los"), "train/los"],
    ["timer", (w) => w.timer("train/los"), "train/los"],
    ["withPrefix", (w) => w.withPrefix("train/").addScalar("los", 1), "train/los"],
  ])("refuses another tag, and says which is near: %s", (_, call, tag) => {
    const memory = new MemorySink();
    const writer = new SummaryWriter(memory, { metrics });
    const error = errorOf(UnknownNameError, () => call(anyTag(writer)));
    expect(error.message).toBe(
      `Unknown tag "${tag}". Did you mean train/loss? Known: train/loss, train/lr, requests`,
    );
    expect(error).toMatchObject({ code: "UNKNOWN_NAME", kind: "tag", value: tag, suggestion: "train/loss" });
    expect(memory.events).toEqual([]);
    // Once more: a refused tag is not remembered as known.
    expect(() => call(anyTag(writer))).toThrow(UnknownNameError);
  });

  it.each(["toString", "__proto__", "constructor"])("knows no tag %s", (tag) => {
    const writer = new SummaryWriter(new MemorySink(), { metrics }) as SummaryWriter;
    expect(errorOf(UnknownNameError, () => writer.addScalar(tag, 1)).suggestion).toBeUndefined();
  });

  it("shows tags as they are declared, whatever logs them first; a handle's own description goes before", () => {
    const memory = new MemorySink();
    const writer = new SummaryWriter(memory, { metrics });
    writer.addStep(1, { "train/loss": 1, "train/lr": 1 });
    writer.scalar("requests", { displayName: "Requests" }).add(1, 1);
    const shown = memory.events.flatMap(({ summary = [] }) => summary.map(({ metadata }) => metadata));
    const plain = { pluginName: "scalars", dataClass: 1 };
    expect(shown).toEqual(
      expect.arrayContaining([
        { ...plain, displayName: "Loss", description: "of *training*" },
        plain,
        { ...plain, displayName: "Requests", description: "since the start" },
      ]),
    );
    expect(shown).toHaveLength(3);
  });

  it("samples a tag by its own rule before the writer's", () => {
    const memory = new MemorySink();
    const writer = new SummaryWriter(memory, { metrics, sampling: { "**": { everySteps: 3 } } });
    for (let step = 0; step < 4; step++) {
      writer.addScalar("train/loss", 1, step);
      writer.addScalar("train/lr", 1, step);
    }
    expect(memory.points("train/loss").map(({ step }) => step)).toEqual([0, 2]);
    expect(memory.points("train/lr").map(({ step }) => step)).toEqual([0, 3]);
  });
});

describe("defineMetrics", () => {
  it("gives what it is given", () => {
    const given = { a: {}, b: { displayName: "B" } };
    expect(defineMetrics(given)).toBe(given);
  });

  it.each<[unknown, string]>([
    [null, "Expected `metrics` to be an object of definitions by tag, got null"],
    [{ "": {} }, 'Expected `tag` to be a string that is not empty, got "" (string)'],
    [{ "\ud800": {} }, 'Expected `tag` to be text without half a surrogate pair, got "\\ud800" (string)'],
    [{ a: "Loss" }, 'Expected `metrics["a"]` to be an object, got "Loss" (string)'],
    [{ a: { displayName: 7 } }, 'Expected `metrics["a"].displayName` to be a string, got 7 (number)'],
    [
      { a: { description: "\udc00" } },
      'Expected `metrics["a"].description` to be text without half a surrogate pair, got "\\udc00" (string)',
    ],
    [
      { a: { sampling: { everySteps: 0 } } },
      'Expected `metrics["a"].sampling.everySteps` to be an integer from 1, got 0 (number)',
    ],
  ])("refuses %j, and so does a writer", (given, message) => {
    expect(errorOf(ArgumentError, () => defineMetrics(given as never)).message).toBe(message);
    const make = () => new SummaryWriter(new MemorySink(), { metrics: given as never });
    expect(errorOf(ArgumentError, make).message).toBe(message);
  });
});
