// Killing a program that archives a logdir, at any moment, and looking at what it left.
import { cpSync, existsSync, readdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { archiveLogdir } from "../../src/archive/archive-logdir.js";
import { restoreArchive } from "../../src/archive/restore.js";
import { manifestOf, verifyArchive } from "../../src/archive/verify-archive.js";
import { EVENTS, eventFile, filesBelow, RECORDS, writeFiles } from "../archive/logdirs.js";
import { treeOf } from "../experiments/tree.js";
import { runProgram } from "./programs.js";

/** What the killed program does: makes an archive, adds runs to one, deletes the originals then. */
export const ARCHIVE_PATHS = ["making", "appending", "deleting"] as const;
export type ArchivePath = (typeof ARCHIVE_PATHS)[number];

/** Longer than this the program needs on no machine; then the kill comes after its end. */
const KILLS = 50;

/** What kills met, until the archive was whole. */
export interface KilledArchive {
  /** How many processes were killed. */
  readonly kills: number;
  /** How many of them left a part. */
  readonly parts: number;
  /** How many processes went on where another one was killed. */
  readonly continued: number;
}

/** Writes the logdir that is archived: a second of work and more. */
export function writeLogdirToKill(logdir: string): void {
  writeFiles(logdir, {
    [`first/${EVENTS}`]: eventFile(12_000, 1),
    "first/notes.txt": "notes",
    [`second/${EVENTS}`]: eventFile(12_000, 2),
    [`second/${RECORDS}`]: eventFile(8000, 3),
    "second/checkpoint": Buffer.alloc(1_500_000, "weights of a layer "),
    "third/torn/events.out.tfevents.1700000003.box.1.0": eventFile(2000, 4).subarray(0, 60_001),
  });
}

/**
 * Archives a copy of `logdir` in `dir`, and kills each process `delayMs(n)` milliseconds after it began, until one comes to its end.
 *
 * @throws {Error} When there is something under the archive's name that is not whole, an original is not as it was, a deleted one is not in the archive, the
 * archive in the end has not every file byte for byte, or something is left beside it.
 */
export async function killArchiving(
  programs: string,
  logdir: string,
  dir: string,
  path: ArchivePath,
  delayMs: (n: number) => number,
): Promise<KilledArchive> {
  const [logs, out] = [join(dir, "logs"), join(dir, "runs.parquet")];
  cpSync(logdir, logs, { recursive: true, preserveTimestamps: true });
  const originals = filesBelow(logs);
  if (path === "appending") await archiveFirst(logs, out);
  const base = existsSync(out) ? treeOf(dir)["runs.parquet"] : undefined;
  const found = { kills: 0, parts: 0, continued: 0 };
  for (;;) {
    const delay = found.kills < KILLS ? delayMs(found.kills) : 60_000;
    const end = await archiveUntilKilled(programs, [logs, out, path === "deleting" ? "deletes" : ""], delay);
    if (end.stdout.endsWith("continued\n")) found.continued++;
    if (end.signal === null && end.code === 0) break;
    // The kill before came when all was done.
    if (Object.keys(filesBelow(logs)).length === 0) break;
    if (end.signal !== "SIGKILL") throw new Error(`the program ended with ${end.code}: ${end.stderr}`);
    found.kills++;
    if (existsSync(`${out}.part`)) found.parts++;
    await checkLeft(logs, out, originals, base);
  }
  rmSync(logs, { recursive: true });
  const target = join(dir, "restored");
  await restoreArchive(out, target);
  expectSame(filesBelow(target), originals, "the restored files");
  rmSync(target, { recursive: true });
  const left = readdirSync(dir).filter((name) => name !== "runs.parquet");
  if (left.length > 0) throw new Error(`${left.join(", ")} is left`);
  return found;
}

async function archiveFirst(logs: string, out: string): Promise<void> {
  const only = `${logs}-first`;
  cpSync(join(logs, "first"), join(only, "first"), { recursive: true, preserveTimestamps: true });
  await archiveLogdir(only, out);
  rmSync(only, { recursive: true });
}

function archiveUntilKilled(programs: string, args: readonly string[], delayMs: number) {
  let timer: NodeJS.Timeout | undefined;
  return runProgram(join(programs, "archive-until-killed.js"), args, {
    timeoutMs: 120_000,
    onOutput: (child) => (timer ??= setTimeout(() => child.kill("SIGKILL"), delayMs)),
  }).finally(() => clearTimeout(timer));
}

// Each original is as it was, or in an archive that is whole.
async function checkLeft(
  logs: string,
  out: string,
  originals: ReturnType<typeof filesBelow>,
  base: string | undefined,
): Promise<void> {
  const left = filesBelow(logs);
  const isThere = existsSync(out);
  const isBase = base !== undefined && treeOf(join(out, ".."))["runs.parquet"] === base;
  if (isThere && !isBase) await verifyArchive(out);
  const archived = new Map((isThere ? manifestOf(out).files : []).map((file) => [file.path, file.sha256]));
  if (isThere && !isBase && archived.size !== Object.keys(originals).length)
    throw new Error(`an archive with ${archived.size} files has the name`);
  for (const [path, file] of Object.entries(originals)) {
    if (left[path] === undefined && archived.get(path) !== file.sha256) throw new Error(`${path} is lost`);
    if (left[path] !== undefined) expectSame(left[path], file, path);
  }
}

function expectSame(actual: unknown, expected: unknown, what: string): void {
  if (JSON.stringify(actual) !== JSON.stringify(expected))
    throw new Error(`${what}: ${JSON.stringify(actual)} is not ${JSON.stringify(expected)}`);
}
