// Repairs of whole logdirs: what is copied where, what is told, and what goes wrong.
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { beforeEach, describe, expect, test } from "vitest";
import { repairLogdir } from "../../../src/events/repair/repair-runs.js";
import { SummaryWriter } from "../../../src/summary/summary-writer.js";
import { concat } from "../../helpers/bytes.js";
import { DAMAGED_RUNS, writeRuns } from "../../helpers/damaged-runs.js";
import { readEventFile } from "../../helpers/events.js";
import { FaultyFileSystem } from "../../helpers/faulty-file-system.js";
import { eventAt, headAt, recordOf, recordsAt } from "../../helpers/shown-points.js";
import { useTempDir } from "../../helpers/temp-dir.js";
import { treeOf } from "../../experiments/tree.js";

const makeDir = useTempDir("repair-runs");
const NAME = "events.out.tfevents.1";
const WHOLE = recordsAt(0, 3).all;
let from: string;
let out: string;
beforeEach(() => {
  const dir = makeDir();
  from = join(dir, "logs");
  out = join(dir, "clean", "logs");
  mkdirSync(join(from, "a", "b"), { recursive: true });
});

describe("the copy", () => {
  test("of what is whole is what it was, byte for byte", async () => {
    writeFileSync(join(from, NAME), concat(...WHOLE));
    writeFileSync(join(from, "a", "b", NAME), concat(...WHOLE.slice(0, 3)));
    writeFileSync(join(from, "a", "b", "records.out.1"), concat(...WHOLE.slice(0, 2)));
    writeFileSync(join(from, "a", "notes.txt"), "not copied");
    const before = treeOf(from);
    const repairs = await repairLogdir(from, { out });
    expect(treeOf(from)).toEqual(before);
    expect(readdirSync(out, { recursive: true }).toSorted()).toEqual(
      [NAME, "a", "a/b", `a/b/${NAME}`, "a/b/records.out.1"].toSorted(),
    );
    for (const path of [NAME, `a/b/${NAME}`, "a/b/records.out.1"]) {
      expect(readFileSync(join(out, path)).equals(readFileSync(join(from, path)))).toBe(true);
    }
    expect(repairs.map(({ run, files }) => [run, files.map(({ events }) => events)])).toEqual([
      [".", [25]],
      ["a/b", [3, 2]],
    ]);
  });

  test("of one file has that alone", async () => {
    writeFileSync(join(from, NAME), concat(...WHOLE));
    writeFileSync(join(from, "events.out.tfevents.2"), concat(...WHOLE));
    await repairLogdir(join(from, NAME), { out });
    expect(readdirSync(out)).toEqual([NAME]);
  });

  test("has metadata that were in another file with all they say", async () => {
    writeRuns(
      from,
      DAMAGED_RUNS.filter(({ name }) => name.includes("another file")),
    );
    const [, { run }] = (await repairLogdir(from, { out })).entries().next().value as [
      number,
      { run: string },
    ];
    const [path] = readdirSync(join(out, run)).map((name) => join(out, run, name));
    const { events } = readEventFile(path!);
    const loss = events.flatMap(({ summary = [] }) => summary.filter(({ tag }) => tag === "loss"))[0];
    expect(loss!.metadata).toEqual({
      ...{ pluginName: "scalars", displayName: "The loss", description: "of the model", dataClass: 1 },
    });
  });

  test("has the wall time of the event before it in the place of one that is none", async () => {
    const bad = { ...eventAt("plain", 1), wallTime: Number.NaN };
    const records = [headAt(), eventAt("plain", 0), bad, eventAt("plain", 2)].map(recordOf);
    writeFileSync(join(from, NAME), concat(...records));
    const [repair] = await repairLogdir(from, { out });
    const { events } = readEventFile(join(out, NAME));
    expect(events.map(({ wallTime }) => wallTime - 1_700_000_000)).toEqual([0, 0, 0, 2]);
    expect(repair!.files[0]!.changed).toMatchObject([
      { code: "BAD_WALL_TIME", offset: records[0]!.length + records[1]!.length },
    ]);
    expect(repair!.files[0]!.dropped).toEqual([]);
  });

  test("without what is void has the metadata that stood there", async () => {
    const steps = [0, 1, 0, 1, 2].map((step, i) => recordOf(eventAt("rate", step, i === 0)));
    writeFileSync(join(from, NAME), concat(recordOf(headAt()), ...steps));
    const [repair] = await repairLogdir(from, { out, dropVoid: true });
    const { events } = readEventFile(join(out, NAME));
    expect(events.slice(1).map(({ step, summary }) => [step, summary![0]!.metadata?.pluginName])).toEqual([
      [0, "scalars"],
      [1, undefined],
      [2, undefined],
    ]);
    expect(repair!.files[0]).toMatchObject({ voidValues: 2, dropped: [] });
  });

  test("of a bounded run names the places in the copy of its record file", async () => {
    const dir = join(from, "run");
    const writer = new SummaryWriter(dir, { maxPointsPerTag: 20 });
    for (let step = 0; step < 3000; step++) writer.addScalar("loss", step, step);
    writer.closeSync();
    const [records] = readdirSync(dir).filter((name) => name.startsWith("records.out"));
    const bytes = readFileSync(join(dir, records!));
    writeFileSync(join(dir, records!), bytes.fill(0, 5000, 9000));

    const [repair] = await repairLogdir(from, { out });
    const copy = readFileSync(join(out, "run", records!));
    const [eventFile, recordFile] = repair!.files;
    expect(recordFile!.dropped).toMatchObject([{ code: "ZEROS" }]);
    expect(copy.length).toBe(bytes.length - recordFile!.dropped[0]!.length);
    // The mark at the end of the session, behind all of its records.
    const marks = readEventFile(eventFile!.copy!).events.flatMap(
      ({ sourceMetadata }) => sourceMetadata?.writer ?? [],
    );
    expect(marks.at(-1)).toMatch(new RegExp(` bounded ${records} ${copy.length}$`));
    // The one before it is in front of the damage.
    expect(marks.at(-2)).toMatch(new RegExp(` bounded ${records} 73$`));
    expect(eventFile!.changed.map(({ code }) => code)).toEqual(["MOVED_RECORDS"]);
  });
});

describe("an error, and nothing is overwritten or half written", () => {
  beforeEach(() => writeFileSync(join(from, NAME), concat(...WHOLE)));

  test("for a copy that is there", async () => {
    mkdirSync(out, { recursive: true });
    writeFileSync(join(out, NAME), "mine");
    await expect(repairLogdir(from, { out })).rejects.toMatchObject({
      code: "RUN_EXISTS",
      path: join(out, NAME),
    });
    expect(readFileSync(join(out, NAME), "utf8")).toBe("mine");
  });

  test.each(["", "deeper", "not/there/yet"])("for a copy within the logdir (%j)", async (below) => {
    const before = treeOf(from);
    const promise = repairLogdir(from, { out: join(from, below) });
    await expect(promise).rejects.toMatchObject({ code: "INVALID_ARGUMENT", argument: "out" });
    expect(treeOf(from)).toEqual(before);
  });

  test("for a directory that cannot be made", async () => {
    writeFileSync(join(from, "..", "clean"), "a file");
    await expect(repairLogdir(from, { out })).rejects.toMatchObject({ code: "NOT_A_DIRECTORY" });
  });

  test("for a full disk", async () => {
    const fileSystem = new FaultyFileSystem();
    fileSystem.free = 500;
    const promise = repairLogdir(from, { out, fileSystem });
    await expect(promise).rejects.toMatchObject({
      code: "WRITE_FAILED",
      errno: "ENOSPC",
      path: join(out, NAME),
    });
    expect(readdirSync(out)).toEqual([]);
    expect(fileSystem.openFiles).toBe(0);
  });

  test.each(["fdatasyncSync", "renameSync"] as const)("for a %s that fails", async (call) => {
    const fileSystem = new FaultyFileSystem();
    fileSystem.failing.set(call, "EIO");
    await expect(repairLogdir(from, { out, fileSystem })).rejects.toMatchObject({
      code: "WRITE_FAILED",
      errno: "EIO",
    });
    expect(readdirSync(out)).toEqual([]);
  });

  test("and one that is aborted has no file that is not whole", async () => {
    const stop = new AbortController();
    const onProgress = (): void => stop.abort();
    const repairs = await repairLogdir(from, { out, signal: stop.signal, onProgress });
    expect(repairs.flatMap(({ files }) => files)).toEqual([]);
    expect(existsSync(out) ? readdirSync(out) : []).toEqual([]);
  });
});
