// Positions of bounded runs: what the event file shows and the record files have, after a session that continues from one.
import { existsSync, readdirSync, readFileSync, truncateSync, unlinkSync } from "node:fs";
import { basename, join } from "node:path";
import { beforeEach, describe, expect, it } from "vitest";
import { ContextError } from "../../src/errors.js";
import { BoundedEventWriter } from "../../src/events/bounded-event-writer.js";
import { EventFileWriter } from "../../src/events/event-file-writer.js";
import type { BoundedEventWriterOptions } from "../../src/events/session.js";
import { eventFilesIn, readEventFile } from "../helpers/events.js";
import { scalar, told } from "../helpers/handmade-runs.js";
import { byBothRules, byPythonRule, byRustRule, filesOfRun, type Curves } from "../helpers/loader-rules.js";
import { recordFilesIn } from "../helpers/restarts.js";
import { scriptedClock, type ScriptedClock } from "../helpers/scripted-clock.js";
import { useTempDir } from "../helpers/temp-dir.js";

const tempDir = useTempDir("continue-bounded");

let dir: string;
let clock: ScriptedClock;
beforeEach(() => {
  dir = join(tempDir(), "run");
  clock = scriptedClock();
});

function open(options: BoundedEventWriterOptions = {}): BoundedEventWriter {
  return new BoundedEventWriter(dir, { clock, hostname: "box", pid: 7, ...options });
}

/** Values of `tag`, one a step. */
function log(
  writer: BoundedEventWriter | EventFileWriter,
  tag: string,
  from: number,
  values: readonly number[],
): void {
  const channel = writer.scalars([{ tag }]);
  for (const [i, value] of values.entries()) channel.writeOne(from + i, value);
}

/** What both loaders show. */
function shown(): Curves {
  const files = filesOfRun(dir);
  const curves = byRustRule(files);
  expect(byPythonRule(files)).toEqual(curves);
  return curves;
}

const recorded = (): Curves => byBothRules(recordFilesIn(dir).map((path) => readEventFile(path).events));
const points = (from: number, values: readonly number[]) =>
  values.map((value, i) => ({ step: from + i, value }));

describe("a position of a bounded run", () => {
  it("has the bytes of the record files, and of event files that have all events of their sessions", () => {
    const plain = new EventFileWriter(dir, { clock, hostname: "box", pid: 7 });
    log(plain, "a", 0, [1, 2]);
    plain.closeSync();
    using writer = open();
    const { path } = plain;
    expect(writer.position()).toEqual({ files: { [basename(path!)]: readFileSync(path!).length } });
    log(writer, "a", 2, [3]);
    const position = writer.position();
    const files = [path!, writer.recordPath!];
    expect(position.files).toEqual(
      Object.fromEntries(files.map((file) => [basename(file), readFileSync(file).length])),
    );
    expect(existsSync(writer.path!)).toBe(true);
  });

  it("is not there without record files", () => {
    using writer = open({ records: false });
    expect(() => writer.position()).toThrow(ContextError);
  });

  it("is behind what a purgeStep says", () => {
    using first = open();
    log(first, "a", 0, [1, 2, 3]);
    first.closeSync();
    using writer = open({ purgeStep: 1 });
    const position = writer.position();
    writer.closeSync();
    using next = open({ continueFrom: position });
    log(next, "a", 1, [9]);
    next.closeSync();
    expect(shown()).toEqual({ a: points(0, [1, 9]) });
  });
});

describe("a bounded session that continues from a position", () => {
  it("shows what was before it and nothing behind it, and its records are the same", () => {
    const first = open();
    log(first, "loss", 0, [1, 2, 3]);
    log(first, "val", 0, [4]);
    first.write({
      step: 2,
      summary: [{ tag: "text", tensor: { dtype: 7, shape: [], stringVal: [Uint8Array.of(65)] } }],
    });
    const position = first.position();
    log(first, "val", 1, [-100, 100]);
    first.write({
      step: 3,
      summary: [{ tag: "text", tensor: { dtype: 7, shape: [], stringVal: [Uint8Array.of(66)] } }],
    });
    log(first, "loss", 3, [50]);
    log(first, "new", 0, [7]);
    first.closeSync();
    clock.advance(3_600_000);

    const next = open({ continueFrom: position });
    expect([...next.earlierSteps()].toSorted()).toEqual([
      ["loss", 2],
      ["text", 2],
      ["val", 0],
    ]);
    log(next, "loss", 3, [5]);
    clock.advance(120_000);
    next.closeSync();
    const expected = { loss: points(0, [1, 2, 3, 5]), val: points(0, [4]) };
    const { text, ...curves } = shown() as Record<string, unknown>;
    expect(curves).toEqual(expected);
    expect(told(next.path!).filter((line) => line.includes("text="))).toHaveLength(1);
    expect(text).toBeUndefined();
    const { text: _, ...records } = recorded() as Record<string, unknown>;
    expect(records).toEqual(expected);
    // The old files are gone, and from the same position it goes on all the same.
    expect(eventFilesIn(dir)).toEqual([next.path]);
    expect(recordFilesIn(dir)).toEqual([next.recordPath]);
    const again = open({ continueFrom: position });
    log(again, "loss", 3, [6, 7]);
    again.closeSync();
    expect(shown()).toMatchObject({ loss: points(0, [1, 2, 3, 6, 7]), val: points(0, [4]) });
  });

  it("keeps the peaks of a curve whose strides doubled behind the position", () => {
    const options = { maxPointsPerTag: 8 };
    const first = open(options);
    log(first, "a", 0, [0, 0, 0, 77, 0, 0, 0, 0, 0, 0]);
    const position = first.position();
    const after = Array.from({ length: 5000 }, (_, i) => 100 + i);
    log(first, "a", 10, after);
    first.closeSync();
    const next = open({ ...options, continueFrom: position });
    log(next, "a", 10, [1]);
    next.closeSync();
    const { a } = shown();
    expect(a!.some(({ step, value }) => step === 3 && value === 77)).toBe(true);
    expect(a!.every(({ value }) => value < 100)).toBe(true);
    expect(a!.at(-1)).toEqual({ step: 10, value: 1 });
  });

  it("reads nothing anew where nothing stands behind it, and says so in no file", () => {
    const first = open();
    log(first, "a", 0, [1, 2]);
    const position = first.position();
    first.closeSync();
    const next = open({ continueFrom: position });
    log(next, "a", 2, [3]);
    next.closeSync();
    expect(told(next.recordPath!)).toEqual(["head", "2: a=3"]);
    expect(shown()).toEqual({ a: points(0, [1, 2, 3]) });
  });

  it("shows nothing that the record file lost in the kill and the event file has", () => {
    const first = open();
    log(first, "a", 0, [1]);
    const position = first.position();
    log(first, "a", 1, [2]);
    first.closeSync();
    truncateSync(first.recordPath!, position.files[basename(first.recordPath!)]! + 5);
    const next = open({ continueFrom: position });
    log(next, "b", 0, [3]);
    next.closeSync();
    expect(shown()).toEqual({ a: points(0, [1]), b: points(0, [3]) });
  });

  it("shows nothing of a session without record files that came since", () => {
    const first = open();
    log(first, "a", 0, [1]);
    const position = first.position();
    first.closeSync();
    const second = open({ records: false });
    log(second, "a", 1, [2]);
    log(second, "b", 0, [2]);
    second.closeSync();
    const next = open({ continueFrom: position });
    log(next, "a", 1, [3]);
    next.closeSync();
    expect(shown()).toEqual({ a: points(0, [1, 3]) });
  });

  it("takes over a plain run at a position", () => {
    const plain = new EventFileWriter(dir, { clock, hostname: "box", pid: 7 });
    log(plain, "a", 0, [1, 2]);
    log(plain, "b", 0, [3]);
    const position = plain.position();
    log(plain, "b", 1, [4]);
    plain.closeSync();
    clock.advance(3_600_000);
    const next = open({ continueFrom: position });
    log(next, "a", 2, [5]);
    clock.advance(120_000);
    next.closeSync();
    const expected = { a: points(0, [1, 2, 5]), b: points(0, [3]) };
    expect(shown()).toEqual(expected);
    expect(recorded()).toEqual(expected);
    expect(readdirSync(dir).toSorted()).toEqual([basename(next.path!), basename(next.recordPath!)]);
  });

  it("finds a plain file again that became a record file", () => {
    const plain = new EventFileWriter(dir, { clock, hostname: "box", pid: 7 });
    log(plain, "a", 0, [1, 2]);
    const position = plain.position();
    plain.closeSync();
    clock.advance(3_600_000);
    const bounded = open();
    log(bounded, "a", 2, [3]);
    clock.advance(120_000);
    bounded.closeSync();
    expect(existsSync(plain.path!)).toBe(false);
    const next = open({ continueFrom: position });
    log(next, "a", 2, [9]);
    next.closeSync();
    expect(shown()).toEqual({ a: points(0, [1, 2, 9]) });
  });

  it("writes its curves anew when somebody deleted the event files", () => {
    const first = open();
    log(first, "a", 0, [1, 2]);
    const position = first.position();
    log(first, "a", 2, [3]);
    first.closeSync();
    for (const path of eventFilesIn(dir)) unlinkSync(path);
    const next = open({ continueFrom: position });
    log(next, "a", 2, [4]);
    next.closeSync();
    expect(shown()).toEqual({ a: points(0, [1, 2, 4]) });
  });
});

it("a plain session cannot continue a bounded run", () => {
  const first = open();
  first.write(scalar(0, { a: 1 }));
  const position = first.position();
  first.closeSync();
  expect(() => new EventFileWriter(dir, { clock, continueFrom: position })).toThrow(
    /`continueFrom` to be a position of a plain run, or `maxPointsPerTag` to be given, got one of a bounded run/,
  );
});
