// A SummaryWriter that continues from a position: steps, rates, prefixes, and writers that have none.
import { describe, expect, it } from "vitest";
import { ArgumentError, ClosedError, ContextError } from "../../src/errors.js";
import { MemorySink } from "../../src/events/memory-sink.js";
import { TeeSink } from "../../src/events/tee-sink.js";
import { SummaryWriter } from "../../src/summary/summary-writer.js";
import { errorOf } from "../helpers/errors.js";
import { filesIn } from "../helpers/events.js";
import { byPythonRule, byRustRule, filesOfRun, type Curves } from "../helpers/loader-rules.js";
import { useTempDir } from "../helpers/temp-dir.js";

const tempDir = useTempDir("continue-summary");

function shown(dir: string): Curves {
  const files = filesOfRun(dir);
  const curves = byRustRule(files);
  expect(byPythonRule(files)).toEqual(curves);
  return curves;
}

const steps = (curves: Curves): Record<string, number[]> =>
  Object.fromEntries(Object.entries(curves).map(([tag, points]) => [tag, points.map(({ step }) => step)]));

describe.each<[string, object]>([
  ["plain", {}],
  ["bounded", { maxPointsPerTag: 100 }],
])("a %s run", (_, options) => {
  it("goes on with the steps of before the position, whichever way the rest is made void", () => {
    for (const isMixed of [false, true]) {
      const dir = tempDir();
      const first = new SummaryWriter(dir, options);
      for (let i = 0; i < 5; i++) first.addScalar("loss", i);
      first.addScalar("epoch", 1);
      const position = first.withPrefix("epoch/").position();
      expect(position).toEqual(first.position());
      for (let i = 0; i < 5; i++) first.addScalar("loss", 100);
      if (isMixed) first.addScalar("epoch", 100);
      first.closeSync();
      const second = new SummaryWriter(dir, { ...options, continueFrom: position });
      second.addScalar("loss", 9);
      second.addScalar("epoch", 9);
      second.addScalar("new", 9);
      second.closeSync();
      expect(steps(shown(dir))).toEqual({ loss: [0, 1, 2, 3, 4, 5], epoch: [0, 1], new: [0] });
    }
  });

  it("has what a rate counted before its position", () => {
    const dir = tempDir();
    let now = 0;
    const first = new SummaryWriter(dir, { ...options, stopwatch: () => now });
    const rate = first.rate("steps/s", { everyMs: 1000 });
    rate.add(5);
    now = 2000;
    const position = first.position();
    now = 4000;
    rate.add(100);
    first.closeSync();
    const second = new SummaryWriter(dir, { ...options, continueFrom: position });
    second.addScalar("loss", 1, 0);
    second.closeSync();
    const { "steps/s": rates } = shown(dir);
    expect(rates).toEqual([{ step: 0, value: 2.5 }]);
  });
});

describe("a position", () => {
  it("is that of the event file where there is a mirror, which is no part of it", () => {
    const dir = tempDir();
    using writer = new SummaryWriter(dir, { jsonLines: true });
    writer.addScalar("a", 1, 0);
    expect(Object.keys(writer.position().files)).toEqual(
      filesIn(dir).filter((name) => name.includes("tfevents")),
    );
  });

  it.each([
    ["a sink", () => new SummaryWriter(new MemorySink())],
    ["several sinks", () => new SummaryWriter(new TeeSink([new MemorySink()]))],
    ["nothing", () => SummaryWriter.noop()],
    ["a bounded run without records", () => new SummaryWriter(tempDir(), { maxBytes: 1e6, records: false })],
  ])("is not there of a writer into %s", (_, open) => {
    using writer = open();
    const { message } = errorOf(ContextError, () => writer.position());
    expect(message).toMatch(/position/);
  });

  it("is not there once the writer is closed", () => {
    const writer = new SummaryWriter(tempDir());
    writer.closeSync();
    expect(errorOf(ClosedError, () => writer.position()).code).toBe("CLOSED");
  });

  it("and a purgeStep are not given together", () => {
    const open = () => new SummaryWriter(tempDir(), { purgeStep: 1, continueFrom: { files: {} } });
    expect(errorOf(ArgumentError, open).message).toMatch(/purgeStep/);
  });
});
