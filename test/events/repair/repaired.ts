// Repairs a run of files given as bytes, on a disk that does not wait.
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { nodeFileSystem, type FileSystem } from "../../../src/events/file-system.js";
import type { RunRepair } from "../../../src/events/repair/repair-report.js";
import { repairLogdir } from "../../../src/events/repair/repair-runs.js";
import { findRuns } from "../../../src/events/runs.js";
import type { DefectCode } from "../../../src/events/verify/defect.js";
import { recordFilesOf, verifyRun } from "../../../src/events/verify/verify-run.js";

/** Nothing in these tests outlives a crash of the machine. */
const hasty: FileSystem = { ...nodeFileSystem, fdatasyncSync: () => {}, fsyncSync: () => {} };

export type Files = Readonly<Record<string, Uint8Array>>;

/** What became of a run. */
export interface Repaired {
  /** The copies by name. */
  readonly files: Files;
  readonly repair: RunRepair;
  /** What was wrong before. */
  readonly before: DefectCode[];
  /** And what is in the copy. */
  readonly after: DefectCode[];
}

/** Writes the files to a directory of `makeDir`, and repairs them. */
export async function repaired(makeDir: () => string, files: Files, dropVoid = false): Promise<Repaired> {
  const [from, out] = [join(makeDir(), "run"), join(makeDir(), "out")];
  mkdirSync(from);
  for (const [name, bytes] of Object.entries(files)) writeFileSync(join(from, name), bytes);
  const [repair] = await repairLogdir(from, { out, dropVoid, fileSystem: hasty });
  const names = Object.keys(files).filter((name) => existsSync(join(out, name)));
  const copies = names.map((name) => [name, Uint8Array.from(readFileSync(join(out, name)))] as const);
  return { files: Object.fromEntries(copies), repair: repair!, before: codesIn(from), after: codesIn(out) };
}

function codesIn(dir: string): DefectCode[] {
  if (!existsSync(dir)) return [];
  return findRuns(dir).flatMap((run) => verifyRun(run, recordFilesOf(run)).defects.map(({ code }) => code));
}

/** The codes of what no repair may leave. */
export const REPAIRED_CODES: readonly DefectCode[] = [
  ...(["TORN_TAIL", "ZEROS", "BAD_LENGTH_CRC", "RECORD_TOO_LARGE", "BAD_DATA_CRC", "BAD_EVENT"] as const),
  ...(["BAD_WALL_TIME", "NO_FILE_VERSION", "NO_METADATA", "BAD_TEXT"] as const),
];
