// A bounded run: what is no scalar in it, and how it is handed over and synced.
import { existsSync } from "node:fs";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { ArgumentError } from "../../src/errors.js";
import { BoundedEventWriter } from "../../src/events/bounded-event-writer.js";
import type { BoundedEventWriterOptions } from "../../src/events/session.js";
import { DataClass } from "../../src/wire/summary.js";
import { lossOf } from "../helpers/channels.js";
import { errorOf } from "../helpers/errors.js";
import { eventsOf, filesIn } from "../helpers/events.js";
import { FaultyFileSystem } from "../helpers/faulty-file-system.js";
import { scriptedClock, type ScriptedClock } from "../helpers/scripted-clock.js";
import { shown } from "../helpers/shown.js";
import { useTempDir } from "../helpers/temp-dir.js";

const tempDir = useTempDir("bounded-others");
const META = { pluginName: "scalars", dataClass: DataClass.SCALAR };

let dir: string;
let clock: ScriptedClock;
let disk: FaultyFileSystem;
let warnings: string[];
beforeEach(() => {
  dir = tempDir();
  clock = scriptedClock();
  disk = new FaultyFileSystem();
  warnings = [];
  vi.spyOn(process, "emitWarning").mockImplementation((message) => void warnings.push(String(message)));
});
afterEach(() => {
  vi.restoreAllMocks();
  vi.useRealTimers();
});

function newWriter(options: BoundedEventWriterOptions = {}): BoundedEventWriter {
  return new BoundedEventWriter(dir, { clock, fileSystem: disk, hostname: "box", pid: 7, ...options });
}

/** An event as the text dashboard has it: its own metadata, a tensor of strings. */
function text(tag: string, step: number, words: string) {
  const metadata = { pluginName: "text", dataClass: DataClass.TENSOR };
  const tensor = { dtype: 7, shape: [], stringVal: [Buffer.from(words)] };
  return { step, summary: [{ tag, metadata, tensor }] };
}

/** Steps and words of a text tag in the run's last file. */
function textsIn(path: string, tag: string): [number, string][] {
  return eventsOf(path).flatMap(({ step, summary = [] }) =>
    summary
      .filter((value) => value.tag === tag)
      .map(({ tensor }): [number, string] => [Number(step), Buffer.from(tensor!.stringVal![0]!).toString()]),
  );
}

describe("what is no scalar", () => {
  it("survives in every new file: text, images, hparams, a graph; of many events the first and the last", () => {
    const writer = newWriter({ maxPointsPerTag: 8 });
    const image = {
      tag: "digits",
      metadata: { pluginName: "images", dataClass: DataClass.BLOB_SEQUENCE },
      tensor: {
        dtype: 7,
        shape: [3],
        stringVal: ["1", "1", "png"].map((part) => Uint8Array.from(Buffer.from(part))),
      },
    };
    const hparams = {
      tag: "_hparams_/experiment",
      metadata: {
        pluginName: "hparams",
        pluginContent: Uint8Array.of(1, 2, 3),
        dataClass: DataClass.TENSOR,
      },
    };
    writer.write({ summary: [hparams] });
    writer.write({ graphDef: Uint8Array.of(9, 9) });
    writer.write(text("notes", 0, "at the beginning"));
    writer.write({ step: 0, summary: [image] });
    const firstFile = writer.path;
    for (let step = 0; step < 20_000; step++) {
      lossOf(writer).writeOne(step, Math.sin(step));
      if (step % 20 === 0) writer.write(text("often", step, `at ${step}`));
      if (step === 10_000) writer.write(text("notes", step, "in the middle"));
      if (step === 10_000) writer.write({ step, summary: [image] });
      clock.advance(5);
    }
    writer.closeSync();
    expect(existsSync(firstFile!)).toBe(false);
    const events = eventsOf(writer.path!);
    expect(events.flatMap(({ graphDef }) => (graphDef ? [Array.from(graphDef)] : []))).toEqual([[9, 9]]);
    const values = events.flatMap(({ step, summary = [] }) => summary.map((value) => ({ step, value })));
    expect(values.filter(({ value }) => value.tag === "digits").map(({ step }) => step)).toEqual([0, 10_000]);
    expect(values.find(({ value }) => value.tag === "digits")!.value).toMatchObject(image);
    expect(values.filter(({ value }) => value.tag === hparams.tag).map(({ value }) => value)).toEqual([
      hparams,
    ]);
    expect(textsIn(writer.path!, "notes")).toEqual([
      [0, "at the beginning"],
      [10_000, "in the middle"],
    ]);
    const often = textsIn(writer.path!, "often");
    expect([often[0], often.at(-1)]).toEqual([
      [0, "at 0"],
      [19_980, "at 19980"],
    ]);
    expect(often.length).toBeLessThanOrEqual(100);
    expect(often.length).toBeGreaterThanOrEqual(4);
    // The record file has them all.
    const recorded = eventsOf(writer.recordPath!);
    expect(recorded.filter(({ summary }) => summary?.[0]?.tag === "often")).toHaveLength(1000);
    expect(recorded.filter(({ graphDef }) => graphDef !== undefined)).toHaveLength(1);
  });

  it("is parted from the scalars of its event", () => {
    const writer = newWriter();
    const [note] = text("note", 3, "x").summary;
    expect(writer.write({ step: 3, wallTime: 9, summary: [{ tag: "a", simpleValue: 1 }, note!] })).toBe(true);
    expect(writer.write({ step: 4, summary: [{ tag: "a", simpleValue: 2, metadata: META }] })).toBe(true);
    writer.closeSync();
    expect(shown(dir, "a")).toEqual([
      [3, 1],
      [4, 2],
    ]);
    expect(textsIn(writer.path!, "note")).toEqual([[3, "x"]]);
    expect(eventsOf(writer.recordPath!).map(({ step, summary }) => [step, summary![0]!.tag])).toEqual([
      [3, "a"],
      [3, "note"],
      [4, "a"],
    ]);
  });

  it("may have steps beyond 2^53, which scalars may not", () => {
    const writer = newWriter({ maxPointsPerTag: 8 });
    for (const step of [2n ** 62n, -(2n ** 62n), 2n ** 63n - 1n]) {
      const { summary } = text("note", 0, `at ${step}`);
      writer.write({ step, summary });
    }
    for (const step of [2n ** 60n, 2 ** 60, 0.5])
      expect(
        errorOf(ArgumentError, () => writer.write({ step, summary: [{ tag: "a", simpleValue: 1 }] })).message,
      ).toContain(`got ${step}`);
    const mixed = [{ tag: "a", simpleValue: 1 }, ...text("note", 0, "x").summary];
    expect(() => writer.write({ step: 1, wallTime: NaN, summary: mixed })).toThrow(ArgumentError);
    for (let step = 0; step < 100; step++) {
      lossOf(writer).writeOne(step, step);
      clock.advance(1000);
    }
    writer.closeSync();
    expect(textsIn(writer.path!, "note").map(([, words]) => words)).toEqual([
      `at ${2n ** 62n}`,
      `at ${-(2n ** 62n)}`,
      `at ${2n ** 63n - 1n}`,
    ]);
    // A file's START comes before all of it.
    const starts = eventsOf(writer.path!).filter(({ sessionLog }) => sessionLog !== undefined);
    expect(starts.map(({ step }) => step)).toEqual([-(2n ** 63n), -(2n ** 63n)]);
    expect(shown(dir, "a")).toEqual([]);
  });

  it("is void from the step of a START that the program writes, as all is", () => {
    const writer = newWriter({ maxPointsPerTag: 8 });
    for (let step = 0; step < 100; step++) {
      lossOf(writer).writeOne(step, 1);
      if (step % 10 === 0) writer.write(text("note", step, "old"));
    }
    for (let i = 0; i < 2; i++) writer.write({ step: 50, sessionLog: { status: 1 } });
    clock.advance(6000);
    lossOf(writer).writeOne(50, 2);
    writer.write(text("note", 55, "new"));
    writer.closeSync();
    expect(shown(dir, "loss").filter(([, value]) => value === 2)).toEqual([[50, 2]]);
    expect(shown(dir, "loss").at(-1)).toEqual([50, 2]);
    expect(textsIn(writer.path!, "note").at(-1)).toEqual([55, "new"]);
    expect(textsIn(writer.path!, "note").every(([step, words]) => step < 50 === (words === "old"))).toBe(
      true,
    );
  });
});

describe("without a record file", () => {
  it("hands over at a flush what it has, as far as there is room", () => {
    const writer = newWriter({ records: false, maxPointsPerTag: 100 });
    for (let step = 0; step < 50; step++) lossOf(writer).writeOne(step, step % 7);
    writer.flush();
    expect(shown(dir, "loss").at(-1)).toEqual([49, 0]);
    expect(filesIn(dir)).toHaveLength(1);
    for (let step = 50; step < 5000; step++) {
      lossOf(writer).writeOne(step, step % 7);
      writer.flush();
    }
    expect(shown(dir, "loss").length).toBeLessThanOrEqual(100);
    clock.advance(5000);
    writer.flush();
    expect(shown(dir, "loss").at(-1)).toEqual([4999, 4999 % 7]);
    writer.closeSync();
    expect(writer.recordPath).toBeUndefined();
    expect(filesIn(dir).every((name) => name.includes("tfevents"))).toBe(true);
  });
});

describe("sync", () => {
  it("resolves when both files and the directory are on the disk", async () => {
    const writer = newWriter();
    lossOf(writer).writeOne(1, 1);
    await writer.sync();
    expect([disk.count("fdatasync"), disk.count("fsync")]).toEqual([2, 2]);
    writer.closeSync();
    await writer.close();
  });

  it("is made by itself with durability disk, of both", () => {
    const writer = newWriter({ durability: "disk" });
    lossOf(writer).writeOne(1, 1);
    expect(disk.count("fdatasyncSync")).toBe(2);
    writer.closeSync();
    expect(disk.count("fdatasyncSync")).toBe(4);
  });
});
