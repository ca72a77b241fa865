// Many runs at the same time, in threads: the same reports, how far it is, and how it is ended.
import { chmodSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, describe, expect, onTestFinished, test } from "vitest";
import { LogdirError } from "../../../src/errors.js";
import { findRuns } from "../../../src/events/runs.js";
import { verifyLogdir, verifyRuns } from "../../../src/events/verify/verify-runs.js";
import { concat } from "../../helpers/bytes.js";
import { DAMAGED_RUNS, garbage, writeRuns } from "../../helpers/damaged-runs.js";
import { recordsAt } from "../../helpers/shown-points.js";
import { useTempDir } from "../../helpers/temp-dir.js";
import { hasPermissions } from "../../helpers/without-privileges.js";

const makeDir = useTempDir("verify-runs");
let logdir: string;

beforeAll(() => {
  logdir = makeDir();
  writeRuns(logdir, DAMAGED_RUNS);
});

describe("a logdir", () => {
  test("has the same reports from threads, in the order of the runs", async () => {
    const here = await verifyLogdir(logdir, { threads: 0 });
    expect(here.map(({ run }) => run)).toEqual(DAMAGED_RUNS.map(({ name }) => name).toSorted());
    expect(await verifyLogdir(logdir, { threads: 2 })).toEqual(here);
  });

  test.each([0, 2])("says how far it is, to the end (%i threads)", async (threads) => {
    const said: [number, number][] = [];
    await verifyLogdir(logdir, { threads, onProgress: (bytes, total) => said.push([bytes, total]) });
    const all = DAMAGED_RUNS.flatMap(({ files }) => Object.values(files)).reduce(
      (sum, { length }) => sum + length,
      0,
    );
    expect(said.at(-1)).toEqual([all, all]);
    expect(said.map(([bytes]) => bytes)).toEqual(said.map(([bytes]) => bytes).toSorted((a, b) => a - b));
  });

  test.each([0, 2])("that is aborted gives only what was done (%i threads)", async (threads) => {
    const stop = new AbortController();
    const onProgress = (): void => stop.abort();
    const reports = await verifyLogdir(logdir, { threads, signal: stop.signal, onProgress });
    expect(reports.length).toBeLessThan(DAMAGED_RUNS.length);
  });

  test("has the record files of bounded runs looked at, which TensorBoard does not read", async () => {
    const dir = makeDir();
    writeFileSync(join(dir, "events.out.tfevents.1"), concat(...recordsAt(0, 1).all));
    const bytes = concat(...recordsAt(0, 1).all);
    writeFileSync(join(dir, "records.out.1"), bytes.subarray(0, -5));
    const [report] = await verifyLogdir(dir);
    expect(report!.defects).toMatchObject([
      { code: "TORN_TAIL", path: join(dir, "records.out.1"), rust: "unread", python: "unread" },
    ]);
    expect(report!.files.map(({ events }) => events)).toEqual([13, 12]);
    expect((await verifyLogdir(dir, { records: false }))[0]!.defects).toEqual([]);
  });

  test("keeps a hundred defects of a file, and counts the others", async () => {
    const dir = makeDir();
    const [head, ...records] = recordsAt(0, 40).all;
    const broken = records.map((record) => record.with(record.length - 1, record.at(-1)! ^ 1));
    writeFileSync(join(dir, "events.out.tfevents.1"), concat(head!, ...broken));
    const [report] = await verifyLogdir(dir);
    expect(report!.defects).toHaveLength(100);
    expect(report!.more).toEqual({ BAD_DATA_CRC: records.length - 100 });
  });
});

describe("what cannot be read", () => {
  test("a logdir that is not there is an error", async () => {
    await expect(verifyLogdir(join(logdir, "nowhere"))).rejects.toMatchObject({
      code: "LOGDIR_NOT_READABLE",
    });
  });

  test("a directory without event files too", async () => {
    await expect(verifyLogdir(makeDir())).rejects.toMatchObject({ code: "NO_EVENT_FILES" });
  });

  test.each([0, 2])(
    "a file that is gone is one of its run, and the others are read (%i threads)",
    async (threads) => {
      const dir = makeDir();
      writeRuns(dir, DAMAGED_RUNS.slice(0, 2));
      const runs = findRuns(dir);
      const gone = { ...runs[0]!, files: [join(dir, "gone.tfevents")] };
      const [first, second] = await verifyRuns([gone, runs[1]!], { threads });
      expect(first).toMatchObject({ files: [], defects: [] });
      expect(first!.errors[0]).toBeInstanceOf(LogdirError);
      expect(first!.errors[0]).toMatchObject({ code: "LOGDIR_NOT_READABLE", path: gone.files[0] });
      expect(second!.files[0]!.events).toBe(48);
    },
  );

  test.skipIf(!hasPermissions)("a directory without permission is told with the others", async () => {
    const dir = makeDir();
    writeRuns(dir, DAMAGED_RUNS.slice(0, 1));
    const closed = join(dir, "closed");
    mkdirSync(closed);
    writeFileSync(join(closed, "mine.tfevents"), garbage(10));
    chmodSync(closed, 0);
    for (const each of [dir, join(dir, "..")]) chmodSync(each, 0o755);
    const before = process.geteuid!();
    if (before === 0) process.seteuid!(65_534);
    onTestFinished(() => {
      if (before === 0) process.seteuid!(0);
      chmodSync(closed, 0o755);
    });
    const reports = await verifyLogdir(dir);
    expect(reports).toMatchObject([
      { run: DAMAGED_RUNS[0]!.name, errors: [] },
      { run: closed, errors: [{ code: "LOGDIR_NOT_READABLE", path: closed }] },
    ]);
  });
});
