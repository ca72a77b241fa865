// The writer that programs use: what it writes for each call, and what it refuses.
import { mkdirSync, readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { ClosedError, LogdirError, WriteError } from "../../src/errors.js";
import type { EventInit, EventSink } from "../../src/events/event-sink.js";
import { SummaryWriter } from "../../src/summary/summary-writer.js";
import type { SummaryWriterOptions } from "../../src/summary/writer-options.js";
import type { Event } from "../../src/wire/event.js";
import { eventsOf, filesIn, scalarsOf } from "../helpers/events.js";
import { FaultyFileSystem } from "../helpers/faulty-file-system.js";
import { scriptedClock } from "../helpers/scripted-clock.js";
import { useTempDir } from "../helpers/temp-dir.js";
import { errorOf } from "../helpers/errors.js";

const tempDir = useTempDir("summary");
const METADATA = { pluginName: "scalars", dataClass: 1 };

/** What a fresh writer writes when `log` uses it. */
function written(log: (writer: SummaryWriter) => void, options: SummaryWriterOptions = {}): Event[] {
  const writer = new SummaryWriter(tempDir(), { clock: () => 1.7e12, ...options });
  log(writer);
  writer.closeSync();
  return eventsOf(writer.path!);
}

/** Each event as its tags, a `*` behind those with metadata. */
function tagsWithMetadata(events: readonly Event[]): string[][] {
  return events.map(({ summary = [] }) => summary.map(({ tag, metadata }) => (metadata ? `${tag}*` : tag)));
}

describe("addScalar", () => {
  it("writes one value an event: tag, step, wall time; metadata with the first of a tag", () => {
    const events = written((writer) => {
      writer.addScalar("loss", 0.5, 1);
      writer.addScalar("loss", 0.25, 2, 123.5);
      writer.addScalar("acc", 0, 2);
    });
    expect(events).toStrictEqual([
      { wallTime: 1.7e9, step: 1, summary: [{ tag: "loss", metadata: METADATA, simpleValue: 0.5 }] },
      { wallTime: 123.5, step: 2, summary: [{ tag: "loss", simpleValue: 0.25 }] },
      { wallTime: 1.7e9, step: 2, summary: [{ tag: "acc", metadata: METADATA, simpleValue: 0 }] },
    ]);
  });

  it("writes 0.0, -0, NaN, infinities, what float32 cannot hold, first and later", () => {
    const values = [0, -0, Number.NaN, Infinity, -Infinity, 1e39, 0.1];
    for (const first of values) {
      const events = written((writer) =>
        [first, ...values].forEach((value, step) => writer.addScalar("a", value, step)),
      );
      const expected = [first, ...values].map((value, step) => ["a", step, Math.fround(value)]);
      expect(scalarsOf(events)).toEqual(expected);
    }
  });

  it("takes any safe integer as step: they are the file's order, not ours", () => {
    const steps = [5, 0, -1, -(2 ** 40), Number.MAX_SAFE_INTEGER, Number.MIN_SAFE_INTEGER, 5];
    const events = written((writer) => steps.forEach((step) => writer.addScalar("a", 1, step)));
    expect(events.map(({ step }) => step)).toEqual(steps);
  });
});

describe("addStep", () => {
  it("writes one event with all values, in their order", () => {
    const events = written((writer) => {
      writer.addStep(1, { loss: 0.5, "val/acc": 0 });
      writer.addStep(2, { loss: Number.NaN, "val/acc": 1 }, 9.5);
    });
    expect(events).toStrictEqual([
      {
        wallTime: 1.7e9,
        step: 1,
        summary: [
          { tag: "loss", metadata: METADATA, simpleValue: 0.5 },
          { tag: "val/acc", metadata: METADATA, simpleValue: 0 },
        ],
      },
      {
        wallTime: 9.5,
        step: 2,
        summary: [
          { tag: "loss", simpleValue: Number.NaN },
          { tag: "val/acc", simpleValue: 1 },
        ],
      },
    ]);
  });

  it("takes other tags at any step, and another order of them", () => {
    const steps: Record<string, number>[] = [
      { a: 1, b: 2 },
      { b: 3, a: 4 },
      { a: 5 },
      { a: 6, b: 7 },
      { c: 8 },
      { a: 9, b: 10 },
      { 7: 11, a: 12 },
    ];
    const events = written((writer) => steps.forEach((values, step) => writer.addStep(step, values)));
    expect(events.map(({ step }) => step)).toEqual([0, 1, 2, 3, 4, 5, 6]);
    expect(scalarsOf(events)).toEqual(
      steps.flatMap((values, step) => Object.entries(values).map(([tag, value]) => [tag, step, value])),
    );
    expect(tagsWithMetadata(events)).toEqual([
      ...[["a*", "b*"], ["b", "a"], ["a"], ["a", "b"], ["c*"], ["a", "b"], ["7*", "a"]],
    ]);
  });

  it("is not misled by tags that contain what joins tags", () => {
    const steps: Record<string, number>[] = [{ "a,b": 1 }, { a: 1, b: 2 }, { 'a","b': 3 }, { "a\0b": 4 }];
    const events = written((writer) => steps.forEach((values, step) => writer.addStep(step, values)));
    expect(events.map(({ summary }) => summary!.map(({ tag }) => tag))).toEqual(
      steps.map((step) => Object.keys(step)),
    );
  });

  it("writes nothing for no values", () => {
    const writer = new SummaryWriter(tempDir());
    writer.addStep(1, {});
    expect(writer.path).toBeUndefined();
    writer.closeSync();
  });
});

describe("metadata", () => {
  it("stand with the first value of each tag in a file and nowhere else, whatever calls and handles are mixed", () => {
    const events = written((writer) => {
      const early = writer.scalars(["a", "b"]);
      const b = writer.scalar("b");
      writer.addScalar("a", 1, 1);
      early.add(2, [1, 2]);
      early.add(3, [1, 2]);
      b.add(1, 4);
      b.add(1, 5);
      writer.addStep(6, { c: 1, a: 2 });
      writer.scalar("c").add(1, 7);
      writer.scalars(["d", "c"]).add(8, [1, 2]);
      writer.addScalar("d", 1, 9);
    });
    expect(tagsWithMetadata(events)).toEqual([
      ...[["a*"], ["a", "b*"], ["a", "b"], ["b"], ["b"], ["c*", "a"], ["c"], ["d*", "c"], ["d"]],
    ]);
  });

  it("are in every file of a run", () => {
    const dir = tempDir();
    for (let session = 0; session < 2; session++) {
      const writer = new SummaryWriter(dir);
      writer.addScalar("a", 1, session);
      writer.addScalar("a", 1, session + 10);
      writer.closeSync();
      expect(tagsWithMetadata(eventsOf(writer.path!))).toEqual([["a*"], ["a"]]);
    }
  });

  it("have the display name and the description of a tag's first handle", () => {
    const description = { displayName: "Loss", description: "of *training*" };
    const events = written((writer) => {
      writer.scalar("a", description).add(1, 1);
      writer.scalar("a", { displayName: "too late" }).add(1, 2);
      writer.addScalar("b", 1, 3);
      writer.scalar("b", description).add(1, 4);
    });
    expect(events.map(({ summary }) => summary![0]!.metadata)).toEqual([
      ...[{ ...METADATA, ...description }, undefined, METADATA, undefined],
    ]);
  });

  it("stand with the first value that was taken, when earlier ones were dropped", () => {
    const fileSystem = new FaultyFileSystem();
    const clock = scriptedClock();
    const warning = vi.spyOn(process, "emitWarning").mockImplementation(() => {});
    const writer = new SummaryWriter(tempDir(), { fileSystem, clock, onError: "warn" });
    fileSystem.failing.set("openSync", "EMFILE");
    writer.addScalar("a", 1, 1);
    writer.addStep(1, { b: 1 });
    expect(writer.dropped).toBe(2);
    fileSystem.failing.clear();
    clock.advance(200);
    writer.addScalar("a", 2, 2);
    writer.addStep(2, { b: 2 });
    expect(() => writer.closeSync()).toThrow(WriteError);
    expect(tagsWithMetadata(eventsOf(writer.path!))).toEqual([["a*"], ["b*"]]);
    warning.mockRestore();
  });
});

describe("the run's directory", () => {
  let cwd: string;
  beforeEach(() => {
    cwd = process.cwd();
  });
  afterEach(() => process.chdir(cwd));

  it("is by default a new one in logs, named by date, time, host and comment", () => {
    const root = tempDir();
    process.chdir(root);
    const clock = () => new Date(2026, 0, 2, 3, 4, 5).getTime();
    const named = (options: SummaryWriterOptions) => {
      const writer = new SummaryWriter(undefined, { clock, ...options });
      writer.closeSync();
      return writer.logdir;
    };
    expect(named({ hostname: "box" })).toBe(join(root, "logs", "2026-01-02_03-04-05_box"));
    expect(named({ hostname: "box", comment: "_lr=0.1/../x" })).toBe(
      join(root, "logs", "2026-01-02_03-04-05_box_lr_0.1___x"),
    );
    expect(named({ hostname: "..", comment: ".." })).not.toContain("..");
    expect(filesIn(root)).toEqual(["logs"]);
    expect(named({})).toMatch(/2026-01-02_03-04-05_./);
  });

  it("is the one that is given, absolute, and its file is known once there is one", () => {
    const root = tempDir();
    process.chdir(root);
    const writer = new SummaryWriter("my logs/run 1");
    expect([writer.logdir, writer.path]).toEqual([join(root, "my logs", "run 1"), undefined]);
    writer.addScalar("a", 1, 1);
    expect(readdirSync(writer.logdir!).map((name) => join(writer.logdir!, name))).toEqual([writer.path]);
    writer.closeSync();
  });

  it("must be usable, at once", () => {
    const file = join(tempDir(), "file");
    writeFileSync(file, "");
    expect(errorOf(Error, () => new SummaryWriter(file))).toBeInstanceOf(LogdirError);
    expect(errorOf(Error, () => new SummaryWriter("")).message).toBe(
      'Expected `logdir` to be a path, got "" (string)',
    );
    const dir = tempDir();
    mkdirSync(join(dir, "a"));
    const writer = new SummaryWriter(join(dir, "a"));
    expect(errorOf(Error, () => new SummaryWriter(join(dir, "a")))).toMatchObject({ code: "RUN_IN_USE" });
    writer.closeSync();
  });

  it("is continued with purgeStep", () => {
    const events = written((writer) => writer.addScalar("a", 1, 7), { purgeStep: 7 });
    expect(events.map(({ step, sessionLog }) => [step, sessionLog?.status])).toEqual([
      [7, 1],
      [7, 1],
      [7, undefined],
    ]);
  });
});

describe("a SummaryWriter", () => {
  it("writes to the sink it is given, and passes flush, sync and close on", async () => {
    const calls: string[] = [];
    const events: EventInit[] = [];
    const sink: EventSink = {
      write: (event) => events.push(event) > 0,
      scalars: (tags) => ({
        write: (step, values) =>
          void calls.push(
            `scalars ${tags.map(({ tag }) => tag).join()} ${step} ${Array.from(values).join()}`,
          ),
        writeOne: (step, value, wallTime) =>
          void calls.push(`scalar ${tags[0]!.tag} ${step} ${value} ${wallTime}`),
      }),
      flush: () => void calls.push("flush"),
      sync: async () => void calls.push("sync"),
      close: async () => void calls.push("close"),
      closeSync: () => void calls.push("closeSync"),
    };
    const writer = new SummaryWriter(sink);
    writer.addScalar("a", 1, 1);
    writer.addScalar("a", 2, 2, 3);
    writer.addStep(3, { a: 1, b: 2 });
    writer.addStep(4, { a: 1, b: 2 });
    writer.flush();
    await writer.sync();
    await writer.close();
    writer.closeSync();
    expect(events).toEqual([]);
    expect(calls).toEqual([
      "scalar a 1 1 undefined",
      "scalar a 2 2 3",
      "scalars a,b 3 1,2",
      "scalars a,b 4 1,2",
      ...["flush", "sync", "close", "closeSync"],
    ]);
  });

  it("is closed by using, and refuses what comes then", () => {
    let kept: SummaryWriter;
    {
      using writer = new SummaryWriter(tempDir());
      writer.addScalar("a", 1, 1);
      writer.addScalar("a", 2, 2);
      kept = writer;
    }
    expect(scalarsOf(eventsOf(kept.path!))).toEqual([
      ["a", 1, 1],
      ["a", 2, 2],
    ]);
    expect(() => kept.addScalar("a", 3, 3)).toThrow(ClosedError);
    expect(() => kept.addStep(3, { z: 3 })).toThrow(ClosedError);
  });

  it("hands over with flush and with sync", async () => {
    const writer = new SummaryWriter(tempDir(), { clock: () => 1.7e12 });
    writer.addScalar("a", 1, 1);
    writer.addScalar("a", 2, 2);
    writer.flush();
    expect(eventsOf(writer.path!)).toHaveLength(2);
    writer.addScalar("a", 3, 3);
    await writer.sync();
    expect(eventsOf(writer.path!)).toHaveLength(3);
    await writer.close();
  });
});
