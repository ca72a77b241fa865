// The writers that are killed, one entry each. A mode of a writer is one more entry.
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
  /** Kills at all rates together. */
  readonly kills: number;
}

/** Compiles the programs and makes Python's environment, which takes some minutes at first use. */
export function makeWriters(kills: { readonly ours: number; readonly python: number }): readonly Writer[] {
  const program = compileProgram(join(import.meta.dirname, "log.ts"));
  const ours = (mode: string, options: WriterOptions = {}): Writer => ({
    name: `this package${mode}`,
    command: [process.execPath, program],
    options,
    resume: (from) => ({ ...options, purgeStep: from }),
    files: eventFiles,
    kills: kills.ours,
  });
  const script = join(import.meta.dirname, "log.py");
  const python = (module: string, name: string): Writer => ({
    name,
    command: [benchPython(), script, module],
    options: {},
    resume: (from) => ({ purge_step: from }),
    files: eventFiles,
    kills: kills.python,
  });
  return [ours(""), python("torch", "torch.utils.tensorboard"), python("tensorboardX", "tensorboardX")];
}

function eventFiles(dir: string): readonly string[] {
  return findRuns(dir).find(({ name }) => name === ".")?.files ?? [];
}
