// A logdir as one file, and back: what is in it, what is added, and what is refused.
import { spawn } from "node:child_process";
import { mkdirSync, readdirSync, readFileSync, rmSync, statSync, symlinkSync, writeFileSync } from "node:fs";
import { hostname } from "node:os";
import { join } from "node:path";
import { deserialize, serialize } from "node:v8";
import { beforeEach, describe, expect, it } from "vitest";
import { archiveLogdir, type ArchiveOptions, type ArchiveReport } from "../../src/archive/archive-logdir.js";
import { Journal } from "../../src/archive/files/journal.js";
import type { ArchiveProblem } from "../../src/archive/files/logdir-files.js";
import { restoreArchive } from "../../src/archive/restore.js";
import { manifestOf, verifyArchive } from "../../src/archive/verify-archive.js";
import { cleanForFileName } from "../../src/events/file-name.js";
import { nodeFileSystem } from "../../src/events/file-system.js";
import { treeOf } from "../experiments/tree.js";
import { useTempDir } from "../helpers/temp-dir.js";
import { failureOf } from "./failures.js";
import { EVENTS, eventFile, filesBelow, Modified, writeFiles, writeLogdir } from "./logdirs.js";

const makeDir = useTempDir("archive");
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
  const report = await archiveLogdir(logs, out, { onError, ...options });
  return { report, problems: problems.map(({ code, message }) => ({ code, message: short(message) })) };
}

function short(message: string): string {
  return message.replaceAll(`${dir}/`, "");
}

async function restored(from = out): Promise<string> {
  const target = makeDir();
  await restoreArchive(from, target);
  return target;
}

function onlyArchive({ archives }: ArchiveReport) {
  expect(archives).toHaveLength(1);
  const { size, ...rest } = archives[0]!;
  expect(size).toBe(statSync(out).size);
  return rest;
}

describe("a logdir", () => {
  it("comes back byte for byte, with its times, and is not touched", async () => {
    writeLogdir(logs);
    const [before, files] = [treeOf(logs), filesBelow(logs)];
    const { report, problems } = await archive({ verify: true });
    expect(problems).toEqual([]);
    expect(onlyArchive(report)).toMatchObject({ path: out, start: "new", begunAnew: undefined, files: 12 });
    expect(report).toMatchObject({ links: 2, deleted: { files: 0 }, isWhole: true });
    expect(treeOf(logs)).toEqual(before);
    expect(readdirSync(dir).toSorted()).toEqual(["logs", "runs.parquet"]);
    expect(filesBelow(await restored())).toEqual(files);
    expect(await verifyArchive(out)).toEqual({
      ...{ files: 12, bytes: report.archives[0]!.bytes, bad: 0, isWhole: true },
    });
  });

  it("is described by the manifest", async () => {
    writeLogdir(logs);
    await archive();
    const { files, links } = manifestOf(out);
    expect(files.map(({ path, run, kind }) => [path, run, kind])).toEqual([
      ["notes with ümlaut.md", ".", "other"],
      [".hidden/.file", ".hidden", "other"],
      [`a/${EVENTS}`, "a", "events"],
      [`a/${EVENTS}.v2`, "a", "events"],
      ["a/records.out.1700000000.000000.box.1", "a", "records"],
      ["a/run.json", "a", "other"],
      ["a/checkpoints/step-5.ckpt", "a/checkpoints", "other"],
      [`b/c/${EVENTS}`, "b/c", "events"],
      ["b/c/events.out.tfevents.1700000001.box.1.0", "b/c", "events"],
      ["b/c/events.out.tfevents.1700000002.box.1.0", "b/c", "events"],
      ["b/c/empty.txt", "b/c", "other"],
      [`lr=0.1,x/${EVENTS}`, "lr=0.1,x", "events"],
    ]);
    expect(links).toEqual([
      { path: "b/link to a", target: "../a" },
      { path: "dangling", target: "/no/where" },
    ]);
    const hashes = filesBelow(logs);
    for (const { path, sha256, size, modified } of files) {
      expect({ sha256, modified: new Modified(modified) }).toEqual(hashes[path]);
      expect(size).toBe(statSync(join(logs, path)).size);
    }
  });

  it("may have its archive in it, which is not in the archive", async () => {
    writeFiles(logs, { [`a/${EVENTS}`]: eventFile(3) });
    out = join(logs, "a", "new", "runs.parquet");
    await archive();
    await archive({ append: true });
    expect(Object.keys(filesBelow(await restored()))).toEqual([`a/${EVENTS}`]);
  });

  it("is told how far it is", async () => {
    writeLogdir(logs);
    const told: [number, number][] = [];
    const onProgress = (done: number, total: number): void => void told.push([done, total]);
    await archive({ verify: true, onProgress });
    const bytes = Object.values(manifestOf(out).files).reduce((sum, { size }) => sum + size, 0);
    expect(told[0]).toEqual([0, 2 * bytes]);
    expect(told.every(([done, total], i) => done >= (told[i - 1]?.[0] ?? 0) && total === 2 * bytes)).toBe(
      true,
    );
  });
});

describe("a logdir that cannot be archived", () => {
  it.each<[string, string, string, () => void]>([
    ["is not there", "LOGDIR_NOT_READABLE", "Cannot read logs: no such file or directory (ENOENT)", () => {}],
    [
      "has no event file",
      "NO_EVENT_FILES",
      "There is no event file in logs or below it: it is no logdir",
      () => writeFiles(logs, { "a/b.txt": "" }),
    ],
    ["is a file", "NOT_A_DIRECTORY", "logs is a file, not a directory", () => writeFiles(dir, { logs: "" })],
  ])("%s", async (_, code, message, prepare) => {
    prepare();
    expect(await failureOf(dir, archive())).toEqual({ code, message });
    expect(readdirSync(dir).filter((name) => name !== "logs")).toEqual([]);
  });

  it("since the archive cannot be written there", async () => {
    writeFiles(logs, { [`a/${EVENTS}`]: eventFile(3) });
    out = join(logs, "a", EVENTS, "x.parquet");
    const before = treeOf(dir);
    const { code } = await failureOf(dir, archive());
    expect(code).toBe("NOT_A_DIRECTORY");
    expect(treeOf(dir)).toEqual(before);
  });
});

describe("an archive that is there", () => {
  beforeEach(() => void writeFiles(logs, { [`a/${EVENTS}`]: eventFile(3), "a/note": "1" }));

  it.each<[string, string, () => void]>([
    [
      "as a file",
      "runs.parquet exists already: nothing is overwritten",
      () => writeFiles(dir, { "runs.parquet": "x" }),
    ],
    [
      "as a directory",
      "runs.parquet exists already, and is a directory: nothing is overwritten",
      () => mkdirSync(out),
    ],
    [
      "as a link to nowhere",
      "runs.parquet exists already, and is no file: nothing is overwritten",
      () => symlinkSync("no/where", out),
    ],
  ])("%s is not overwritten", async (_, message, prepare) => {
    prepare();
    const before = treeOf(dir);
    expect(await failureOf(dir, archive())).toEqual({ code: "TARGET_EXISTS", message });
    expect(treeOf(dir)).toEqual(before);
  });

  it("gets the runs that it has not, and nothing else", async () => {
    await archive();
    const first = readFileSync(out);
    writeFiles(logs, { [`b/${EVENTS}`]: eventFile(4), [`A/${EVENTS}`]: eventFile(5) });
    symlinkSync("a", join(logs, "z"));
    const { report, problems } = await archive({ append: true, verify: true });
    expect(problems).toEqual([]);
    expect(onlyArchive(report)).toEqual({
      ...{ path: out, start: "appended", begunAnew: undefined, files: 2 },
      bytes: eventFile(4).length + eventFile(5).length,
    });
    expect(manifestOf(out).files.map(({ path }) => path)).toEqual([
      ...[`a/${EVENTS}`, "a/note", `A/${EVENTS}`, `b/${EVENTS}`],
    ]);
    expect(manifestOf(out).links).toEqual([{ path: "z", target: "a" }]);
    expect(filesBelow(await restored())).toEqual(filesBelow(logs));
    // The rows that were there are there as they were.
    expect(first.subarray(0, 100).equals(readFileSync(out).subarray(0, 100))).toBe(true);
    expect(readdirSync(dir).toSorted()).toEqual(["logs", "runs.parquet"]);
  });

  it("stays as it is when there is nothing new", async () => {
    await archive();
    const before = treeOf(dir);
    const { report, problems } = await archive({ append: true, verify: true });
    expect(problems).toEqual([]);
    expect(onlyArchive(report)).toMatchObject({ start: "appended", files: 0, bytes: 0 });
    expect(treeOf(dir)).toEqual(before);
  });

  it("is made when there is none to append to", async () => {
    const { report } = await archive({ append: true });
    expect(onlyArchive(report)).toMatchObject({ start: "new", files: 2 });
  });

  it("is appended to through a link, which stays", async () => {
    await archive();
    symlinkSync("runs.parquet", join(dir, "link"));
    writeFiles(logs, { [`b/${EVENTS}`]: eventFile(4) });
    await archiveLogdir(logs, join(dir, "link"), { append: true });
    expect(manifestOf(out).files).toHaveLength(3);
    expect(treeOf(dir)["link"]).toBe("link to runs.parquet");
  });

  it("is not appended to by a run that has changed since, which is told", async () => {
    await archive();
    writeFileSync(join(logs, "a", "note"), "2");
    writeFiles(logs, { "a/new": "", [`b/${EVENTS}`]: eventFile(4) });
    const { report, problems } = await archive({ append: true });
    expect(problems).toEqual([
      {
        code: "SOURCE_CHANGED",
        message:
          "The run a is in runs.parquet already, and is not archived again: a/new is new since, and 1 more",
      },
    ]);
    expect(onlyArchive(report)).toMatchObject({ files: 1 });
    const { code } = await failureOf(dir, archiveLogdir(logs, out, { append: true }));
    expect(code).toBe("SOURCE_CHANGED");
  });

  it("may have more than is left of the logdir", async () => {
    writeFiles(logs, { [`b/${EVENTS}`]: eventFile(4) });
    await archive();
    rmSync(join(logs, "b"), { recursive: true });
    writeFiles(logs, { [`c/${EVENTS}`]: eventFile(4) });
    const { problems } = await archive({ append: true });
    expect(problems).toEqual([]);
    expect(manifestOf(out).files.map(({ run }) => run)).toEqual(["a", "a", "b", "c"]);
  });

  it("is appended to by what was restored from it without anything new", async () => {
    await archive();
    logs = await restored();
    const { report, problems } = await archive({ append: true });
    expect(problems).toEqual([]);
    expect(onlyArchive(report)).toMatchObject({ files: 0 });
  });

  it("and is none cannot be appended to", async () => {
    writeFileSync(out, "something else");
    const before = treeOf(dir);
    const { code } = await failureOf(dir, archive({ append: true }));
    expect(code).toBe("NOT_AN_ARCHIVE");
    expect(treeOf(dir)).toEqual(before);
  });
});

describe("a file that changes while it is archived", () => {
  it("is in the archive as long as it was, and is told", async () => {
    writeFiles(logs, { [`a/${EVENTS}`]: eventFile(30), [`b/${EVENTS}`]: eventFile(3) });
    const file = join(logs, "a", EVENTS);
    const before = readFileSync(file);
    let calls = 0;
    const onProgress = (): void => {
      // The first call comes before the first file is opened, the second within it.
      if (++calls === 2) writeFileSync(file, eventFile(3), { flag: "a" });
    };
    const { report, problems } = await archive({ limits: { rows: 10, bytes: 1000 }, onProgress });
    expect(problems).toEqual([
      {
        code: "SOURCE_CHANGED",
        message: `logs/a/${EVENTS} changed while it was read: the archive has ${before.length} bytes of it`,
      },
    ]);
    expect(report.isWhole).toBe(true);
    const target = await restored();
    expect(readFileSync(join(target, "a", EVENTS)).equals(before)).toBe(true);
  });

  it("is not in it when it is gone, and the rest is", async () => {
    writeFiles(logs, { [`a/${EVENTS}`]: eventFile(3), [`b/${EVENTS}`]: eventFile(3) });
    const { problems } = await archive({
      onProgress: () => rmSync(join(logs, "b"), { recursive: true, force: true }),
    });
    expect(problems).toEqual([{ code: "LOGDIR_NOT_READABLE", message: `logs/b/${EVENTS} is gone` }]);
    expect(manifestOf(out).files.map(({ run }) => run)).toEqual(["a"]);
  });
});

describe("two at once", () => {
  it("are refused in one process", async () => {
    writeFiles(logs, { [`a/${EVENTS}`]: eventFile(3) });
    const first = archiveLogdir(logs, out);
    expect(await failureOf(dir, archiveLogdir(logs, out))).toEqual({
      ...{ code: "BUSY", message: "runs.parquet is being written by this process" },
    });
    await first;
    expect((await verifyArchive(out)).files).toBe(1);
  });

  it("are refused in two processes, as long as the first one runs", async () => {
    writeFiles(logs, { [`a/${EVENTS}`]: eventFile(3) });
    const child = spawn(process.execPath, ["-e", "process.stdin.resume()"]);
    const journal = new Journal<undefined>(out, nodeFileSystem);
    journal.write({ logdir: logs, base: undefined, seen: [], state: undefined });
    const content = deserialize(readFileSync(journal.path)) as object;
    writeFileSync(
      journal.path,
      serialize({ ...content, author: `${cleanForFileName(hostname())}.${child.pid}` }),
    );
    writeFileSync(`${out}.part`, "what it has written");
    const before = treeOf(dir);
    for (const append of [false, true]) {
      expect(await failureOf(dir, archive({ append }))).toEqual({
        code: "BUSY",
        message:
          "runs.parquet is being written by another process; if that is none, delete runs.parquet.part.journal",
      });
    }
    expect(treeOf(dir)).toEqual(before);
    const ended = new Promise((resolve) => child.once("exit", resolve));
    child.kill("SIGKILL");
    await ended;
    await archive();
    expect(readdirSync(dir).toSorted()).toEqual(["logs", "runs.parquet"]);
  });
});
