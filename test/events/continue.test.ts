// Positions, and what a session writes that continues from one: record by record, and which files stay.
import { existsSync, readFileSync, truncateSync, unlinkSync, writeFileSync } from "node:fs";
import { basename, join } from "node:path";
import { beforeEach, describe, expect, it } from "vitest";
import { ArgumentError, ClosedError, CorruptFileError, LogdirError } from "../../src/errors.js";
import { EventFileWriter } from "../../src/events/event-file-writer.js";
import type { LogPosition } from "../../src/events/log-position.js";
import type { EventFileWriterOptions } from "../../src/events/session.js";
import type { Event } from "../../src/wire/event.js";
import { errorOf } from "../helpers/errors.js";
import { eventFilesIn, filesIn } from "../helpers/events.js";
import { FaultyFileSystem } from "../helpers/faulty-file-system.js";
import { scalar, sessionFile, START_S, started, told, type FileOptions } from "../helpers/handmade-runs.js";
import { scriptedClock, type ScriptedClock } from "../helpers/scripted-clock.js";
import { useTempDir } from "../helpers/temp-dir.js";

const tempDir = useTempDir("continue");
const MINUTES = 60_000;

let dir: string;
let clock: ScriptedClock;
let disk: FaultyFileSystem;
beforeEach(() => {
  dir = tempDir();
  clock = scriptedClock((START_S + 86_400) * 1000);
  disk = new FaultyFileSystem();
});

function open(options: EventFileWriterOptions = {}): EventFileWriter {
  return new EventFileWriter(dir, { clock, fileSystem: disk, hostname: "box", pid: 7, ...options });
}

/** Writes the file of an earlier session: what it has before a position and behind it. Gives the position. */
function file(
  hours: number,
  before: readonly Event[],
  behind: readonly (Event | Uint8Array)[] = [],
  options?: FileOptions,
): LogPosition {
  const path = sessionFile(dir, hours, before, options);
  const bytes = readFileSync(path).length;
  sessionFile(dir, hours, [...before, ...behind], options);
  return { files: { [basename(path)]: bytes } };
}

const both = (...positions: LogPosition[]): LogPosition => ({
  files: Object.assign({}, ...positions.map(({ files }) => files)) as Record<string, number>,
});

/** A session that continues from there: logs `z` at step 999 and ends. Gives the path of its file. */
function continued(continueFrom: LogPosition, options: EventFileWriterOptions = {}): string {
  const writer = open({ continueFrom, ...options });
  writer.write(scalar(999, { z: 1 }));
  writer.closeSync();
  expect(disk.openFiles).toBe(0);
  return writer.path!;
}

describe("a position", () => {
  it("has the bytes of each event file, what was not handed over yet too", () => {
    const earlier = file(0, [scalar(0, { a: 1 })]);
    using writer = open();
    expect(writer.position()).toEqual(earlier);
    writer.write(scalar(1, { a: 2 }));
    writer.write(scalar(2, { a: 3 }));
    expect(writer.pendingBytes).toBeGreaterThan(0);
    const position = writer.position();
    expect(writer.pendingBytes).toBe(0);
    const bytes = readFileSync(writer.path!).length;
    expect(position).toEqual({ files: { ...earlier.files, [basename(writer.path!)]: bytes } });
    expect(JSON.parse(JSON.stringify(position))).toEqual(position);
  });

  it("is the one that the session continues from, as long as it has no file", () => {
    const position = file(0, [scalar(0, { a: 1 })], [scalar(1, { a: 2 })]);
    using writer = open({ continueFrom: position });
    expect(writer.position()).toEqual(position);
    expect(writer.path).toBeUndefined();
  });

  it("is behind what a purgeStep says, which takes a file", () => {
    file(0, [scalar(5, { a: 1 })]);
    using writer = open({ purgeStep: 3 });
    const { files } = writer.position();
    expect(told(writer.path!)).toEqual(["head", "START 3", "START 3"]);
    expect(files[basename(writer.path!)]).toBe(readFileSync(writer.path!).length);
  });

  it("has no files that the session folded, and is good when they are gone", () => {
    for (const hour of [0, 1, 2]) file(hour, [scalar(hour, { a: hour })]);
    const writer = open();
    writer.write(scalar(3, { a: 3 }));
    const position = writer.position();
    expect(Object.keys(position.files)).toEqual([basename(writer.path!)]);
    expect(eventFilesIn(dir)).toHaveLength(2);
    writer.write(scalar(4, { a: 4 }));
    clock.advance(2 * MINUTES);
    writer.closeSync();
    expect(eventFilesIn(dir)).toEqual([writer.path]);
    expect(told(continued(position))).toEqual(["head", "void a 4", "START 4", "START 4", "999: z=1"]);
  });

  it("of a writer that is closed there is none", () => {
    const writer = open();
    writer.closeSync();
    expect(() => writer.position()).toThrow(ClosedError);
  });

  it("cannot be had when something could not be written", () => {
    using writer = open();
    writer.write(scalar(0, { a: 1 }));
    disk.failing.set("writeSync", "ENOSPC");
    writer.write(scalar(1, { a: 1 }));
    expect(() => writer.position()).toThrow(/no space left/);
    disk.failing.clear();
    expect(Object.values(writer.position().files)).toEqual([readFileSync(writer.path!).length]);
  });
});

describe("a session that continues from a position", () => {
  it.each<[string, (Event | Uint8Array)[]]>([
    ["nothing", []],
    ["a torn record", [Uint8Array.of(1, 2, 3, 4, 5)]],
    ["zeros that a power cut left", [new Uint8Array(5000)]],
  ])("has nothing special when behind it stands %s", (_, behind) => {
    const position = file(0, [scalar(0, { a: 1 })], behind);
    expect(told(continued(position))).toEqual(["head", "999: z=1"]);
  });

  it("says with a START what is void, where all of it comes behind all that stays, and for each tag", () => {
    const position = file(
      0,
      [scalar(0, { a: 1 }), scalar(1, { a: 2, b: 2 })],
      [scalar(2, { a: 3 }), scalar(4, { b: 5, c: 6 }, true), scalar(3, { b: 7 })],
    );
    const before = readFileSync(eventFilesIn(dir)[0]!);
    const path = continued(position);
    expect(told(path)).toEqual([
      "head",
      "void a 2",
      "void b 3",
      "void c 4",
      "START 2",
      "START 2",
      "999: z=1",
    ]);
    expect(readFileSync(eventFilesIn(dir)[0]!)).toEqual(before);
  });

  it("writes everything anew where tags have steps of their own, every record as it was", () => {
    const first = file(0, [
      scalar(0, { loss: 1 }, true),
      scalar(0, { val: 2 }, true),
      scalar(1, { loss: 3 }),
    ]);
    const second = file(
      1,
      [
        scalar(2, { loss: 4 }),
        scalar(1, { val: 5 }),
        { wallTime: START_S, step: 1, graphDef: Uint8Array.of(1) },
      ],
      [scalar(3, { loss: 6 }), scalar(0, { epoch: 7 }, true), scalar(2, { val: 8 })],
    );
    const old = eventFilesIn(dir);
    const path = continued(both(first, second));
    expect(told(path)).toEqual([
      ...["head", "void epoch 0", "START 0", "START 0"],
      ...["0: loss=1 (the loss)", "0: val=2 (the val)", "1: loss=3", "2: loss=4", "1: val=5", "graph 1"],
      "999: z=1",
    ]);
    // The first is long followed, the last for a minute.
    expect(eventFilesIn(dir)).toEqual([old[1], path]);
  });

  it("writes anew only the files that must be", () => {
    const positions = [
      file(0, [scalar(0, { a: 1 }), scalar(7, { a: 2 })]),
      file(1, [scalar(8, { a: 3 }), scalar(9, { a: 4 })]),
      file(2, [scalar(9, { b: 5 }), scalar(10, { a: 6 })], [scalar(9, { c: 1 }), scalar(11, { a: 7 })]),
    ];
    const [first] = eventFilesIn(dir);
    const path = continued(both(...positions), { fold: false });
    // The second file's step 9 would be void by a START there.
    expect(told(path)).toEqual([
      ...["head", "void c 9", "START 8", "START 8", "8: a=3", "9: a=4", "9: b=5", "10: a=6", "999: z=1"],
    ]);
    clock.advance(2 * MINUTES);
    continued(both(...positions));
    expect(eventFilesIn(dir)[0]).toBe(first);
  });

  it("says of a tag that only void events have that it is void, but of hyperparameters, which are nothing else", () => {
    const hparams = { pluginName: "hparams", dataClass: 2 };
    const images = { pluginName: "images", dataClass: 3 };
    const of = (tag: string, metadata: object): Event => ({
      ...{ wallTime: START_S, step: 0 },
      summary: [{ tag, metadata, tensor: { dtype: 7, shape: [0] } }],
    });
    const position = file(
      0,
      [],
      [of("_hparams_/session_start_info", hparams), of("picture", images), scalar(0, { a: 1 })],
    );
    // Nothing is copied: the picture is found in the old file anyway.
    expect(told(continued(position))).toEqual([
      "head",
      "void picture 0",
      "void a 0",
      "START 0",
      "START 0",
      "999: z=1",
    ]);
    dir = tempDir();
    const other = file(0, [scalar(0, { a: 1 })], [of("picture", images)]);
    // The old file goes. The Python loader would then fail at the picture for ever.
    expect(told(continued(other))).toEqual(["head", "START 0", "START 0", "0: a=1", "999: z=1"]);
  });

  it("voids files that appeared since, whole, with their STARTs, and deletes them", () => {
    const position = file(0, [scalar(0, { a: 1 }), scalar(1, { a: 2 }), scalar(2, { a: 3 })]);
    const since = [
      sessionFile(dir, 1, [...started(1), scalar(1, { a: 4 })]),
      sessionFile(dir, 2, [scalar(5, { b: 5 })]),
    ];
    const path = continued(position, { fold: false });
    expect(told(path)).toEqual([
      "head",
      "void b 5",
      "START 0",
      "START 0",
      "0: a=1",
      "1: a=2",
      "2: a=3",
      "999: z=1",
    ]);
    expect(existsSync(since[0]!)).toBe(false);
    // Once more from there, when all of those are gone: the file that took the place of the first is known.
    clock.advance(2 * MINUTES);
    const again = continued(position);
    expect(told(again)).toEqual(["head", "void z 999", "START 999", "START 999", "999: z=1"]);
    clock.advance(2 * MINUTES);
    const third = continued(position);
    expect(told(third)).toEqual(["head", "void z 999", "START 999", "START 999", "999: z=1"]);
    clock.advance(2 * MINUTES);
    continued(position);
    expect(eventFilesIn(dir).slice(0, 1)).toEqual([path]);
    expect(existsSync(again)).toBe(false);
  });

  it("may begin before everything, and then nothing is left", () => {
    file(0, [scalar(3, { a: 1 })]);
    file(1, [scalar(4, { a: 2 })]);
    const path = continued({ files: {} });
    expect(told(path)).toEqual(["head", "void a 3", "START 3", "START 3", "999: z=1"]);
    clock.advance(2 * MINUTES);
    continued({ files: {} });
    expect(eventFilesIn(dir)).toHaveLength(2);
  });

  it("finds an earlier position than the last one, in the file that was made there", () => {
    const early = file(0, [scalar(0, { a: 1, b: 1 }), scalar(1, { a: 2 })]);
    const late = file(
      0,
      [scalar(0, { a: 1, b: 1 }), scalar(1, { a: 2 }), scalar(2, { a: 3 })],
      [scalar(1, { b: 4 })],
    );
    const path = continued(late);
    expect(told(path)).toEqual(["head", "START 0", "START 0", "0: a=1 b=1", "1: a=2", "2: a=3", "999: z=1"]);
    unlinkSync(eventFilesIn(dir)[0]!);
    expect(told(continued(early))).toEqual([
      "head",
      "void a 2",
      "void z 999",
      "START 2",
      "START 2",
      "999: z=1",
    ]);
  });

  it("takes what other programs wrote as it is, and leaves their files", () => {
    const options = { writer: "tensorboard.summary.writer.event_file_writer", author: "box.7" };
    const position = file(0, [scalar(0, { a: 1 }), scalar(1, { a: 2 })], [scalar(0, { b: 1 })], options);
    const [theirs] = eventFilesIn(dir);
    const path = continued(position);
    clock.advance(2 * MINUTES);
    expect(told(path)).toEqual(["head", "void b 0", "START 0", "START 0", "0: a=1", "1: a=2", "999: z=1"]);
    expect(told(continued(position))).toEqual([
      ...["head", "void b 0", "void z 999", "START 0", "START 0", "0: a=1", "1: a=2", "999: z=1"],
    ]);
    expect(eventFilesIn(dir)[0]).toBe(theirs);
  });

  it("folds small files on the way, as every session does", () => {
    const positions = [0, 1, 2].map((hour) => file(hour, [scalar(hour, { a: hour })]));
    sessionFile(dir, 3, [scalar(3, { a: 3 })]);
    expect(told(continued(both(...positions)))).toEqual([
      ...["head", "START 0", "START 0", "0: a=0", "1: a=1", "2: a=2", "999: z=1"],
    ]);
    expect(eventFilesIn(dir).length).toBeLessThanOrEqual(3);
  });

  it("knows the highest steps before the position", () => {
    const position = file(0, [scalar(0, { a: 1, b: 1 }), scalar(7, { a: 2 })], [scalar(9, { a: 1, c: 1 })]);
    using writer = open({ continueFrom: position });
    expect([...writer.earlierSteps()]).toEqual([
      ["a", 7],
      ["b", 0],
    ]);
  });
});

describe("a position that is none of the run", () => {
  const named = (bytes: number): LogPosition => ({
    files: { "events.out.tfevents.1700000000.000000.box.7": bytes },
  });

  it.each<[string, LogPosition, RegExp]>([
    [
      "names a file that is not there",
      { files: { "events.out.tfevents.1600000000.000000.box.7": 100 } },
      /^Cannot continue from the position: expected \S+1600000000\.000000\.box\.7 to have its first 100 bytes, got no such file$/,
    ],
    [
      "says that a file is longer than it is",
      named(1000),
      /^Cannot continue from the position: expected \S+1700000000\.000000\.box\.7 to have its first 1000 bytes, got one of 113 bytes$/,
    ],
  ])("%s", (_, position, message) => {
    const path = sessionFile(dir, 0, [scalar(0, { a: 1 })]);
    truncateSync(path, 113);
    const before = filesIn(dir);
    const error = errorOf(LogdirError, () => open({ continueFrom: position }));
    expect(error).toMatchObject({ code: "POSITION_LOST", message: expect.stringMatching(message) as string });
    expect(filesIn(dir)).toEqual(before);
  });

  it("names a directory that is not there, which is not made", () => {
    dir = join(dir, "none");
    expect(() => open({ continueFrom: named(1) })).toThrow(/got no such file/);
    expect(existsSync(dir)).toBe(false);
  });

  it("ends in a file that is damaged before it", () => {
    const position = file(0, [scalar(0, { a: 1 }), scalar(1, { a: 2 })], [scalar(2, { a: 3 })]);
    const [path] = eventFilesIn(dir);
    const bytes = readFileSync(path!);
    bytes[position.files[basename(path!)]! - 8]! ^= 1;
    writeFileSync(path!, bytes);
    const error = errorOf(CorruptFileError, () => open({ continueFrom: position }));
    expect(error).toMatchObject({ code: "BAD_DATA_CRC", path });
    expect(eventFilesIn(dir)).toEqual([path]);
  });

  it("is no obstacle where an older file is damaged: what the loaders cannot read is not there", () => {
    const older = file(0, [scalar(0, { a: 1 }), scalar(5, { a: 2 })]);
    const [path] = eventFilesIn(dir);
    const bytes = readFileSync(path!);
    bytes[bytes.length - 8]! ^= 1;
    writeFileSync(path!, bytes);
    const position = file(1, [scalar(6, { a: 3 })], [scalar(0, { b: 1 })]);
    clock.advance(10 * MINUTES);
    expect(told(continued(both(older, position)))).toEqual([
      ...["head", "void b 0", "START 0", "START 0", "0: a=1", "6: a=3", "999: z=1"],
    ]);
    expect(readFileSync(path!)).toEqual(bytes);
  });

  it.each<[string, unknown, RegExp]>([
    ["a step", 5, /`continueFrom` to be a position of a writer.*got 5 \(number\)/],
    ["null", null, /got null/],
    ["an array", { files: [] }, /`continueFrom`/],
    ["a path", { files: { "../events.out.tfevents.1": 1 } }, /named like files of a run, got "\.\.\/events/],
    ["another name", { files: { "a.txt": 1 } }, /named like files of a run/],
    ["a negative size", { files: { "events.out.tfevents.1": -1 } }, /a number of bytes, got -1/],
    ["text", { files: { "events.out.tfevents.1": "1" } }, /a number of bytes, got "1" \(string\)/],
    [
      "records",
      { files: { "records.out.1.2": 1 } },
      /a plain run, or `maxPointsPerTag`.*\(records\.out\.1\.2\)/,
    ],
  ])("is no position at all: %s", (_, continueFrom, message) => {
    const error = errorOf(ArgumentError, () => open({ continueFrom: continueFrom as LogPosition }));
    expect(error.message).toMatch(message);
  });

  it("has no purgeStep beside it", () => {
    expect(() => open({ continueFrom: { files: {} }, purgeStep: 3 })).toThrow(
      "Expected `purgeStep` to be left out where `continueFrom` is given, got 3 (number)",
    );
  });
});
