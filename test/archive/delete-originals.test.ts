// Originals are deleted when an archive was verified, and only those that it has as they are.
import { spawn } from "node:child_process";
import { existsSync, readFileSync, readdirSync, rmSync, statSync, utimesSync, writeFileSync } from "node:fs";
import { hostname } from "node:os";
import { join } from "node:path";
import { beforeEach, describe, expect, it } from "vitest";
import { archiveLogdir, type ArchiveOptions } from "../../src/archive/archive-logdir.js";
import type { ArchiveProblem } from "../../src/archive/files/logdir-files.js";
import { restoreArchive } from "../../src/archive/restore.js";
import { ArchiveError } from "../../src/errors.js";
import { cleanForFileName } from "../../src/events/file-name.js";
import { SummaryWriter } from "../../src/summary/summary-writer.js";
import { pathsBelow, treeOf } from "../experiments/tree.js";
import { FaultyFileSystem } from "../helpers/faulty-file-system.js";
import { useTempDir } from "../helpers/temp-dir.js";
import { EVENTS, eventFile, filesBelow, RECORDS, writeFiles, writeLogdir } from "./logdirs.js";

const makeDir = useTempDir("delete");
let dir: string;
let logs: string;
let out: string;

beforeEach(() => {
  dir = makeDir();
  logs = join(dir, "logs");
  out = join(dir, "runs.parquet");
});

async function archive(options: ArchiveOptions = {}) {
  const problems: ArchiveProblem[] = [];
  const onError = (problem: ArchiveProblem): void => void problems.push(problem);
  const { deleted } = await archiveLogdir(logs, out, { deleteOriginals: true, onError, ...options });
  return {
    deleted,
    problems: problems.map(({ code, message }) => `${code} ${message.replaceAll(`${dir}/`, "")}`),
  };
}

async function restored(): Promise<string> {
  const target = makeDir();
  await restoreArchive(out, target);
  return target;
}

describe("what is archived is deleted", () => {
  it("with the directories that become empty, and nothing else", async () => {
    writeLogdir(logs);
    writeFiles(logs, { "a/.tnl-unfinished.box.1.abc": "" });
    const before = filesBelow(logs);
    const { deleted, problems } = await archive();
    expect(problems).toEqual([]);
    expect(deleted).toEqual({ files: 12, bytes: expect.any(Number) as number, kept: 0 });
    expect(pathsBelow(logs)).toEqual(["b/", "b/link to a", "dangling"]);
    delete before["a/.tnl-unfinished.box.1.abc"];
    expect(filesBelow(await restored())).toEqual(before);
  });

  it("when it is appended to, also what an earlier call archived", async () => {
    writeFiles(logs, { [`a/${EVENTS}`]: eventFile(3) });
    await archive({ deleteOriginals: false });
    writeFiles(logs, { [`b/${EVENTS}`]: eventFile(4) });
    const before = filesBelow(logs);
    expect((await archive({ append: true })).deleted).toMatchObject({ files: 2, kept: 0 });
    expect(readdirSync(logs)).toEqual([]);
    expect(filesBelow(await restored())).toEqual(before);
  });

  it("of a folder of archives too", async () => {
    writeLogdir(logs);
    const before = filesBelow(logs);
    out = join(dir, "set");
    expect((await archive({ partition: true })).deleted).toMatchObject({ files: 12, kept: 0 });
    expect(filesBelow(await restored())).toEqual(before);
  });
});

describe("a file stays, and is told", () => {
  const changed = (path: string): string =>
    `SOURCE_CHANGED logs/${path} is not deleted: it changed since it was read`;

  /** Archives, lets `change` do something, and goes on with `append` and deleting. */
  async function archiveThen(change: () => void) {
    await archive({ deleteOriginals: false });
    change();
    return archive({ append: true });
  }

  beforeEach(
    () => void writeFiles(logs, { [`a/${EVENTS}`]: eventFile(3), "a/b": "12", [`c/${EVENTS}`]: "" }),
  );

  it("that has other bytes, though size and time are the same", async () => {
    const path = join(logs, "a", "b");
    const { mtimeMs } = statSync(path);
    const { deleted, problems } = await archiveThen(() => {
      writeFileSync(path, "13");
      utimesSync(path, mtimeMs / 1000, mtimeMs / 1000);
    });
    expect(problems).toEqual([changed("a/b")]);
    expect(deleted).toMatchObject({ files: 2, kept: 1 });
    expect(pathsBelow(logs)).toEqual(["a/", "a/b"]);
    expect(readFileSync(path, "utf8")).toBe("13");
  });

  it("that has another time or size, or is new", async () => {
    const { deleted, problems } = await archiveThen(() => {
      utimesSync(join(logs, "a", EVENTS), 1, 1);
      writeFiles(logs, { "a/b": "123", "c/new": "" });
    });
    expect(problems.toSorted()).toEqual([
      `SOURCE_CHANGED The run a is in runs.parquet already, and is not archived again: a/${EVENTS} changed since, and 1 more`,
      "SOURCE_CHANGED The run c is in runs.parquet already, and is not archived again: c/new is new since",
      changed("a/b"),
      changed(`a/${EVENTS}`),
    ]);
    expect(deleted).toMatchObject({ files: 1, kept: 2 });
    expect(pathsBelow(logs)).toEqual(["a/", "a/b", `a/${EVENTS}`, "c/", "c/new"]);
  });

  it("that changes while it is archived", async () => {
    const path = join(logs, "a", "b");
    // A row group for each row, behind each of which it grows.
    const onProgress = (): void => writeFileSync(path, "1", { flag: "a" });
    const { problems } = await archive({ limits: { rows: 1, bytes: 1 }, onProgress });
    expect(problems).toEqual([
      expect.stringContaining("SOURCE_CHANGED logs/a/b changed while it was read"),
      changed("a/b"),
    ]);
    expect(pathsBelow(logs)).toEqual(["a/", "a/b"]);
  });
});

describe("where somebody may still be writing, nothing is deleted", () => {
  const here = cleanForFileName(hostname());
  const told = (path: string, writing: string): string =>
    `SOURCE_CHANGED logs/${path} is not deleted: somebody may still be writing ${writing}`;

  beforeEach(
    () => void writeFiles(logs, { "run/state": "1", [`run/x/${EVENTS}`]: "", [`done/${EVENTS}`]: "" }),
  );

  it("a process of this machine", async () => {
    const child = spawn(process.execPath, ["-e", "process.stdin.resume()"]);
    const live = `run/y/records.out.1700000000.000000.${here}.${child.pid}`;
    writeFiles(logs, { [live]: eventFile(1) });
    utimesSync(join(logs, live), Date.now() / 1000, Date.now() / 1000);
    const { deleted, problems } = await archive();
    expect(problems).toEqual([told("run/state", live), told(`run/x/${EVENTS}`, live), told(live, live)]);
    expect(deleted).toMatchObject({ files: 1, kept: 3 });
    expect(existsSync(join(logs, "done"))).toBe(false);
    const ended = new Promise((resolve) => child.once("exit", resolve));
    child.kill("SIGKILL");
    await ended;
    expect((await archive({ append: true })).problems).toEqual([]);
    expect(readdirSync(logs)).toEqual([]);
  });

  it("this process", async () => {
    const writer = new SummaryWriter(join(logs, "run"));
    writer.addScalar("loss", 1, 0);
    writer.flush();
    const { problems } = await archive();
    expect(problems.map((text) => text.split(" ")[0])).toEqual([
      "SOURCE_CHANGED",
      "SOURCE_CHANGED",
      "SOURCE_CHANGED",
    ]);
    writer.addScalar("loss", 1, 1);
    writer.closeSync();
    expect(existsSync(writer.path!)).toBe(true);
  });

  it("another program, ten minutes ago", async () => {
    const path = join(logs, "run", EVENTS);
    writeFiles(logs, { [`run/${EVENTS}`]: eventFile(1) });
    const now = Date.now() / 1000;
    utimesSync(path, now - 580, now - 580);
    expect((await archive()).problems).toContain(told("run/state", `run/${EVENTS}`));
    rmSync(out);
    utimesSync(path, now - 620, now - 620);
    expect((await archive()).problems).toEqual([]);
  });

  it("in the logdir itself: nothing anywhere", async () => {
    writeFileSync(join(logs, RECORDS.replace("box", "other-host")), eventFile(1));
    const before = treeOf(logs);
    const { deleted, problems } = await archive();
    expect(deleted).toEqual({ files: 0, bytes: 0, kept: 4 });
    expect(problems).toHaveLength(4);
    expect(treeOf(logs)).toEqual(before);
  });
});

describe("an archive that does not come out as it should", () => {
  /** A disk that turns a bit of the byte that is written as the nth. */
  class FlippingFileSystem extends FaultyFileSystem {
    left: number;

    constructor(nth: number) {
      super();
      this.left = nth;
    }

    override writeSync(fd: number, bytes: Uint8Array, offset: number, length: number): number {
      const place = this.left;
      this.left -= length;
      if (place < 0 || place >= length) return super.writeSync(fd, bytes, offset, length);
      const copy = bytes.slice(offset, offset + length);
      copy[place]! ^= 0x10;
      return super.writeSync(fd, copy, 0, length);
    }
  }

  it("is none, and nothing is deleted, wherever a bit is turned", async () => {
    const originals = { [`a/${EVENTS}`]: eventFile(300), [`b/${EVENTS}`]: eventFile(200, 3), "a/x": "x" };
    writeFiles(logs, originals);
    await archive({ deleteOriginals: false });
    const { size } = statSync(out);
    const codes = new Map<string, number>();
    for (let i = 1; i <= 16; i++) {
      rmSync(out, { force: true });
      const before = treeOf(writeFiles(logs, originals));
      const hashes = filesBelow(logs);
      // What comes before the archive is its journal, where it changes nothing.
      const fileSystem = new FlippingFileSystem(Math.floor((i * size) / 20));
      const code = await archive({ fileSystem }).then(
        () => "none",
        (error: unknown) => (error instanceof ArchiveError ? error.code : String(error)),
      );
      codes.set(code, (codes.get(code) ?? 0) + 1);
      // Nothing is made of the columns that are for queries alone.
      const isWhole = code === "none";
      expect(isWhole ? filesBelow(await restored()) : treeOf(logs)).toEqual(isWhole ? hashes : before);
      expect(readdirSync(dir).toSorted()).toEqual(isWhole ? ["logs", "runs.parquet"] : ["logs"]);
    }
    const none = codes.get("none") ?? 0;
    expect(none).toBeLessThan(6);
    expect((codes.get("ARCHIVE_DAMAGED") ?? 0) + (codes.get("HASH_MISMATCH") ?? 0)).toBe(16 - none);
  });
});
