// Where a run comes from: what its directory says about it, for a person in a year.

import { execFileSync } from "node:child_process";
import { arch, hostname, platform } from "node:os";
import type { RememberedLogs } from "../engine/callbacks/run-logs.js";
import { TensorBoardRun, type TensorBoardRunOptions } from "../engine/callbacks/tensor-board-run.js";
import type { State } from "../engine/state.js";
import { asCode } from "../summary/markdown.js";
import { version } from "../version.js";
import type { HParamValue } from "../wire/hparams.js";

/** What a run was made with, by name. */
export type Provenance = Readonly<Record<string, HParamValue>>;

/** Versions, machine and, where the working directory is a git repository, its commit. */
export function environment(command: readonly string[] | undefined): Provenance {
  return {
    ...(command !== undefined && { command: command.join(" ") }),
    "tensorboard-node-logger": version,
    node: process.version,
    platform: `${platform()} ${arch()}`,
    host: hostname(),
    ...gitCommit(),
  };
}

/** What a `ProvenanceLog` logs, and where. */
export interface ProvenanceLogOptions extends TensorBoardRunOptions {
  /** What the run is made from. */
  readonly config: Provenance;
  /** What it is made with. */
  readonly environment: Provenance;
}

interface Remembered extends RememberedLogs {
  readonly environment: Provenance;
}

/**
 * Logs where a run comes from: as hyperparameters, with how it ended, and as a text, into the run's directory. A run that is resumed says so only
 * where what it is made with has changed but for the command, in a text of its own.
 */
// TensorBoard keeps the first status of a run, so that a run that failed, and may be resumed, has none.
export class ProvenanceLog extends TensorBoardRun {
  readonly #config: Provenance;
  readonly #environment: Provenance;
  /** Of the run that is resumed. */
  #earlier: Provenance | undefined;

  constructor({ config, environment: around, ...options }: ProvenanceLogOptions) {
    super("provenance", options);
    this.#config = config;
    this.#environment = around;
  }

  // Not at the start of the run: one that is stopped before its first step leaves nothing. And not before it is known where an epoch is resumed.
  onStartTraining(state: State): void {
    if (this.logs.run !== undefined) return;
    this.openRun(state);
    const writer = this.logs.run!;
    if (this.#earlier === undefined) {
      const all = { ...this.#config, ...this.#environment };
      writer.addHParams(all);
      writer.addText("provenance", tableOf(all), 0);
    } else if (!isSame(this.#earlier, this.#environment)) {
      writer.addText("resumed", tableOf(this.#environment), state.stepsDone);
    }
  }

  override onEnd(state: State): void {
    if (!state.interrupted) this.logs.run?.endHParams("success");
    super.onEnd(state);
  }

  override stateDict(state: State): Remembered {
    return { ...super.stateDict(state), environment: this.#environment };
  }

  override loadStateDict(remembered: Remembered): void {
    super.loadStateDict(remembered);
    this.#earlier = remembered.environment;
  }
}

function tableOf(provenance: Provenance): string[][] {
  return [
    ["name", "value"],
    ...Object.entries(provenance).map(([name, value]) => [name, asCode(String(value))]),
  ];
}

// The command of a resumed run says that it is resumed.
function isSame(before: Provenance, now: Provenance): boolean {
  const textOf = (its: Provenance): string =>
    JSON.stringify(
      Object.entries(its)
        .filter(([name]) => name !== "command")
        .toSorted(([a], [b]) => (a < b ? -1 : 1)),
    );
  return textOf(before) === textOf(now);
}

// A commit with changes beside it is not the program that ran.
function gitCommit(): { commit?: string } {
  const args = ["describe", "--always", "--abbrev=40", "--exclude=*", "--dirty= and changes"];
  try {
    const commit = execFileSync("git", args, {
      encoding: "utf8",
      stdio: ["ignore", "pipe", "ignore"],
      timeout: 5000,
    });
    return { commit: commit.trim() };
  } catch {
    return {};
  }
}
