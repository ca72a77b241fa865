// Folding: what the small files of earlier sessions become, record by record, and when they are left alone.
import { spawn } from "node:child_process";
import { appendFileSync, existsSync, readFileSync, truncateSync, utimesSync, writeFileSync } from "node:fs";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { EventFileWriter } from "../../src/events/event-file-writer.js";
import type { EventFileWriterOptions } from "../../src/events/session.js";
import type { Event } from "../../src/wire/event.js";
import { encodeTfRecord } from "../../src/wire/tfrecord.js";
import { eventFilesIn, filesIn, readEventFile, recordsOf } from "../helpers/events.js";
import { FaultyFileSystem } from "../helpers/faulty-file-system.js";
import { scalar, sessionFile, START_S, started, told, type FileOptions } from "../helpers/handmade-runs.js";
import { scriptedClock, type ScriptedClock } from "../helpers/scripted-clock.js";
import { useTempDir } from "../helpers/temp-dir.js";

const tempDir = useTempDir("fold");

let dir: string;
let clock: ScriptedClock;
let disk: FaultyFileSystem;
let warnings: { message: string; code: string }[];
beforeEach(() => {
  dir = tempDir();
  // A day after the first of the files.
  clock = scriptedClock((START_S + 86_400) * 1000);
  disk = new FaultyFileSystem();
  warnings = [];
  vi.spyOn(process, "emitWarning").mockImplementation((message, options) => {
    warnings.push({ message: String(message), code: (options as unknown as { code: string }).code });
  });
});
afterEach(() => void vi.restoreAllMocks());

/** Writes the file of the session that began `hours` after the first one. */
function file(hours: number, events: readonly (Event | Uint8Array)[], options?: FileOptions): string {
  return sessionFile(dir, hours, events, options);
}

/** The next session: logs `z` at step 999 and ends. Gives the path of its file. */
function nextSession(options: EventFileWriterOptions = {}): string {
  const writer = new EventFileWriter(dir, { clock, fileSystem: disk, hostname: "box", pid: 7, ...options });
  writer.write(scalar(999, { z: 1 }));
  writer.closeSync();
  expect(disk.openFiles).toBe(0);
  return writer.path!;
}

describe("three files of earlier sessions", () => {
  it("become the beginning of the next one's, every record as it was, behind two STARTs at their first step", () => {
    const files = [
      file(0, [scalar(0, { a: 1, b: 2 }, true), scalar(1, { a: 1.1 })]),
      file(1, [scalar(2, { a: 1.2, b: 2.2 }, true)]),
      file(2, [scalar(3, { a: 1.3 }, true), scalar(4, { b: 2.4 }, true)]),
    ];
    const records = files.flatMap((path) => recordsOf(path).slice(1));
    const path = nextSession();
    expect(told(path).slice(0, 3)).toEqual(["head", "START 0", "START 0"]);
    // Behind the second one, and before the last one, it says whose place it took.
    expect(recordsOf(path).slice(4, -2)).toEqual(records);
    expect(told(path).at(-1)).toBe("999: z=1");
  });

  it("are deleted, but for the last, which has been followed for less than a minute", () => {
    const files = [file(0, [scalar(0, { a: 1 })]), file(1, []), file(2, [])];
    const path = nextSession();
    expect(eventFilesIn(dir)).toEqual([files[2], path]);
    expect(filesIn(dir)).toHaveLength(2);
  });

  it("do not change when the run began: TensorBoard sorts runs by the wall time of their first event", () => {
    file(0, [scalar(0, { a: 1 })]);
    file(1, []);
    file(2, []);
    expect(readEventFile(nextSession()).events[0]).toMatchObject({
      wallTime: START_S,
      fileVersion: "brain.Event:2",
      sourceMetadata: { writer: expect.stringMatching(/^tensorboard-node-logger \S+$/) as string },
    });
  });

  const cases: [name: string, files: Event[][], options: EventFileWriterOptions, expected: string[]][] = [
    [
      "a START makes void what all tags have from its step on",
      [[scalar(0, { a: 1, b: 2 }), scalar(5, { a: 3, b: 4 })], [], [...started(5), scalar(6, { a: 5 })]],
      {},
      ["START 0", "START 0", "0: a=1 b=2", "6: a=5"],
    ],
    [
      "a START goes for what its own file has before it",
      [[scalar(0, { a: 1 }), scalar(5, { b: 2 }), ...started(3), scalar(4, { a: 3 })], [], []],
      {},
      ["START 0", "START 0", "0: a=1", "4: a=3"],
    ],
    [
      "a START goes for what has no tag too",
      [
        [
          { wallTime: START_S, step: 0, graphDef: Uint8Array.of(1) },
          { wallTime: START_S, step: 7, logMessage: { level: 20, message: "x" } },
          { wallTime: START_S, step: 8, sessionLog: { status: 2 } },
          { wallTime: START_S, step: 9, graphDef: Uint8Array.of(2) },
        ],
        [...started(8), scalar(8, { a: 5 })],
        [],
      ],
      {},
      ["START 8", "START 8", "graph 0", "message 7", "8: a=5"],
    ],
    [
      "a tag that is logged again from an earlier step on is void from there, in the files before and for that tag alone",
      [
        [scalar(0, { a: 1 }), scalar(4, { a: 2 }), scalar(5, { a: 3 }), scalar(9, { b: 4 })],
        [scalar(5, { a: 6 }), scalar(8, { a: 7 })],
        [scalar(7, { a: 8 })],
      ],
      {},
      ["START 0", "START 0", "0: a=1", "4: a=2", "9: b=4", "5: a=6", "7: a=8"],
    ],
    [
      "an event of several tags keeps those that are not void",
      [
        [scalar(4, { a: 1, b: 2, c: 3 }, true), scalar(5, { a: 4 })],
        [scalar(3, { a: 5 })],
        [scalar(4, { c: 6 })],
      ],
      {},
      ["START 3", "START 3", "4: b=2 (the b)", "3: a=5 (the a)", "4: c=6 (the c)"],
    ],
    [
      "a session that went back within itself is left as it is",
      [[scalar(5, { a: 1 }), scalar(3, { a: 2 }), scalar(5, { a: 3 })], [], []],
      {},
      ["START 3", "START 3", "5: a=1", "3: a=2", "5: a=3"],
    ],
    [
      "what says what a tag is goes to its first value that is left",
      [
        [scalar(5, { a: 1, b: 1 }, true), scalar(1, { a: 2, b: 2 }), scalar(2, { a: 3 })],
        [...started(3)],
        [],
      ],
      {},
      ["START 1", "START 1", "1: a=2 (the a) b=2 (the b)", "2: a=3"],
    ],
    [
      "a session whose points are all void leaves nothing",
      [[scalar(5, { a: 1 })], [scalar(6, { a: 2 })], [...started(5)]],
      {},
      ["START 5", "START 5"],
    ],
    [
      "the session's own purgeStep counts as well",
      [[scalar(0, { a: 1 }), scalar(5, { a: 3 })], [scalar(6, { a: 4 })], []],
      { purgeStep: 5 },
      ["START 0", "START 0", "0: a=1"],
    ],
    [
      "a purgeStep below everything leaves nothing, and says so",
      [[scalar(6, { a: 1 })], [scalar(7, { a: 4 })], []],
      { purgeStep: 5 },
      ["START 5", "START 5"],
    ],
    ["without any summary there is nothing to be void", [[], [], []], {}, []],
    [
      "steps may be negative and beyond what a number holds",
      [[scalar(-5, { a: 1 }), scalar(2n ** 60n + 1n, { a: 2 })], [scalar(2n ** 60n + 2n, { a: 3 })], []],
      {},
      ["START -5", "START -5", "-5: a=1", `${2n ** 60n + 1n}: a=2`, `${2n ** 60n + 2n}: a=3`],
    ],
  ];
  it.each(cases)("(%s)", (_, files, options, expected) => {
    for (const [hour, events] of files.entries()) file(hour, events);
    expect(told(nextSession(options))).toEqual(["head", ...expected, "999: z=1"]);
    expect(warnings).toEqual([]);
  });

  it("lose a torn tail, zeros that a power cut left, and nothing else", () => {
    file(0, [scalar(0, { a: 1 }), new Uint8Array(5000)]);
    const torn = file(1, [scalar(1, { a: 2 }), scalar(2, { a: 3 })]);
    truncateSync(torn, readFileSync(torn).length - 1);
    writeFileSync(file(2, []), "");
    expect(told(nextSession())).toEqual(["head", "START 0", "START 0", "0: a=1", "1: a=2", "999: z=1"]);
  });

  it("are folded again when a session ended before it could delete any", () => {
    const files = [0, 1, 2].map((hour) => file(hour, [scalar(hour, { a: hour })]));
    const before = files.map((path) => readFileSync(path));
    const first = nextSession();
    for (const [i, path] of files.entries()) writeFileSync(path, before[i]!);
    clock.advance(3_600_000);
    const second = nextSession();
    expect(told(second)).toEqual([...told(first), "999: z=1"]);
    expect(eventFilesIn(dir)).toEqual([first, second]);
  });

  it("are folded once a minute by a program that crashes again and again, and few soon after", () => {
    const starts = Array.from({ length: 120 }, () => {
      const line = told(nextSession()).at(1);
      clock.advance(5000);
      return line;
    });
    // The first fold when half of the files have been followed for a minute; then as many again must come.
    const folds = starts.flatMap((line, i) => (line === "START 999" ? [i] : []));
    expect(folds[0]).toBe(24);
    expect(folds.length).toBeLessThanOrEqual(10);
    expect(eventFilesIn(dir).length).toBeLessThanOrEqual(27);
    clock.advance(60_000);
    nextSession();
    expect(eventFilesIn(dir)).toHaveLength(2);
  });
});

describe("files that are not folded", () => {
  const small = [scalar(0, { a: 1 })];
  /** What the file of the next session says, which must leave these as they are. */
  const toldBeside = (paths: readonly string[], options: EventFileWriterOptions = {}): string[] => {
    const before = paths.map((path) => readFileSync(path));
    const lines = told(nextSession(options));
    for (const [i, path] of paths.entries()) {
      if (!readFileSync(path).equals(before[i]!)) throw new Error(`${path} was changed`);
    }
    return lines;
  };
  const alone = ["head", "999: z=1"];

  it("are fewer than three", () => {
    expect(toldBeside([file(0, small), file(1, small)])).toEqual(alone);
  });

  it("are those of a writer with fold: false", () => {
    expect(toldBeside([file(0, small), file(1, small), file(2, small)], { fold: false })).toEqual(alone);
  });

  it.each<[string, FileOptions]>([
    ["by another program", { writer: "tensorboard.summary.writer.event_file_writer" }],
    [
      "of a bounded session, which has a record file",
      { writer: "tensorboard-node-logger 0.1.0 bounded records.out.x" },
    ],
  ])("are %s, and those before", (_, options) => {
    const files = [file(0, small), file(1, small, options), file(2, small), file(3, small)];
    expect(toldBeside(files)).toEqual(alone);
    // The two behind it and the last session's.
    clock.advance(3_600_000);
    nextSession();
    expect(files.map((path) => existsSync(path))).toEqual([true, true, false, false]);
  });

  it("are of 4 MiB and more, and those before", () => {
    const large = [...small, { wallTime: START_S, step: 0, graphDef: new Uint8Array(4 * 1024 * 1024) }];
    const files = [file(0, small), file(1, large), file(2, []), file(3, [])];
    expect(toldBeside(files)).toEqual(alone);
    clock.advance(3_600_000);
    nextSession();
    expect(files.map((path) => existsSync(path))).toEqual([true, true, false, false]);
  });

  it("are more than 16 MiB together: the last of them are folded", () => {
    const graph = { wallTime: START_S, step: 0, graphDef: new Uint8Array(3.9 * 1024 * 1024) };
    const files = [0, 1, 2, 3, 4].map((hour) => file(hour, [graph]));
    nextSession();
    expect(files.map((path) => existsSync(path))).toEqual([true, false, false, false, true]);
  });

  it("are those that a process still writes, and those before", async () => {
    const child = spawn(process.execPath, ["-e", "process.stdin.resume()"], {
      stdio: ["pipe", "ignore", "ignore"],
    });
    const author = `box.${child.pid}`;
    const files = [file(0, small), file(1, small), file(2, small), file(3, small, { author })];
    expect(toldBeside(files)).toEqual(alone);
    child.stdin.end();
    await new Promise((resolve) => child.once("close", resolve));
    clock.advance(3_600_000);
    nextSession();
    expect(files.map((path) => existsSync(path))).toEqual([false, false, false, false]);
  });

  it("are another machine's, until nothing came for ten minutes", () => {
    const last = file(3, small, { author: "other.4711" });
    const files = [file(0, small), file(1, small), file(2, small), last];
    expect(toldBeside(files)).toEqual(alone);
    const age = (minutes: number): void => {
      const then = Date.now() / 1000 - 60 * minutes;
      utimesSync(last, then, then);
    };
    age(9);
    clock.advance(3_600_000);
    nextSession();
    expect(existsSync(files[0]!)).toBe(true);
    age(11);
    clock.advance(3_600_000);
    nextSession();
    expect(existsSync(files[0]!)).toBe(false);
  });

  it("are damaged, and those before: that is said, and those behind it are folded", () => {
    const files = [0, 1, 2, 3, 4, 5].map((hour) => file(hour, [scalar(hour, { a: hour })]));
    const bytes = readFileSync(files[2]!);
    bytes[bytes.length - 10]! ^= 1;
    writeFileSync(files[2]!, bytes);
    const path = nextSession();
    expect(told(path)).toEqual(["head", "START 3", "START 3", "3: a=3", "4: a=4", "5: a=5", "999: z=1"]);
    expect(eventFilesIn(dir)).toEqual([files[0], files[1], files[2], files[5], path]);
    expect(readFileSync(files[2]!)).toEqual(bytes);
    expect(warnings).toEqual([
      {
        code: "NOT_FOLDED",
        message: expect.stringMatching(
          /^The earlier event files of .* stay as they are: .*do not match their checksum/,
        ) as string,
      },
    ]);
  });

  it.each([
    ["a record that is no event", encodeTfRecord(Uint8Array.of(0xff, 0xff))],
    ["garbage", Buffer.from("this is no record at all")],
  ])("have %s at the end, and too few are behind them", (_, bytes) => {
    const files = [file(0, small), file(1, small), file(2, small)];
    appendFileSync(files[1]!, bytes);
    expect(toldBeside(files)).toEqual(alone);
    expect(warnings).toEqual([expect.objectContaining({ code: "NOT_FOLDED" })]);
  });
});
