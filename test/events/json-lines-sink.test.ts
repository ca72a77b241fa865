// The mirror in JSON lines: what another program reads there, and that it is kept as an event file is.
import { spawnSync } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import * as fc from "fast-check";
import { afterEach, describe, expect, it, vi } from "vitest";
import { ArgumentError, ClosedError, LogdirError, WriteError } from "../../src/errors.js";
import { EventFileWriter } from "../../src/events/event-file-writer.js";
import { JsonLinesSink } from "../../src/events/json-lines-sink.js";
import { errorOf } from "../helpers/errors.js";
import { filesIn } from "../helpers/events.js";
import { FaultyFileSystem } from "../helpers/faulty-file-system.js";
import { scriptedClock } from "../helpers/scripted-clock.js";
import { useTempDir } from "../helpers/temp-dir.js";

const tempDir = useTempDir("json-lines");
afterEach(() => vi.restoreAllMocks());

/** What a fresh sink has written when `log` has used it. */
function written(log: (sink: JsonLinesSink) => void): string {
  using sink = new JsonLinesSink(join(tempDir(), "a.jsonl"), { clock: () => 1_700_000_000_123 });
  log(sink);
  sink.closeSync();
  return readFileSync(sink.path!, "utf8");
}

function stepsIn(path: string): number[] {
  const lines = readFileSync(path, "utf8").split("\n");
  expect(lines.pop()).toBe("");
  return lines.map((line) => (JSON.parse(line) as { step: number }).step);
}

describe("a line", () => {
  it("is one event: wall time, step, values", () => {
    const text = written((sink) => {
      sink.scalars([{ tag: "loss" }]).writeOne(1, 0.1);
      sink.scalars([{ tag: "loss" }]).writeOne(2, 1e21, 12.5);
      const both = sink.scalars([{ tag: 'a "b"\n' }, { tag: "__proto__" }]);
      both.write(-3, [7, 1 / 3, 2], 1);
      both.write(Number.MAX_SAFE_INTEGER, Float64Array.of(5e-324, -0), 0, 0);
    });
    expect(text).toBe(
      `{"wallTime":1700000000.123,"step":1,"values":{"loss":0.1}}\n` +
        `{"wallTime":12.5,"step":2,"values":{"loss":1e+21}}\n` +
        `{"wallTime":1700000000.123,"step":-3,"values":{"a \\"b\\"\\n":0.3333333333333333,"__proto__":2}}\n` +
        `{"wallTime":0,"step":9007199254740991,"values":{"a \\"b\\"\\n":5e-324,"__proto__":-0}}\n`,
    );
  });

  it("has the numbers that JSON lacks as strings", () => {
    const text = written((sink) => {
      const channel = sink.scalars([{ tag: "a" }, { tag: "b" }, { tag: "c" }]);
      channel.write(1, [Number.NaN, Infinity, -Infinity]);
      sink.scalars([{ tag: "a" }]).writeOne(2, Number.NaN);
    });
    expect(text).toBe(
      `{"wallTime":1700000000.123,"step":1,"values":{"a":"NaN","b":"Infinity","c":"-Infinity"}}\n` +
        `{"wallTime":1700000000.123,"step":2,"values":{"a":"NaN"}}\n`,
    );
  });

  it("has the tags alone of what is no plain scalar", () => {
    const tensor = { dtype: 7, shape: [], stringVal: [] };
    const text = written((sink) => {
      expect(
        sink.write({ step: 1, summary: [{ tag: "t", tensor }, { tag: "s", simpleValue: 2 }, { tag: "u" }] }),
      ).toBe(true);
      sink.write({ step: 2n ** 60n, wallTime: 3, summary: [{ tag: "t", tensor }] });
      sink.write({ logMessage: { level: 20, message: "hello" } });
    });
    expect(text).toBe(
      `{"wallTime":1700000000.123,"step":1,"values":{"s":2},"tags":["t","u"]}\n` +
        `{"wallTime":3,"step":1152921504606846976,"values":{},"tags":["t"]}\n` +
        `{"wallTime":1700000000.123,"step":0,"values":{}}\n`,
    );
  });

  it("has the event file's tag where half a surrogate pair stands alone", () => {
    const text = written((sink) => sink.scalars([{ tag: "a\ud800é😀" }]).writeOne(1, 1));
    expect(text).toBe(`{"wallTime":1700000000.123,"step":1,"values":{"a\ufffdé😀":1}}\n`);
  });

  it("gives back every tag, step and float64", () => {
    const number = fc.double();
    const tag = fc.string({ unit: "grapheme", minLength: 1 });
    fc.assert(
      fc.property(
        fc.maxSafeInteger(),
        fc.uniqueArray(tag, { minLength: 1, maxLength: 4 }),
        fc.array(number),
        (step, tags, more) => {
          const values = tags.map((_, i) => more[i] ?? i);
          const text = written((sink) =>
            sink.scalars(tags.map((name) => ({ tag: name }))).write(step, values),
          );
          const line = JSON.parse(text) as { step: number; values: Record<string, number | string> };
          expect(line.step === step).toBe(true);
          const numbers = new Map(Object.entries(line.values));
          expect([...numbers.values()].map(Number)).toEqual(
            [...tags.keys()].toSorted(byKeyOrder(tags)).map((i) => values[i]),
          );
        },
      ),
      { numRuns: 50 },
    );
  });

  it.skipIf(spawnSync("python3", ["--version"]).error !== undefined)("is read by Python's json", () => {
    const text = written((sink) => sink.scalars([{ tag: "é\ud800" }]).writeOne(7, 0.1));
    const program = "import json, sys; print(ascii([json.loads(line) for line in sys.stdin.buffer]))";
    const { stdout } = spawnSync("python3", ["-c", program], { input: text, encoding: "utf8" });
    expect(stdout).toBe("[{'wallTime': 1700000000.123, 'step': 7, 'values': {'\\xe9\\ufffd': 0.1}}]\n");
  });
});

/** JavaScript's order of an object's keys: those like array indices first. */
function byKeyOrder(tags: readonly string[]): (a: number, b: number) => number {
  const order = Object.keys(Object.fromEntries(tags.map((tag) => [tag, 0])));
  return (a, b) => order.indexOf(tags[a]!) - order.indexOf(tags[b]!);
}

describe("the file", () => {
  const log = (path: string): string => {
    using sink = new JsonLinesSink(path);
    expect(sink.path).toBeUndefined();
    sink.write({ step: 1 });
    return sink.path!;
  };

  it("is the one that is named, in a directory that is made", () => {
    const path = join(tempDir(), "new", "folder", "metrics.json");
    expect(log(path)).toBe(path);
  });

  it("has the next number when that is there: no session adds to another's", () => {
    const dir = tempDir();
    const path = join(dir, "a.b.jsonl");
    const others = [
      "a.b.jsonl.2",
      "a.b.x.jsonl",
      "a.jsonl",
      "a.b.7",
      "xa.b.9.jsonl",
      "a.b.99999999999999999999.jsonl",
    ];
    for (const name of others) writeFileSync(join(dir, name), "");
    expect(log(path)).toBe(path);
    expect(log(path)).toBe(join(dir, "a.b.1.jsonl"));
    writeFileSync(join(dir, "a.b.12.jsonl"), "");
    expect(log(path)).toBe(join(dir, "a.b.13.jsonl"));
    expect(stepsIn(path)).toEqual([1]);
    const bare = join(dir, "bare");
    expect([log(bare), log(bare)]).toEqual([bare, `${bare}.1`]);
  });

  it("is made at the first event, in a directory where an event file may be open", () => {
    const dir = tempDir();
    const writer = new EventFileWriter(dir);
    const sink = new JsonLinesSink(join(dir, "scalars.jsonl"));
    expect(filesIn(dir)).toEqual([]);
    sink.closeSync();
    expect(filesIn(dir)).toEqual([]);
    writer.closeSync();
  });

  it("is none that TensorBoard would read", () => {
    const path = join(tempDir(), "tfevents", "x.tfevents.jsonl");
    expect(errorOf(ArgumentError, () => new JsonLinesSink(path)).message).toBe(
      "Expected `path` to be the path of a file whose name does not contain tfevents, " +
        `got ${JSON.stringify(path)} (string)`,
    );
    expect(errorOf(ArgumentError, () => new JsonLinesSink("")).argument).toBe("path");
    expect(errorOf(ArgumentError, () => new JsonLinesSink(true as never)).argument).toBe("path");
    expect(log(join(tempDir(), "tfevents", "a.jsonl"))).toMatch(/tfevents.a\.jsonl$/);
  });

  it("must have a directory that can be used", () => {
    const file = join(tempDir(), "file");
    writeFileSync(file, "");
    expect(errorOf(LogdirError, () => new JsonLinesSink(join(file, "a.jsonl"))).code).toBe("NOT_A_DIRECTORY");
  });
});

describe("handing over", () => {
  it("is done at once first, then after 200 ms, at flush and at close", async () => {
    const clock = scriptedClock();
    const sink = new JsonLinesSink(join(tempDir(), "a.jsonl"), { clock });
    const channel = sink.scalars([{ tag: "a" }]);
    channel.writeOne(1, 1);
    expect(stepsIn(sink.path!)).toEqual([1]);
    channel.writeOne(2, 2);
    expect(stepsIn(sink.path!)).toEqual([1]);
    clock.advance(200);
    channel.writeOne(3, 3);
    expect(stepsIn(sink.path!)).toEqual([1, 2, 3]);
    channel.writeOne(4, 4);
    sink.flush();
    expect(stepsIn(sink.path!)).toEqual([1, 2, 3, 4]);
    channel.writeOne(5, 5);
    await sink.sync();
    expect(stepsIn(sink.path!)).toEqual([1, 2, 3, 4, 5]);
    channel.writeOne(6, 6);
    await sink.close();
    expect(stepsIn(sink.path!)).toEqual([1, 2, 3, 4, 5, 6]);
    expect(sink.closed).toBe(true);
    sink.closeSync();
    expect(() => channel.writeOne(7, 7)).toThrow(ClosedError);
  });

  it("also takes far more than the buffer held at first", () => {
    const sink = new JsonLinesSink(join(tempDir(), "a.jsonl"), { clock: () => 1.7e12 });
    const tag = "é".repeat(100_000);
    for (let step = 0; step < 5; step++) sink.scalars([{ tag }]).writeOne(step, step);
    sink.closeSync();
    const lines = readFileSync(sink.path!, "utf8").trimEnd().split("\n");
    expect(lines.map((line) => JSON.parse(line) as unknown)).toEqual(
      [0, 1, 2, 3, 4].map((step) => ({ wallTime: 1.7e9, step, values: { [tag]: step } })),
    );
  });

  it("keeps the rest of a short write: no line is torn, none is lost, none is twice", () => {
    const clock = scriptedClock();
    const disk = new FaultyFileSystem();
    const sink = new JsonLinesSink(join(tempDir(), "a.jsonl"), { clock, fileSystem: disk });
    const channel = sink.scalars([{ tag: "a" }]);
    channel.writeOne(1, 1);
    channel.writeOne(2, 2);
    disk.writes.push({ take: 10 }, { fail: "ENOSPC" }, { take: 3 }, { fail: "ENOSPC" });
    expect(errorOf(WriteError, () => sink.flush()).errno).toBe("ENOSPC");
    expect(errorOf(WriteError, () => channel.writeOne(3, 3)).path).toBe(sink.path);
    channel.writeOne(4, 4);
    sink.closeSync();
    expect(stepsIn(sink.path!)).toEqual([1, 2, 4]);
  });

  it("drops and counts with onError warn, and says so at close", () => {
    const warning = vi.spyOn(process, "emitWarning").mockImplementation(() => {});
    const disk = new FaultyFileSystem();
    disk.failing.set("openSync", "EMFILE");
    const path = join(tempDir(), "a.jsonl");
    const sink = new JsonLinesSink(path, { fileSystem: disk, onError: "warn", clock: () => 1.7e12 });
    expect(sink.write({ step: 1 })).toBe(false);
    sink.scalars([{ tag: "a" }]).writeOne(2, 2);
    sink.scalars([{ tag: "a" }]).write(3, [3]);
    expect(sink.dropped).toBe(3);
    expect(warning).toHaveBeenCalledTimes(1);
    expect(errorOf(WriteError, () => sink.closeSync()).message).toContain("3 events are lost");
  });

  it.each([
    ["disk", true],
    ["process", false],
  ] as const)("puts file and directory on the disk with durability disk: %s", (durability, isSynced) => {
    const disk = new FaultyFileSystem();
    const sink = new JsonLinesSink(join(tempDir(), "a.jsonl"), { fileSystem: disk, durability });
    sink.write({ step: 1 });
    sink.closeSync();
    expect([disk.count("fdatasyncSync") > 0, disk.count("fsyncSync") > 0]).toEqual([isSynced, isSynced]);
  });
});
