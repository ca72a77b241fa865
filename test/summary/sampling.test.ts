// Sampling at the call: what the rules keep.
import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { ArgumentError, ClosedError, WriteError } from "../../src/errors.js";
import { MemorySink } from "../../src/events/memory-sink.js";
import type { Sampling } from "../../src/summary/sampling-rules.js";
import { SummaryWriter } from "../../src/summary/summary-writer.js";
import { errorOf } from "../helpers/errors.js";
import { eventsOf, scalarsOf } from "../helpers/events.js";
import { FaultyFileSystem } from "../helpers/faulty-file-system.js";
import { scriptedClock, type ScriptedClock } from "../helpers/scripted-clock.js";
import { useTempDir } from "../helpers/temp-dir.js";

const tempDir = useTempDir("sampling");

/** What is kept of a log, an event a line: `3 a=1 b=2`. */
function kept(sampling: Sampling, log: (writer: SummaryWriter, clock: ScriptedClock) => void): string[] {
  const clock = scriptedClock();
  const memory = new MemorySink({ clock });
  log(new SummaryWriter(memory, { sampling, clock }), clock);
  return memory.events.map(({ step, summary = [] }) =>
    [step, ...summary.map(({ tag, simpleValue }) => `${tag}=${simpleValue}`)].join(" "),
  );
}

function keptSteps(sampling: Sampling, steps: readonly number[]): number[] {
  const lines = kept(sampling, (writer) => steps.forEach((step) => writer.addScalar("a", step, step)));
  return lines.map((line) => Number(line.split(" ")[0]));
}

describe("everySteps", () => {
  it("keeps a tag's first value, and each that is so many steps behind the last one kept", () => {
    expect(keptSteps({ everySteps: 10 }, [3, 4, 12, 13, 14, 22, 30, 31, 41, 100])).toEqual([
      3, 13, 30, 41, 100,
    ]);
    expect(keptSteps({ everySteps: 1 }, [0, 1, 1, 2])).toEqual([0, 1, 2]);
  });

  it("keeps one that went back, and counts from there", () => {
    expect(keptSteps({ everySteps: 10 }, [50, 59, 49, 55, 58, 59, -9, 0, 1])).toEqual([50, 49, 59, -9, 1]);
  });

  it("counts steps that the writer gives", () => {
    const lines = kept({ everySteps: 3 }, (writer) => {
      for (let i = 0; i < 8; i++) writer.addScalar("a", i);
    });
    expect(lines).toEqual(["0 a=0", "3 a=3", "6 a=6"]);
  });
});

describe("perSecond", () => {
  it("keeps a tag's first value, and each that is long enough behind the last one kept", () => {
    const lines = kept({ perSecond: 4 }, (writer, clock) => {
      for (let ms = 0; ms <= 1000; ms += 50) {
        writer.addScalar("a", ms, 7);
        clock.advance(50);
      }
    });
    expect(lines).toEqual(["7 a=0", "7 a=250", "7 a=500", "7 a=750", "7 a=1000"]);
  });

  it("takes a part of one: one in so many seconds", () => {
    const lines = kept({ perSecond: 0.5 }, (writer, clock) => {
      for (let second = 0; second < 5; second++) {
        writer.addScalar("a", second, 0);
        clock.advance(1000);
      }
    });
    expect(lines).toEqual(["0 a=0", "0 a=2", "0 a=4"]);
  });

  it("goes by the writer's clock, not by the wall time that is given", () => {
    const lines = kept({ perSecond: 1 }, (writer, clock) => {
      writer.addScalar("a", 1, 1, 100);
      writer.addScalar("a", 2, 2, 500);
      clock.advance(1000);
      writer.addScalar("a", 3, 3, 100);
    });
    expect(lines).toEqual(["1 a=1", "3 a=3"]);
  });

  it("is not silent for as long as a clock went back", () => {
    const lines = kept({ perSecond: 1 }, (writer, clock) => {
      for (const [step, ms] of [0, -3_600_000, 999, 1].entries()) {
        clock.advance(ms);
        writer.addScalar("a", 0, step);
      }
    });
    expect(lines).toEqual(["0 a=0", "1 a=0", "3 a=0"]);
  });
});

describe("everySteps and perSecond", () => {
  it("must both allow", () => {
    const lines = kept({ everySteps: 10, perSecond: 1 }, (writer, clock) => {
      writer.addScalar("a", 0, 0);
      writer.addScalar("a", 0, 10);
      clock.advance(1000);
      writer.addScalar("a", 0, 9);
      writer.addScalar("a", 0, 11);
      writer.addScalar("a", 0, 1);
      clock.advance(999);
      writer.addScalar("a", 0, 30);
      clock.advance(1);
      writer.addScalar("a", 0, 2);
    });
    expect(lines).toEqual(["0 a=0", "11 a=0", "2 a=0"]);
  });
});

const rule = fc.record(
  { everySteps: fc.integer({ min: 1, max: 20 }), perSecond: fc.double({ min: 0.1, max: 2000, noNaN: true }) },
  { requiredKeys: [] },
);
const calls = fc.array(
  fc.record({ tag: fc.constantFrom("a", "b"), step: fc.integer({ min: 0, max: 200 }), ms: fc.nat(400) }),
);

/** Calls with the time of each, and those that were kept, by tag. */
function run(sampling: Sampling, log: readonly { tag: string; step: number; ms: number }[]) {
  const clock = scriptedClock(0);
  const memory = new MemorySink({ clock });
  const writer = new SummaryWriter(memory, { sampling, clock });
  const made = log.map(({ tag, step, ms }, call) => {
    clock.advance(ms);
    writer.addScalar(tag, call, step);
    return { tag, step, call, time: clock() };
  });
  return ["a", "b"].map((tag) => {
    const keptCalls = new Set(memory.points(tag).map(({ value }) => value));
    const all = made.filter((each) => each.tag === tag);
    return { all, kept: all.filter(({ call }) => keptCalls.has(call)) };
  });
}

describe("whatever the rule and the calls", () => {
  it("the first of each tag is kept, and the order stays", () => {
    fc.assert(
      fc.property(rule, calls, (sampling, log) => {
        for (const tag of run(sampling, log)) expect(tag.kept[0]).toEqual(tag.all[0]);
      }),
    );
  });

  it("at most so many are kept in any second", () => {
    fc.assert(
      fc.property(rule, calls, (sampling, log) => {
        const { perSecond = Infinity } = sampling;
        for (const tag of run(sampling, log)) {
          for (const { time: from } of tag.kept) {
            const within = tag.kept.filter(({ time }) => time >= from && time < from + 1000);
            expect(within.length).toBeLessThanOrEqual(Math.max(1, Math.ceil(perSecond)));
          }
        }
      }),
    );
  });

  it("what is dropped is too near behind the last one kept, and what is kept is not", () => {
    fc.assert(
      fc.property(rule, calls, (sampling, log) => {
        const { everySteps = 0, perSecond = Infinity } = sampling;
        for (const tag of run(sampling, log)) {
          let last: { step: number; time: number } | undefined;
          for (const each of tag.all) {
            const isNear =
              last !== undefined &&
              ((each.step >= last.step && each.step < last.step + everySteps) ||
                each.time - last.time < 1000 / perSecond);
            expect(tag.kept.includes(each)).toBe(!isNear);
            if (!isNear) last = each;
          }
        }
      }),
    );
  });
});

describe("rules by glob", () => {
  it("hold for the tags that match, the first that does; the others are all kept", () => {
    const sampling = {
      "train/loss": { everySteps: 4 },
      "train/*": { everySteps: 2 },
      "**/debug/**": { everySteps: 100 },
      "train/{a,b}/x": {},
      "**/x": { everySteps: 3 },
    };
    const tags = ["train/loss", "train/lr", "train/a/x", "y/a/x", "a/debug/b", "debug", "other", "train"];
    const lines = kept(sampling, (writer) => {
      for (let step = 0; step < 5; step++) for (const tag of tags) writer.addScalar(tag, 0, step);
    });
    const counts = tags.map((tag) => lines.filter((line) => line.endsWith(` ${tag}=0`)).length);
    expect(counts).toEqual([2, 3, 5, 2, 1, 1, 5, 5]);
  });

  it("hold for a tag that is written as it is, whatever is in it, and for tags that begin with a dot", () => {
    const sampling = { "loss [train]": { everySteps: 9 }, "a\\b": { everySteps: 9 }, "*": { everySteps: 2 } };
    const tags = ["loss [train]", "a\\b", ".hidden", "7"];
    const lines = kept(sampling, (writer) => {
      for (let step = 0; step < 4; step++) for (const tag of tags) writer.addScalar(tag, 0, step);
    });
    expect(tags.map((tag) => lines.filter((line) => line.endsWith(` ${tag}=0`)).length)).toEqual([
      1, 1, 2, 2,
    ]);
  });

  it("look at the whole tag of a writer with a prefix", () => {
    const lines = kept({ "train/*": { everySteps: 2 } }, (writer) => {
      const train = writer.withPrefix("train/");
      for (let step = 0; step < 3; step++) {
        train.addScalar("loss", 0, step);
        writer.addScalar("train/loss", 1, step);
        writer.addScalar("loss", 2, step);
      }
    });
    expect(lines).toEqual(["0 train/loss=0", "0 loss=2", "1 loss=2", "2 train/loss=0", "2 loss=2"]);
  });
});

describe("several tags at once", () => {
  const sampling = {
    "slow/*": { everySteps: 3 },
    "slower/*": { everySteps: 4 },
    "also slow": { everySteps: 3 },
  };

  it("are written as one event a rule, in the order of the tags", () => {
    const lines = kept(sampling, (writer) => {
      for (let step = 0; step < 5; step++) {
        writer.addStep(step, { "slow/a": 1, b: 2, "slower/c": 3, "also slow": 4, d: 5 });
      }
    });
    expect(lines).toEqual([
      ...["0 slow/a=1 also slow=4", "0 b=2 d=5", "0 slower/c=3"],
      ...["1 b=2 d=5", "2 b=2 d=5"],
      ...["3 slow/a=1 also slow=4", "3 b=2 d=5"],
      ...["4 b=2 d=5", "4 slower/c=3"],
    ]);
  });

  it("stay one event where they have one rule or none", () => {
    const log = (writer: SummaryWriter) => {
      const handle = writer.scalars(["a", "b"]);
      for (let step = 0; step < 4; step++) handle.add(step, Float64Array.of(step, -step));
    };
    expect(kept({ everySteps: 2 }, log)).toEqual(["0 a=0 b=0", "2 a=2 b=-2"]);
    expect(kept({ "x/*": { everySteps: 2 } }, log)).toHaveLength(4);
    expect(kept({ a: { everySteps: 2 }, b: { everySteps: 2 } }, log)).toEqual(["0 a=0 b=0", "2 a=2 b=-2"]);
  });

  it("have each a past of its own: one event each where only some are kept", () => {
    const lines = kept({ everySteps: 10 }, (writer) => {
      writer.addScalar("a", 0, 5);
      writer.addStep(7, { a: 1, b: 2, c: 3 });
      writer.addScalar("b", 4, 15);
      writer.addStep(17, { a: 5, b: 6, c: 7 });
    });
    expect(lines).toEqual(["5 a=0", "7 b=2", "7 c=3", "17 a=5 b=6 c=7"]);
  });

  it("have one time, so that they stay together", () => {
    let reads = 0;
    const memory = new MemorySink({ clock: () => 0 });
    // A clock that goes on at every look.
    const writer = new SummaryWriter(memory, { sampling: { perSecond: 10 }, clock: () => reads++ * 60 });
    for (let step = 0; step < 6; step++) writer.addStep(step, { a: step, b: step });
    expect(memory.events.map(({ step, summary }) => [step, summary!.length])).toEqual([
      [0, 2],
      [2, 2],
      [4, 2],
    ]);
  });
});

describe("a value that the sink refuses", () => {
  it("is not one that was kept: the next try is the first again", () => {
    const disk = new FaultyFileSystem();
    const clock = scriptedClock();
    const sampling = { everySteps: 10, perSecond: 1 };
    const writer = new SummaryWriter(tempDir(), { fileSystem: disk, clock, sampling });
    disk.failing.set("openSync", "EMFILE");
    expect(() => writer.addScalar("a", 1, 1)).toThrow(WriteError);
    expect(() => writer.addStep(1, { b: 1, c: 1 })).toThrow(WriteError);
    disk.failing.clear();
    writer.addScalar("a", 2, 2);
    writer.addStep(2, { b: 2, c: 2 });
    writer.addStep(3, { b: 3, c: 3 });
    writer.closeSync();
    expect(scalarsOf(eventsOf(writer.path!))).toEqual([
      ["a", 2, 2],
      ["b", 2, 2],
      ["c", 2, 2],
    ]);
    expect(() => writer.addScalar("a", 3, 3)).not.toThrow();
    clock.advance(1000);
    expect(() => writer.addScalar("a", 30, 30)).toThrow(ClosedError);
  });
});

describe("rules that are none", () => {
  const none = "Expected `sampling` to be a rule with everySteps, perSecond or both, got ";
  it.each<[unknown, string]>([
    [{ everySteps: 0 }, "Expected `sampling.everySteps` to be an integer from 1, got 0 (number)"],
    [{ everySteps: 1.5 }, "Expected `sampling.everySteps` to be an integer from 1, got 1.5 (number)"],
    [{ perSecond: 0 }, "Expected `sampling.perSecond` to be a number above 0, got 0 (number)"],
    [{ perSecond: Number.NaN }, "Expected `sampling.perSecond` to be a number above 0, got NaN (number)"],
    [{ perSecond: "1" }, 'Expected `sampling.perSecond` to be a number above 0, got "1" (string)'],
    [{ everyStep: 10 }, `${none}"everyStep"`],
    [
      { a: { everySteps: -1 } },
      'Expected `sampling["a"].everySteps` to be an integer from 1, got -1 (number)',
    ],
    [
      { a: { everySteps: 1 }, b: 3 },
      'Expected `sampling["b"]` to be a rule with everySteps, perSecond or both, got 3 (number)',
    ],
    [{ "": {} }, 'Expected `sampling` to be rules by globs that are not empty, got "" (string)'],
    [null, "Expected `sampling` to be a rule, or an object of rules by glob, got null"],
  ])("are refused when the writer is made: %j", (sampling, message) => {
    const make = () => new SummaryWriter(new MemorySink(), { sampling: sampling as Sampling });
    expect(errorOf(ArgumentError, make).message).toBe(message);
  });

  it("are not those that keep everything", () => {
    for (const sampling of [{}, { a: {} }, { a: {}, "*": { everySteps: 100 } }]) {
      expect(keptSteps(sampling, [1, 2, 3])).toEqual([1, 2, 3]);
    }
  });
});
