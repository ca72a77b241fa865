// The writers that are killed, one entry each. A mode of a writer is one more entry.
import { readdirSync } from "node:fs";
import { join } from "node:path";
import { benchPython } from "../../bench/python.js";
import { compileProgram } from "../../bench/workloads.js";
import { findRuns } from "../../src/events/index.js";
import type { WriterOptions } from "./job.js";

/** A writer in one of its modes. */
export interface Writer {
  /** As the tables name it. */
  readonly name: string;
  /** The program that logs, without the job. */
  readonly command: readonly string[];
  /** The options of the writer that is killed. */
  readonly options: WriterOptions;
  /** The options of the writer that continues its run at step `from`. */
  readonly resume: (from: number) => WriterOptions;
  /** The files of a run in which every point must be, in their order. */
  readonly files: (dir: string) => readonly string[];
  /** Whether TensorBoard is to show every point. */
  readonly showsAll: boolean;
  /** Sessions that logged into the run before the one that is killed. */
  readonly earlierSessions: number;
  /** How fast the clock of the writer that is killed runs. */
  readonly clockSpeed: number;
  /** The kill comes at a random moment of this time, from just before the writer is made. */
  readonly killWithinMs: number;
  /** Kills at all rates together. */
  readonly kills: number;
  /** Whether it is a mode that only the random kills are about. */
  readonly isMode: boolean;
}

/** Compiles the programs and makes Python's environment, which takes some minutes at first use. */
export function makeWriters(kills: {
  readonly ours: number;
  readonly modes: number;
  readonly python: number;
}): readonly Writer[] {
  const program = compileProgram(join(import.meta.dirname, "log.ts"));
  const plain = { ...PLAIN, name: "this package", command: [process.execPath, program], kills: kills.ours };
  const mode = (name: string, options: WriterOptions, more: Partial<Writer>): Writer => ({
    ...{ ...plain, name: `this package, ${name}`, options, kills: kills.modes, isMode: true },
    resume: (from) => ({ ...options, purgeStep: from }),
    ...more,
  });
  // A hundred times as fast: curves are compacted every 50 ms, and what that replaced is deleted after 600 ms.
  const bounded = { files: recordFiles, showsAll: false, clockSpeed: 100 };
  const continuing = { earlierSessions: 3, killWithinMs: 80 };
  const script = join(import.meta.dirname, "log.py");
  const python = (module: string, name: string): Writer => ({
    ...{ ...PLAIN, name, command: [benchPython(), script, module], kills: kills.python },
    resume: (from) => ({ purge_step: from }),
  });
  return [
    plain,
    mode("folding", {}, continuing),
    mode("bounded", { maxPointsPerTag: 100 }, bounded),
    mode("bounded, at its start", { maxPointsPerTag: 100 }, { ...bounded, ...continuing }),
    python("torch", "torch.utils.tensorboard"),
    python("tensorboardX", "tensorboardX"),
  ];
}

const PLAIN = {
  options: {},
  resume: (from: number): WriterOptions => ({ purgeStep: from }),
  files: eventFiles,
  showsAll: true,
  earlierSessions: 0,
  clockSpeed: 1,
  killWithinMs: 1000,
  isMode: false,
};

/** The files of a run that TensorBoard reads, in its order. */
export function eventFiles(dir: string): readonly string[] {
  return findRuns(dir).find(({ name }) => name === ".")?.files ?? [];
}

function recordFiles(dir: string): readonly string[] {
  const names = readdirSync(dir).filter((name) => name.startsWith("records.out."));
  return names.toSorted().map((name) => join(dir, name));
}
