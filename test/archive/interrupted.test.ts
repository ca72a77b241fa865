// An archive that is interrupted at any moment: nothing under its name, and `append` goes on.
import {
  appendFileSync,
  existsSync,
  readdirSync,
  rmSync,
  truncateSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { beforeEach, describe, expect, it } from "vitest";
import { archiveLogdir, type ArchiveOptions, type ArchiveReport } from "../../src/archive/archive-logdir.js";
import { restoreArchive } from "../../src/archive/restore.js";
import { manifestOf } from "../../src/archive/verify-archive.js";
import { WriteError } from "../../src/errors.js";
import { treeOf } from "../experiments/tree.js";
import { DAMAGED_RUNS, writeRuns } from "../helpers/damaged-runs.js";
import { FaultyFileSystem } from "../helpers/faulty-file-system.js";
import { useTempDir } from "../helpers/temp-dir.js";
import { EVENTS, eventFile, filesBelow, writeFiles, writeLogdir } from "./logdirs.js";

const makeDir = useTempDir("interrupted");
/** Small windows, and a journal after each. */
const SMALL = { limits: { rows: 64, bytes: 50_000 }, journalMs: 0 };
let dir: string;
let logs: string;
let out: string;

beforeEach(() => {
  dir = makeDir();
  logs = join(dir, "logs");
  out = join(dir, "runs.parquet");
});

/** Aborts at the `turn`th chance. */
function archiveUntil(turn: number, options: ArchiveOptions = {}): Promise<ArchiveReport> {
  const abort = new AbortController();
  let turns = 0;
  const onProgress = (): void => {
    if (++turns === turn) abort.abort();
  };
  return archiveLogdir(logs, out, { ...SMALL, ...options, onProgress, signal: abort.signal });
}

async function expectWhole(options: ArchiveOptions = {}): Promise<void> {
  const target = makeDir();
  await restoreArchive(out, target);
  expect(filesBelow(target)).toEqual(filesBelow(logs));
  const names = new Set(["logs", options.partition === true ? "set" : "runs.parquet"]);
  expect(readdirSync(dir).filter((name) => !names.has(name))).toEqual([]);
}

describe("aborted at each chance", () => {
  it("leaves no archive, and goes on where it was", async () => {
    writeLogdir(logs);
    const before = treeOf(logs);
    const starts = new Set<string>();
    let turn = 1;
    for (let isWhole = false; !isWhole; turn += turn < 6 ? 1 : 7) {
      ({ isWhole } = await archiveUntil(turn, { verify: true }));
      expect(existsSync(out)).toBe(isWhole);
      if (isWhole) break;
      const { archives } = await archiveLogdir(logs, out, { ...SMALL, append: true });
      starts.add(archives[0]!.start);
      expect(archives[0]!.begunAnew).toBe(undefined);
      await expectWhole();
      rmSync(out);
    }
    expect(turn).toBeGreaterThan(16);
    expect(starts).toEqual(new Set(["new", "continued"]));
    expect(treeOf(logs)).toEqual(before);
  });

  it("again and again, it comes to its end", async () => {
    writeLogdir(logs);
    let calls = 0;
    for (let isWhole = false; !isWhole; calls++) {
      ({ isWhole } = await archiveUntil(3, { append: true }));
      expect(existsSync(out)).toBe(isWhole);
    }
    expect(calls).toBeGreaterThan(5);
    await expectWhole();
    // Each file once.
    expect(manifestOf(out).files).toHaveLength(12);
  });

  it("files with every kind of damage come to their end, row group by row group", async () => {
    writeRuns(logs, DAMAGED_RUNS);
    const limits = { rows: 7, bytes: 1000 };
    let calls = 0;
    for (let isWhole = false; !isWhole; calls++) {
      ({ isWhole } = await archiveUntil(4, { append: true, limits }));
    }
    expect(calls).toBeGreaterThan(40);
    await expectWhole();
  });

  it("an archive that it appends to stays as it was until the end", async () => {
    writeFiles(logs, { [`old/${EVENTS}`]: eventFile(100) });
    await archiveLogdir(logs, out);
    writeLogdir(logs);
    let first = treeOf(dir)["runs.parquet"];
    let calls = 0;
    for (let isWhole = false; !isWhole; calls++) {
      ({ isWhole } = await archiveUntil(4, { append: true }));
      if (isWhole) break;
      expect(treeOf(dir)["runs.parquet"]).toBe((first ??= ""));
    }
    expect(calls).toBeGreaterThan(5);
    await expectWhole();
    expect(manifestOf(out).files).toHaveLength(13);
  });

  it("a folder of archives goes on too", async () => {
    writeLogdir(logs);
    out = join(dir, "set");
    let calls = 0;
    for (let isWhole = false; !isWhole; calls++) {
      ({ isWhole } = await archiveUntil(4, { append: true, partition: true }));
    }
    expect(calls).toBeGreaterThan(3);
    await expectWhole({ partition: true });
    const names = readdirSync(out, { recursive: true }).filter((name) => /\.part|tnl/.test(String(name)));
    expect(names).toEqual([]);
  });
});

describe("an interrupted archive", () => {
  beforeEach(async () => {
    writeLogdir(logs);
    // Within the checkpoint, which is in many pieces.
    await archiveUntil(12);
  });

  async function begunAnew(): Promise<string | undefined> {
    const { archives } = await archiveLogdir(logs, out, { ...SMALL, append: true });
    await expectWhole();
    return archives[0]!.begunAnew;
  }

  it("is a part and a journal, and nothing under its name", () => {
    expect(readdirSync(dir).toSorted()).toEqual(["logs", "runs.parquet.part", "runs.parquet.part.journal"]);
  });

  it("goes on though files came since", async () => {
    writeFiles(logs, { [`A/${EVENTS}`]: eventFile(3), "a/new": "" });
    expect(await begunAnew()).toBe(undefined);
    expect(manifestOf(out).files).toHaveLength(14);
  });

  it("begins anew when a file of it is longer", async () => {
    appendFileSync(join(logs, "a", EVENTS), "more");
    expect(await begunAnew()).toBe(`a/${EVENTS} is not as it was`);
  });

  it("begins anew when a file of it was touched", async () => {
    utimesSync(join(logs, "a", EVENTS), 1, 1);
    expect(await begunAnew()).toBe(`a/${EVENTS} is not as it was`);
  });

  it("begins anew when a file of it is gone", async () => {
    rmSync(join(logs, "a", EVENTS));
    expect(await begunAnew()).toBe(`a/${EVENTS} is not as it was`);
  });

  it("begins anew when what it had is not all there", async () => {
    truncateSync(`${out}.part`, 10);
    expect(await begunAnew()).toBe("what it had is gone");
  });

  it("begins anew when there is an archive now", async () => {
    const other = join(dir, "other");
    writeFiles(other, { [`x/${EVENTS}`]: eventFile(3) });
    const elsewhere = join(makeDir(), "x.parquet");
    await archiveLogdir(other, elsewhere);
    rmSync(other, { recursive: true });
    const { renameSync } = await import("node:fs");
    renameSync(elsewhere, out);
    const { archives } = await archiveLogdir(logs, out, { ...SMALL, append: true });
    expect(archives[0]).toMatchObject({
      ...{ start: "appended", begunAnew: "the archive it was to be appended to is another one" },
    });
    expect(manifestOf(out).files).toHaveLength(13);
  });

  it("begins anew for another logdir", async () => {
    const first = logs;
    logs = join(dir, "moved");
    const { renameSync } = await import("node:fs");
    renameSync(first, logs);
    const { archives } = await archiveLogdir(logs, out, { ...SMALL, append: true });
    expect(archives[0]!.begunAnew).toBe(`it was of ${first}`);
  });

  it("begins anew without a word where its journal is lost", async () => {
    rmSync(`${out}.part.journal`);
    expect(await begunAnew()).toBe(undefined);
  });

  it("begins anew without `append`", async () => {
    const { archives } = await archiveLogdir(logs, out);
    expect(archives[0]).toMatchObject({ start: "new", begunAnew: undefined, files: 12 });
    await expectWhole();
  });

  it("has bytes behind its last window that a kill left, and does not take them", async () => {
    appendFileSync(`${out}.part`, Buffer.alloc(5000, 7));
    expect(await begunAnew()).toBe(undefined);
  });

  it("is of nobody else when the process that wrote it is gone", async () => {
    writeFileSync(join(dir, ".tnl-unfinished.another-machine.1.abc"), "");
    utimesSync(join(dir, ".tnl-unfinished.another-machine.1.abc"), 1, 1);
    expect(await begunAnew()).toBe(undefined);
  });
});

describe("a full disk", () => {
  it("leaves no archive; when there is room, it goes on", async () => {
    writeLogdir(logs);
    const before = treeOf(logs);
    await archiveLogdir(logs, out, SMALL);
    const { size } = (await import("node:fs")).statSync(out);
    const begun: string[] = [];
    for (const part of [0, 0.3, 0.7, 0.99]) {
      rmSync(out);
      const fileSystem = new FaultyFileSystem();
      fileSystem.free = Math.floor(part * size);
      const error = await archiveLogdir(logs, out, { ...SMALL, fileSystem }).catch(
        (thrown: unknown) => thrown,
      );
      expect(error).toBeInstanceOf(WriteError);
      expect((error as WriteError).errno).toBe("ENOSPC");
      expect(fileSystem.openFiles).toBe(0);
      expect(existsSync(out)).toBe(false);
      const { archives } = await archiveLogdir(logs, out, { ...SMALL, append: true });
      begun.push(archives[0]!.start);
      await expectWhole();
    }
    expect(begun[0]).toBe("new");
    expect(begun.at(-1)).toBe("continued");
    expect(treeOf(logs)).toEqual(before);
  });

  it.each(["fdatasyncSync", "renameSync"] as const)(
    "so does one where %s fails: the archive that was there stays",
    async (call) => {
      writeFiles(logs, { [`a/${EVENTS}`]: eventFile(3) });
      await archiveLogdir(logs, out);
      const before = treeOf(dir)["runs.parquet"];
      writeFiles(logs, { [`b/${EVENTS}`]: eventFile(3) });
      const fileSystem = new FaultyFileSystem();
      fileSystem.failing.set(call, "EIO");
      const error = await archiveLogdir(logs, out, { append: true, fileSystem }).catch(
        (thrown: unknown) => thrown,
      );
      expect((error as Error).message).toContain("EIO");
      expect(treeOf(dir)["runs.parquet"]).toBe(before);
      await archiveLogdir(logs, out, { append: true });
      await expectWhole();
    },
  );
});
