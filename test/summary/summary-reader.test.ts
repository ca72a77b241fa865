// SummaryReader: what is asked for, what is there, and what is wrong with it.
import { appendFileSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { NoMatchError } from "../../src/errors.js";
import { SummaryReader, SummaryWriter } from "../../src/summary/index.js";
import { encodeEvent, type Event } from "../../src/wire/event.js";
import { encodeTfRecord } from "../../src/wire/tfrecord.js";
import { errorOf } from "../helpers/errors.js";
import { eventFilesIn } from "../helpers/events.js";
import { fixtures } from "../helpers/fixtures.js";
import { scalar, sessionFile, START_S } from "../helpers/handmade-runs.js";
import { byRustRule, filesOfRun } from "../helpers/loader-rules.js";
import { useTempDir } from "../helpers/temp-dir.js";
import { twoRuns } from "./two-runs.js";

const tempDir = useTempDir("summary-reader");

const names = (list: readonly { readonly run: string; readonly tag: string }[]) =>
  list.map(({ run, tag }) => `${run}: ${tag}`);

describe("what a reader lists", () => {
  test("runs and tags, with kinds and counts", () => {
    const reader = new SummaryReader(twoRuns(tempDir()));
    expect(reader.runs()).toEqual(["a", "b/c"]);
    expect(reader.tags()).toEqual([
      { run: "a", tag: "loss/train", count: 3, kind: "scalar", plugin: "scalars" },
      { run: "a", tag: "loss/[val]", count: 1, kind: "scalar", plugin: "scalars" },
      { run: "a", tag: "notes", count: 1, kind: "text", plugin: "text" },
      { run: "b/c", tag: "loss/train", count: 1, kind: "scalar", plugin: "scalars" },
      { run: "b/c", tag: "lr", count: 1, kind: "scalar", plugin: "scalars" },
    ]);
  });

  test("scalars as columns", () => {
    const [first, second] = new SummaryReader(twoRuns(tempDir())).scalars({ runs: "a" });
    expect(first).toMatchObject({ run: "a", tag: "loss/train" });
    expect(first!.steps).toEqual(Float64Array.of(0, 1, 2));
    expect(first!.values).toEqual(Float64Array.of(0, 0.5, 1));
    expect(second!.wallTimes).toEqual(Float64Array.of(START_S));
  });

  test("of a run's directory and of an event file the run `.`", () => {
    const dir = join(twoRuns(tempDir()), "a");
    expect(new SummaryReader(dir).runs()).toEqual(["."]);
    const [path] = eventFilesIn(dir);
    expect(names(new SummaryReader(path!).tags({ tags: "notes" }))).toEqual([".: notes"]);
  });

  test("what the names, globs and expressions of the reader and of the call both mean", () => {
    const logdir = twoRuns(tempDir());
    const reader = new SummaryReader(logdir, { tags: ["loss/*", /^lr$/] });
    expect(names(reader.tags())).toEqual(["a: loss/train", "a: loss/[val]", "b/c: loss/train", "b/c: lr"]);
    // A name always means itself.
    expect(names(reader.scalars({ tags: "loss/[val]" }))).toEqual(["a: loss/[val]"]);
    expect(names(reader.scalars({ runs: "b/*" }))).toEqual(["b/c: loss/train", "b/c: lr"]);
    expect(names([...reader.values({ runs: /c/, tags: /r$/ })])).toEqual(["b/c: lr"]);
    expect(new SummaryReader(logdir, { runs: "b/**" }).runs()).toEqual(["b/c"]);
    expect(errorOf(NoMatchError, () => reader.tags({ tags: "notes" })).known).toContain("notes");
  });

  test("values of the kinds that are asked for", () => {
    const texts = [...new SummaryReader(twoRuns(tempDir())).values({ kinds: ["text"] })].map(
      ({ value }) => value,
    );
    expect(texts).toEqual(["hello"]);
  });

  test("events that have a wanted value, whole, with the places of their records", () => {
    const logdir = tempDir();
    const events = [scalar(0, { a: 1, b: 2 }), scalar(1, { b: 3 }), scalar(2, { a: 4 })];
    const path = sessionFile(logdir, 0, events);
    const found = [...new SummaryReader(logdir).events({ tags: "a" })];
    expect(found.map(({ event }) => event)).toEqual([events[0], events[2]]);
    const bytes = readFileSync(path);
    for (const { file, offset, end, event } of found) {
      expect(file).toBe(path);
      expect(bytes.subarray(offset, end)).toEqual(Buffer.from(encodeTfRecord(encodeEvent(event))));
    }
    expect([...new SummaryReader(logdir).events()].map(({ event }) => event).slice(1)).toEqual(events);
  });

  test("under the name that very old files give a value, also when it is asked for", () => {
    const { path } = fixtures.find(({ name }) => name === "old-programs")!;
    const reader = new SummaryReader(path, { tags: "scope/*" });
    expect([...reader.values()].map(({ tag, value }) => [tag, value])).toEqual([["scope/op:0", 1]]);
    expect(reader.scalars().map(({ tag, values }) => [tag, ...values])).toEqual([["scope/op:0", 1]]);
    expect([...reader.events()]).toHaveLength(1);
  });

  test("graphs by their tag", () => {
    const { path, events } = fixtures.find(({ name }) => name === "tensorboard-dashboards")!;
    const reader = new SummaryReader(path, { tags: "__run_graph__" });
    expect([...reader.values()].map(({ kind, value }) => [kind, (value as unknown[]).length])).toEqual([
      ["graph", 2],
    ]);
    const graphs = events.filter(({ graphDef }) => graphDef !== undefined);
    expect([...reader.events()].map(({ event }) => event)).toEqual(graphs);
  });
});

describe("a tag", () => {
  test("is what its first value says in the run, over its files, and has the first description", () => {
    const logdir = tempDir();
    const text = { dtype: 7, shape: [], stringVal: [Buffer.from("x")] };
    const metadata = { pluginName: "text", dataClass: 2, displayName: "The text", description: "first" };
    const event = (step: number, value: object): Event => ({
      ...{ wallTime: START_S, step },
      summary: [{ tag: "t", ...value }],
    });
    sessionFile(logdir, 0, [event(0, { metadata, tensor: text }), event(1, { tensor: text })]);
    const later = { ...metadata, pluginName: "scalars", description: "second" };
    sessionFile(logdir, 1, [event(2, { metadata: later, tensor: text }), event(3, { simpleValue: 1 })]);
    const reader = new SummaryReader(logdir);
    const base = { plugin: "text", displayName: "The text", description: "first" };
    expect(reader.tags()).toEqual([{ run: ".", tag: "t", count: 4, kind: "text", ...base }]);
    const values = [...reader.values()];
    expect(values.map(({ kind, step }) => [kind, step])).toEqual([
      ...[0, 1, 2].map((step) => ["text", step]),
      ["unknown", 3],
    ]);
    expect(values[3]).toMatchObject({ ...base, value: { tag: "t", simpleValue: 1 } });
    expect(values[2]).toMatchObject({ ...base, value: "x" });
  });
});

describe("what restarts made void", () => {
  test("is not shown, over the blocks of files, and is there with `all`", () => {
    const logdir = tempDir();
    // Each file has several blocks of 1 MiB, and each goes back over files.
    const session = (from: number, to: number): Event[] =>
      Array.from({ length: to - from }, (_, i) => {
        const step = from + i - (i % 100 === 99 ? 50 : 0);
        return scalar(step, { loss: i + from / 2 ** 20, [`tag ${i % 3} ${"long ".repeat(20)}`]: i });
      });
    sessionFile(logdir, 0, session(0, 20_000));
    sessionFile(logdir, 1, session(15_000, 30_000));
    sessionFile(logdir, 2, session(14_000, 16_000));
    sessionFile(logdir, 3, session(15_500, 40_000));
    const byTag = (restarts: "shown" | "all") => {
      const found: Record<string, { step: number; value: number }[]> = {};
      for (const { tag, step, value } of new SummaryReader(logdir, { restarts }).values({
        kinds: ["scalar"],
      })) {
        (found[tag] ??= []).push({ step: Number(step), value });
      }
      return found;
    };
    expect(byTag("shown")).toEqual(byRustRule(filesOfRun(logdir)));
    const all = byTag("all");
    expect(all["loss"]).toHaveLength(20_000 + 15_000 + 2_000 + 24_500);
    for (const [tag, count] of [...Object.entries(all)].map(([tag, { length }]) => [tag, length] as const)) {
      expect(new SummaryReader(logdir, { restarts: "all", tags: [tag] }).tags()[0]!.count).toBe(count);
    }
  });

  test("leaves out an event without a time, which `all` has", () => {
    const logdir = tempDir();
    const at = (wallTime: number, step: number): Event => ({ ...scalar(step, { a: step }), wallTime });
    sessionFile(logdir, 0, [at(Number.NaN, 5), at(1, 0), at(2, 1), at(Infinity, 0), at(3, 2)]);
    const steps = (restarts: "shown" | "all") => {
      const reader = new SummaryReader(logdir, { restarts });
      const [column] = reader.scalars();
      const values = [...reader.values()].map(({ step }) => step);
      expect([...column!.steps]).toEqual(values);
      return values;
    };
    expect(steps("shown")).toEqual([0, 1, 2]);
    expect(steps("all")).toEqual([5, 0, 1, 0, 2]);
  });

  test("has no values that only make void", () => {
    const dir = tempDir();
    const first = new SummaryWriter(dir);
    first.addScalar("a", 1, 1);
    const position = first.position();
    first.addScalar("a", 2, 2);
    first.addScalar("b", 2, 2);
    first.closeSync();
    const second = new SummaryWriter(dir, { continueFrom: position });
    second.addScalar("a", 3, 3);
    second.closeSync();
    const read = (restarts: "shown" | "all") =>
      [...new SummaryReader(dir, { restarts }).values()].map(({ tag, step }) => `${tag} ${step}`);
    expect(read("shown")).toEqual(["a 1", "a 3"]);
    expect(new Set(read("all"))).toEqual(new Set(["a 1", "a 2", "b 2", "a 3"]));
    expect(new SummaryReader(dir).tags().map(({ tag, count }) => [tag, count])).toEqual([["a", 2]]);
  });

  test("is told of what was there when reading began", () => {
    const logdir = tempDir();
    const path = sessionFile(logdir, 0, [scalar(0, { a: 0 }), scalar(1, { a: 1 })]);
    const reader = new SummaryReader(logdir);
    const values = reader.values();
    expect(values.next().value).toMatchObject({ step: 0 });
    appendFileSync(path, encodeTfRecord(encodeEvent(scalar(0, { a: 2 }))));
    expect([...values].map(({ step }) => step)).toEqual([1]);
    expect([...reader.values()].map(({ value }) => value)).toEqual([2]);
  });
});

describe("the full resolution of a bounded run", () => {
  const reader = (dir: string, restarts: "shown" | "all" = "shown") =>
    new SummaryReader(dir, { fullResolution: true, restarts });

  async function session(dir: string, from: number, to: number, tags: readonly string[], purgeStep?: number) {
    const writer = new SummaryWriter(dir, {
      ...{ maxPointsPerTag: 20, fold: false },
      ...(purgeStep !== undefined && { purgeStep }),
    });
    for (let step = from; step < to; step++) {
      for (const tag of tags) writer.addScalar(tag, Math.sin(step) + from, step);
      if (step === 500) writer.addText("notes", "half", step);
    }
    await writer.close();
  }

  test("is what its record files have, restarts as the event files have them", async () => {
    const dir = tempDir();
    await session(dir, 0, 1000, ["loss", "of the first"]);
    await session(dir, 800, 1200, ["loss"], 800);
    const shown = Object.fromEntries(new SummaryReader(dir).scalars().map((series) => [series.tag, series]));
    const full = Object.fromEntries(
      reader(dir)
        .scalars()
        .map((series) => [series.tag, series]),
    );
    expect(full["loss"]!.steps).toEqual(Float64Array.from({ length: 1200 }, (_, step) => step));
    expect(full["loss"]!.values[900]).toBe(Math.fround(Math.sin(900) + 800));
    // The second session said that it was void from 800 on.
    expect(full["of the first"]!.steps).toEqual(Float64Array.from({ length: 800 }, (_, step) => step));
    for (const [tag, { steps, values }] of Object.entries(shown)) {
      expect(steps.length).toBeLessThanOrEqual(40);
      for (const [i, step] of steps.entries()) expect(full[tag]!.values[step]).toBe(values[i]);
    }
    expect(shown["loss"]!.steps.at(-1)).toBe(1199);
    expect(shown["of the first"]!.steps.at(-1)).toBeLessThan(800);
    expect([...reader(dir).values({ kinds: ["text"] })].map(({ step }) => step)).toEqual([500]);
    const all = reader(dir, "all").scalars();
    expect(all.map(({ tag, steps }) => [tag, steps.length])).toEqual([
      ["loss", 1400],
      ["of the first", 1000],
    ]);
    const counts = reader(dir)
      .tags()
      .map(({ tag, count }) => [tag, count]);
    expect(Object.fromEntries(counts)).toEqual({ loss: 1200, "of the first": 800, notes: 1 });
    expect([...reader(dir).events()].every(({ file }) => file.includes("records.out"))).toBe(true);
  });

  test("is that of a plain run, and of an event file that is named, the same as without", async () => {
    const logdir = twoRuns(tempDir());
    expect(reader(logdir).scalars()).toEqual(new SummaryReader(logdir).scalars());
    const dir = tempDir();
    await session(dir, 0, 1000, ["loss"]);
    const [path] = eventFilesIn(dir);
    expect(reader(path!).scalars()).toEqual(new SummaryReader(dir).scalars());
  });

  test("is the event file's when the record file is gone", async () => {
    const dir = tempDir();
    await session(dir, 0, 1000, ["loss"]);
    for (const { file } of reader(dir).events()) rmSync(file, { force: true });
    expect(reader(dir).scalars()).toEqual(new SummaryReader(dir).scalars());
  });
});
