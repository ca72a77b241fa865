// Where a run comes from: what its directory says about it, for a person in a year.

import { execFileSync } from "node:child_process";
import { arch, hostname, platform } from "node:os";
import type { Callback } from "../engine/callback.js";
import type { State } from "../engine/state.js";
import type { LogPosition } from "../events/log-position.js";
import { asCode } from "../summary/markdown.js";
import { SummaryWriter } from "../summary/summary-writer.js";
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
export interface ProvenanceLogOptions {
  readonly dir: string;
  /** What the run is made from. */
  readonly config: Provenance;
  /** What it is made with. */
  readonly environment: Provenance;
  /** As a `SummaryWriter` has it. */
  readonly worker: string | false;
  /** What the directory has from before is void. */
  readonly overwrite: boolean;
}

interface Remembered {
  readonly log: LogPosition | null;
  readonly environment: Provenance;
}

/**
 * Logs where a run comes from: as hyperparameters, with how it ended, and as a text, into the run's directory. A run that is resumed says so only
 * where what it is made with has changed but for the command, in a text of its own.
 */
// TensorBoard keeps the first status of a run, so that a run that failed, and may be resumed, has none.
export class ProvenanceLog implements Callback {
  readonly #options: ProvenanceLogOptions;
  #writer: SummaryWriter | undefined;
  #remembered: Remembered | undefined;

  constructor(options: ProvenanceLogOptions) {
    this.#options = options;
    if (options.overwrite) this.#remembered = { log: { files: {} }, environment: options.environment };
  }

  // Not at the start of the run: one that is stopped before its first step leaves nothing.
  onStartEpoch(state: State): void {
    if (this.#writer !== undefined) return;
    const { dir, config, environment, worker } = this.#options;
    const from = this.#remembered;
    const continueFrom = from?.log ?? undefined;
    const writer = new SummaryWriter(dir, { worker, ...(continueFrom && { continueFrom }) });
    this.#writer = writer;
    if (from === undefined || isNothing(from.log)) {
      writer.addHParams({ ...config, ...environment });
      writer.addText("provenance", tableOf({ ...config, ...environment }), 0);
    } else if (!isSame(from.environment, environment)) {
      writer.addText("resumed", tableOf(environment), state.stepsDone);
    }
  }

  async onEnd(state: State): Promise<void> {
    const writer = this.#writer;
    if (writer === undefined) return;
    if (!state.interrupted) writer.endHParams("success");
    this.#remembered = this.stateDict();
    // The run's last checkpoint comes behind this.
    await writer.sync();
    this.#close();
  }

  onException(): void {
    this.#close();
  }

  async sync(): Promise<void> {
    await this.#writer?.sync();
  }

  stateDict(): Remembered {
    const log = this.#writer?.position() ?? this.#remembered?.log ?? null;
    return { log, environment: this.#options.environment };
  }

  loadStateDict(remembered: Remembered): void {
    this.#remembered = remembered;
  }

  #close(): void {
    const writer = this.#writer;
    this.#writer = undefined;
    writer?.closeSync();
  }
}

function tableOf(provenance: Provenance): string[][] {
  return [
    ["name", "value"],
    ...Object.entries(provenance).map(([name, value]) => [name, asCode(String(value))]),
  ];
}

function isNothing(log: LogPosition | null): boolean {
  return log === null || Object.keys(log.files).length === 0;
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
