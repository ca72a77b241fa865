// What scripts/kill-writers.ts counts, and the tables it makes of that: from files and curves whose state is known.
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { contentsOf, faultsOf, lossOf, stepsBelow } from "../../scripts/kill-writers/count.js";
import {
  idleTable,
  killTable,
  pairTable,
  resumeTable,
  type Finding,
} from "../../scripts/kill-writers/report.js";
import { encodeEvent, SessionStatus } from "../../src/wire/event.js";
import { RecordBuffer } from "../../src/wire/record-buffer.js";
import { useTempDir } from "../helpers/temp-dir.js";

const tempDir = useTempDir("kill-writers");

/** The bytes of an event file with a version and one point a record. */
function eventFile(points: readonly (readonly [step: number, value: number])[], tag = "loss"): Buffer {
  const buffer = new RecordBuffer(4096);
  buffer.append(encodeEvent({ wallTime: 1, fileVersion: "brain.Event:2" }));
  for (const [step, simpleValue] of points) {
    buffer.append(encodeEvent({ wallTime: 1, step, summary: [{ tag, simpleValue }] }));
  }
  return Buffer.from(buffer.bytes.subarray(0, buffer.length));
}

function write(bytes: Uint8Array): string {
  const path = join(tempDir(), "events.out.tfevents.1");
  writeFileSync(path, bytes);
  return path;
}

const curve = (...points: readonly (readonly [step: number, value: number])[]) =>
  points.map(([step, value]) => ({ step, value }));

describe("contentsOf", () => {
  it("reads one curve of several files, in their order", () => {
    const first = write(eventFile([[4, 4]]));
    const other = write(eventFile([[1, 1]], "accuracy"));
    const second = write(eventFile([[2, -3]]));
    expect(contentsOf([first, other, second], "loss")).toEqual({
      points: curve([4, 4], [2, -3]),
      torn: 0,
      damaged: 0,
    });
  });

  it("leaves out what a START makes void, and nothing behind it", () => {
    const buffer = new RecordBuffer(4096);
    buffer.append(encodeEvent({ wallTime: 1, fileVersion: "brain.Event:2" }));
    buffer.append(encodeEvent({ wallTime: 1, step: 2, sessionLog: { status: SessionStatus.START } }));
    buffer.append(encodeEvent({ wallTime: 1, step: 3, summary: [{ tag: "loss", simpleValue: -4 }] }));
    const first = write(eventFile([0, 1, 2, 3].map((step) => [step, step])));
    const second = write(buffer.bytes.subarray(0, buffer.length));
    expect(contentsOf([first, second], "loss").points).toEqual(curve([0, 0], [1, 1], [3, -4]));
  });

  it("tells a torn tail from a whole file", () => {
    const bytes = eventFile([
      [0, 0],
      [1, 1],
    ]);
    const torn = write(bytes.subarray(0, -1));
    expect(contentsOf([torn, write(bytes)], "loss")).toEqual({
      points: curve([0, 0], [0, 0], [1, 1]),
      torn: 1,
      damaged: 0,
    });
  });

  it.each([
    ["data", -5],
    ["data's checksum", -1],
  ])("stops at a record with bad %s, as TensorBoard does", (_, place) => {
    const good = eventFile([
      [0, 0],
      [1, 1],
    ]);
    const bytes = Buffer.concat([good, eventFile([[2, 2]])]);
    const at = good.length + place;
    bytes[at] = bytes[at]! ^ 1;
    expect(contentsOf([write(bytes)], "loss")).toEqual({ points: curve([0, 0]), torn: 0, damaged: 1 });
  });

  it("stops at a hole of zeros", () => {
    const bytes = Buffer.concat([eventFile([[0, 0]]), Buffer.alloc(40), eventFile([[1, 1]])]);
    expect(contentsOf([write(bytes)], "loss")).toEqual({ points: curve([0, 0]), torn: 0, damaged: 1 });
  });
});

describe("lossOf", () => {
  // 5 is missing, 7 is not as it was logged.
  const left = curve([0, 0], [1, 1], [2, 2], [3, 3], [4, 4], [6, 6], [7, 8]);

  it("counts what is not there up to the last step acknowledged, and flushed", () => {
    expect(lossOf(left, { acknowledged: 9, flushed: 6 })).toEqual({ acknowledged: 4, flushed: 1 });
    expect(lossOf(left, { acknowledged: 4, flushed: -1 })).toEqual({ acknowledged: 0, flushed: 0 });
  });

  it("counts nothing of a program that did not come to log, and all of one that left nothing", () => {
    expect(lossOf([], { acknowledged: -1, flushed: -1 })).toEqual({ acknowledged: 0, flushed: 0 });
    expect(lossOf([], { acknowledged: 11, flushed: 9 })).toEqual({ acknowledged: 12, flushed: 10 });
  });

  it("knows the value of each step", () => {
    const points = Array.from({ length: 1026 }, (_, step) => ({
      step,
      value: step < 1024 ? step : step - 1024,
    }));
    expect(lossOf(points, { acknowledged: 1025, flushed: 1025 })).toEqual({ acknowledged: 0, flushed: 0 });
  });
});

describe("faultsOf", () => {
  const before = stepsBelow(curve([0, 0], [1, 1], [2, 2], [3, 3], [4, 4], [5, 5]), 4);
  const continued = { from: 4, steps: 3, before };

  it("finds nothing wrong with one curve", () => {
    const good = curve([0, 0], [1, 1], [2, 2], [3, 3], [4, -5], [5, -6], [6, -7]);
    expect(faultsOf(good, continued)).toEqual({ backward: 0, twice: 0, missing: 0 });
  });

  it("finds the zigzag of a purge that had no effect", () => {
    const zigzag = curve(
      ...([0, 1, 2, 3, 4, 5] as const).map((step) => [step, step] as const),
      ...[[4, -5] as const, [5, -6] as const, [6, -7] as const],
    );
    expect(faultsOf(zigzag, continued)).toEqual({ backward: 1, twice: 2, missing: 0 });
  });

  it("finds points that stand twice side by side", () => {
    const twice = curve([0, 0], [1, 1], [1, 1], [2, 2], [3, 3], [4, -5], [5, -6], [6, -7]);
    expect(faultsOf(twice, continued)).toEqual({ backward: 1, twice: 1, missing: 0 });
  });

  it("counts what is missing of either session, and a void point as no new one", () => {
    expect(faultsOf(curve([0, 0], [2, 2], [3, 3], [4, 4], [6, -7]), continued)).toEqual({
      ...{ backward: 0, twice: 0, missing: 3 },
    });
    expect(faultsOf([], continued)).toEqual({ backward: 0, twice: 0, missing: 7 });
  });

  it("asks only for steps that the kill had left", () => {
    const holed = { ...continued, before: stepsBelow(curve([0, 0], [2, 9], [3, 3]), 4) };
    const shown = curve([0, 0], [3, 3], [4, -5], [5, -6], [6, -7]);
    expect(faultsOf(shown, holed)).toEqual({ backward: 0, twice: 0, missing: 0 });
  });
});

describe("the tables", () => {
  const killed = (flushes: boolean, afterMs: number, lost: readonly [number, number], torn = 0) => ({
    ...{ flushes, afterMs, torn, damaged: 0 },
    logged: afterMs * 2,
    lost: { acknowledged: lost[0], flushed: lost[1] },
  });
  const finding: Finding = {
    writer: "a writer",
    rate: "fast",
    showsAll: true,
    killed: [
      killed(false, 500, [0, 0]),
      killed(false, 400, [1500, 0], 1),
      killed(false, 10, [7, 0]),
      killed(true, 900, [12, 3], 1),
      killed(true, 300, [2, 0]),
    ],
    resumed: [1, 0].map((missing) => ({
      ...{ dir: "", from: 4, steps: 3, before: new Uint8Array(4), missing, damaged: 0, isShort: true },
    })),
    shown: {
      rust: [{ backward: 0, twice: 0, missing: 5 }],
      python: [{ backward: 2, twice: 1100, missing: 0 }],
    },
  };
  const cells = (markdown: string): string[] =>
    markdown
      .split("\n")
      .at(-1)!
      .split("|")
      .slice(1, -1)
      .map((cell) => cell.trim());

  it("has median and largest loss, and both kinds of kills apart", () => {
    expect(cells(killTable([finding]))).toEqual([
      ...["a writer", "fast", "5", "2,000", "7", "1,500 (750 ms)", "1 of 2", "3", "2", "0"],
    ]);
  });

  it("has what each loader shows of the continued runs", () => {
    expect(cells(resumeTable([finding]))).toEqual([
      ...["a writer", "fast", "2", "1", "0", "1", "0", "0", "5", "1", "1,100", "0"],
    ]);
  });

  it("leaves out what it cannot tell", () => {
    const early = finding.killed.map((one) => ({ ...one, afterMs: 20 }));
    expect(cells(killTable([{ ...finding, killed: early }]))).toEqual([
      ...["a writer", "fast", "5", "", "7", "1,500", "1 of 2", "3", "2", "0"],
    ]);
    expect(cells(resumeTable([{ ...finding, showsAll: false }]))).toEqual([
      ...["a writer", "fast", "2", "1", "0", "1", "0", "0", "", "1", "1,100", ""],
    ]);
  });

  it("has the other two scenarios", () => {
    expect(cells(idleTable(new Map([["a writer", [1000, 953, 960]]]), 1000))).toEqual([
      ...["a writer", "3", "960", "953"],
    ]);
    const pairs = [
      { files: 2, broken: 0, points: 2000 },
      { files: 1, broken: 1, points: 1006 },
    ];
    expect(cells(pairTable(new Map([["a writer", pairs]]), 2000))).toEqual([
      ...["a writer", "2", "1", "1", "1,503", "1,006"],
    ]);
  });
});
