// What is in runs: as Google's protobuf reads the files of other programs, and as this package's writer was told.
import { copyFileSync, readFileSync, truncateSync, unlinkSync, writeFileSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { beforeAll, describe, expect, it } from "vitest";
import { LogdirError } from "../../../src/errors.js";
import type { TagSummary } from "../../../src/events/inspect/file-summary.js";
import { inspectRuns, type InspectOptions } from "../../../src/events/inspect/inspect-runs.js";
import type { RunInspection } from "../../../src/events/inspect/run-inspection.js";
import { runsAt } from "../../../src/events/reading/runs-at.js";
import { formOf } from "../../../src/events/tag-forms.js";
import { SummaryWriter } from "../../../src/summary/summary-writer.js";
import type { Event } from "../../../src/wire/event.js";
import { recordsOf } from "../../helpers/events.js";
import { fixtures, type Fixture } from "../../helpers/fixtures.js";
import { scalar, sessionFile, START_S, started } from "../../helpers/handmade-runs.js";
import { useTempDir } from "../../helpers/temp-dir.js";

const tempDir = useTempDir("inspect");

async function inspect(path: string, options?: InspectOptions): Promise<RunInspection[]> {
  return inspectRuns(runsAt(path), options);
}

async function inspectOne(path: string, options?: InspectOptions): Promise<RunInspection> {
  const [run, ...others] = await inspect(path, options);
  expect(others).toEqual([]);
  return run!;
}

/** The tag of this name. */
function tagOf(run: RunInspection, tag: string): TagSummary {
  return run.tags.find((one) => one.tag === tag)!;
}

/** 0 and -0 are one number to who looks for the least. */
function withoutSignOfZero(summary: TagSummary): TagSummary {
  const { scalar } = summary;
  return scalar === undefined
    ? summary
    : { ...summary, scalar: { ...scalar, min: scalar.min + 0, max: scalar.max + 0 } };
}

/** What a fixture's events say of their tags, counted by going through them. */
function tagsOf({ events, scalars }: Fixture): object[] {
  const values = events.flatMap((event) => (event.summary ?? []).map((value) => ({ ...event, value })));
  const tags = [...new Set(values.map(({ value }) => value.tag))].toSorted((a, b) => (a < b ? -1 : 1));
  return tags.map((tag) => {
    const its = values.filter(({ value }) => value.tag === tag);
    const steps = its.map(({ step }) => step);
    const times = its.map(({ wallTime }) => wallTime).filter(Number.isFinite);
    const numbers = scalars.filter(([name]) => name === tag).map(([, , number]) => number);
    const finite = numbers.filter(Number.isFinite);
    return {
      tag,
      dashboard: formOf(its[0]!.value)?.pluginName,
      count: its.length,
      bytes: expect.any(Number),
      firstStep: steps[0],
      lastStep: steps.at(-1),
      minStep: steps.reduce((least, step) => (step < least ? step : least)),
      maxStep: steps.reduce((most, step) => (step > most ? step : most)),
      stepsBack: steps.filter((step, i) => i > 0 && step < steps[i - 1]!).length,
      firstWallTime: times.length === 0 ? NaN : Math.min(...times),
      lastWallTime: times.length === 0 ? NaN : Math.max(...times),
      scalar:
        numbers.length === 0
          ? undefined
          : {
              count: numbers.length,
              min: finite.length === 0 ? NaN : Math.min(...finite) + 0,
              max: finite.length === 0 ? NaN : Math.max(...finite) + 0,
              last: numbers.at(-1),
              nonFinite: numbers.length - finite.length,
            },
    };
  });
}

describe("files of other programs", () => {
  it.each(fixtures)("$name, by $program", async (fixture) => {
    const run = await inspectOne(fixture.path);
    const has = (field: keyof Event): number =>
      fixture.events.filter((event) => event[field] !== undefined).length;
    const statuses = fixture.events.flatMap(({ sessionLog }) => sessionLog?.status ?? []);
    expect(run.tags.map(withoutSignOfZero)).toEqual(tagsOf(fixture));
    expect(run).toMatchObject({
      events: fixture.events.length,
      values: fixture.events.reduce((sum, { summary = [] }) => sum + summary.length, 0),
      graphs: has("graphDef"),
      metaGraphs: has("metaGraphDef"),
      runMetadata: has("taggedRunMetadata"),
      logMessages: has("logMessage"),
      starts: statuses.filter((status) => status === 1).length,
      stops: statuses.filter((status) => status === 2).length,
      checkpoints: statuses.filter((status) => status === 3).length,
      writers: [...new Set(fixture.events.flatMap(({ sourceMetadata }) => sourceMetadata?.writer ?? []))],
      damageCount: 0,
      bytes: readFileSync(fixture.path).length,
    });
    expect(run.files).toMatchObject([{ path: fixture.path, pendingBytes: 0, events: run.events }]);
  });
});

describe("a run of several files", () => {
  it("adds up what they have, and sees the steps go back from file to file", async () => {
    const dir = tempDir();
    sessionFile(dir, 0, [
      scalar(0, { loss: 3, accuracy: 0.5 }),
      scalar(1, { loss: NaN }),
      scalar(2, { loss: 2 }),
    ]);
    sessionFile(dir, 1, [...started(1), scalar(1, { loss: -1 }), scalar(0, { loss: 5 })], {
      writer: "another program",
    });
    const run = await inspectOne(dir);
    expect(run).toMatchObject({
      run: ".",
      dir,
      events: 9,
      values: 6,
      stepsBack: 2,
      starts: 2,
      isBounded: false,
    });
    expect(run.writers).toEqual(["tensorboard-node-logger 0.1.0", "another program"]);
    expect([run.firstWallTime, run.lastWallTime]).toEqual([START_S, START_S + 3600]);
    expect(tagOf(run, "loss")).toEqual({
      tag: "loss",
      dashboard: "scalars",
      count: 5,
      // Each: two bytes and the tag, a byte and the number.
      bytes: 5 * (2 + 4 + 5),
      firstStep: 0,
      lastStep: 0,
      minStep: 0,
      maxStep: 2,
      stepsBack: 2,
      firstWallTime: START_S,
      lastWallTime: START_S + 0.25,
      scalar: { count: 5, min: -1, max: 5, last: 5, nonFinite: 1 },
    });
    expect(tagOf(run, "accuracy")).toMatchObject({ count: 1, stepsBack: 0 });
  });

  it("keeps steps beyond 2^53 exact, and finds the least and the greatest of them", async () => {
    const dir = tempDir();
    const big = 2n ** 62n;
    const steps = [7, big + 1n, big, big + 3n, -(2n ** 60n) - 1n, 8];
    sessionFile(
      dir,
      0,
      steps.map((step) => scalar(step, { a: 1 })),
    );
    expect(tagOf(await inspectOne(dir), "a")).toMatchObject({
      ...{ firstStep: 7, lastStep: 8, minStep: -(2n ** 60n) - 1n, maxStep: big + 3n },
      ...{ count: 6, stepsBack: 2 },
    });
  });

  it("does not count the values that make others void", async () => {
    const dir = tempDir();
    const writer = new SummaryWriter(dir);
    for (let step = 0; step < 10; step++) writer.addScalar("loss", step, step);
    writer.flush();
    const position = writer.position();
    for (let step = 10; step < 20; step++) writer.addScalar("loss", step, step);
    writer.closeSync();
    const next = new SummaryWriter(dir, { continueFrom: position, fold: false });
    next.addScalar("loss", 100, 10);
    next.closeSync();
    const run = await inspectOne(dir);
    expect(tagOf(run, "loss")).toMatchObject({ dashboard: "scalars", lastStep: 10, stepsBack: 1 });
    expect(tagOf(run, "loss").count).toBe(tagOf(run, "loss").scalar!.count);
  });

  it("knows a bounded run, and the bytes of its record files", async () => {
    const dir = tempDir();
    const writer = new SummaryWriter(dir, { maxPointsPerTag: 10 });
    for (let step = 0; step < 1000; step++) writer.addScalar("loss", step, step);
    writer.closeSync();
    const run = await inspectOne(dir);
    expect(run.isBounded).toBe(true);
    expect(run.writers).toEqual(["tensorboard-node-logger 0.1.0"]);
    expect(tagOf(run, "loss").count).toBeLessThan(50);
    expect(run.recordBytes).toBeGreaterThan(1000 * 40);
    const records = join(dir, basename(run.files[0]!.path).replace("events.out.tfevents", "records.out"));
    expect(tagOf(await inspectOne(records), "loss").count).toBe(1000);
  });
});

describe("damage", () => {
  /** A file of a head and `count` scalars, and where each record begins. */
  function damagedFile(count: number): { path: string; dir: string; places: number[] } {
    const dir = tempDir();
    const path = sessionFile(
      dir,
      0,
      Array.from({ length: count }, (_, i) => scalar(i, { a: i })),
    );
    let at = 0;
    const places = recordsOf(path).map(({ length }) => (at += length) - length);
    return { path, dir, places };
  }

  it("goes on at the next record behind a length that was changed", async () => {
    const { path, dir, places } = damagedFile(100);
    const bytes = readFileSync(path);
    bytes[places[10]! + 9]! ^= 1;
    bytes[places[50]!]! ^= 4;
    writeFileSync(path, bytes);
    const run = await inspectOne(dir);
    expect(tagOf(run, "a")).toMatchObject({ count: 98, firstStep: 0, lastStep: 99, maxStep: 99 });
    expect(run.damageCount).toBe(2);
    expect(run.damages).toMatchObject([
      { code: "BAD_LENGTH_CRC", path, offset: places[10], length: places[11]! - places[10]! },
      { code: "BAD_LENGTH_CRC", path, offset: places[50], length: places[51]! - places[50]! },
    ]);
    expect(run.files[0]!.pendingBytes).toBe(0);
  });

  it("goes on behind zeros, and behind a record that is no event", async () => {
    const { path, dir, places } = damagedFile(100);
    const bytes = readFileSync(path);
    bytes.fill(0, places[20], places[25]);
    // Of the event's first field: no key has field number 0.
    bytes[places[60]! + 12] = 0;
    writeFileSync(path, bytes);
    const run = await inspectOne(dir);
    expect(tagOf(run, "a")).toMatchObject({ count: 94, maxStep: 99 });
    expect(run.damages).toMatchObject([
      { code: "ZEROS", offset: places[20], length: places[25]! - places[20]! },
      { code: "BAD_EVENT", offset: places[60], length: places[61]! - places[60]! },
    ]);
  });

  it("leaves a torn end to its writer", async () => {
    const { path, dir, places } = damagedFile(10);
    for (const rest of [1, 11, 12, 20]) {
      truncateSync(path, places[10]! + rest);
      const run = await inspectOne(dir);
      expect(run.files[0]).toMatchObject({ pendingBytes: rest, bytes: places[10]! + rest, events: 10 });
      expect(run.damageCount).toBe(0);
      writeFileSync(path, readFileSync(damagedFile(10).path));
    }
  });

  it("finds nothing in what is no event file, and an empty one empty", async () => {
    const dir = tempDir();
    writeFileSync(join(dir, "notes.tfevents.txt"), "Not one of TensorBoard's.\n".repeat(1000));
    writeFileSync(join(dir, "events.out.tfevents.1"), "");
    const run = await inspectOne(dir);
    expect(run).toMatchObject({ events: 0, values: 0, tags: [], stepsBack: 0, damageCount: 0 });
    expect([run.firstWallTime, run.lastWallTime]).toEqual([NaN, NaN]);
    expect(run.files.map(({ pendingBytes }) => pendingBytes)).toEqual([0, 26_000]);
  });
});

describe("large files", () => {
  let logdir: string;

  beforeAll(() => {
    logdir = tempDir();
    // More than what is read without threads.
    for (const run of ["a", "b"]) {
      const writer = new SummaryWriter(join(logdir, run), { clock: () => START_S * 1000 });
      const loss = writer.scalar("loss");
      for (let step = 0; step < 750_000; step++) loss.add(run === "a" ? step : -1 - step, step);
      writer.closeSync();
    }
  });

  it("are read in threads as in one", async () => {
    const shares: number[] = [];
    const onProgress = (done: number, total: number): void => void shares.push(done / total);
    const inThreads = await inspect(logdir, { threads: 2, onProgress });
    expect(inThreads).toEqual(await inspect(logdir, { threads: 1 }));
    expect(inThreads.map((run) => tagOf(run, "loss"))).toMatchObject([
      { count: 750_000, lastStep: 749_999, scalar: { min: 0, max: 749_999 } },
      { count: 750_000, lastStep: 749_999, scalar: { min: -750_000, max: -1 } },
    ]);
    expect([shares[0], shares.at(-1)]).toEqual([0, 1]);
    expect(shares).toEqual(shares.toSorted((a, b) => a - b));
    expect(shares.length).toBeGreaterThan(4);
  });

  it("are left out when they go away or cannot be read", async () => {
    const runs = runsAt(logdir);
    const gone = runs[0]!.files[0]!;
    // Between the first look and the reading.
    const onProgress = (done: number): void => void (done === 0 && unlinkSync(gone));
    const errors: LogdirError[] = [];
    const onError = (error: LogdirError): void => void errors.push(error);
    const [a, b] = await inspectRuns(runs, { threads: 2, onProgress, onError });
    expect(errors).toMatchObject([{ code: "LOGDIR_NOT_READABLE", path: gone }]);
    expect(errors[0]).toBeInstanceOf(LogdirError);
    expect(a).toMatchObject({ run: "a", files: [], tags: [] });
    expect(tagOf(b!, "loss").count).toBe(750_000);
    await expect(inspectRuns(runs)).rejects.toMatchObject({ code: "LOGDIR_NOT_READABLE", path: gone });
  });
});

describe("a file by itself", () => {
  it("is a run", async () => {
    const path = join(tempDir(), "any name");
    copyFileSync(fixtures[0]!.path, path);
    expect(await inspectOne(path)).toMatchObject({ run: ".", dir: dirname(path), files: [{ path }] });
  });
});
