// Where a run comes from: what its directory says about it, for a person in a year.

import { execFileSync } from "node:child_process";
import { arch, hostname, platform } from "node:os";
import type { Callback } from "../engine/callback.js";
import type { State } from "../engine/state.js";
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

/** Logs where a run comes from: as hyperparameters, with how it ended, and as a text, into the run's directory. */
export class ProvenanceLog implements Callback {
  readonly #dir: string;
  readonly #provenance: Provenance;
  readonly #worker: string | false;
  #writer: SummaryWriter | undefined;

  /** `worker` as a `SummaryWriter` has it. */
  constructor(dir: string, provenance: Provenance, worker: string | false) {
    this.#dir = dir;
    this.#provenance = provenance;
    this.#worker = worker;
  }

  // Not at the start of the run: one that is stopped before its first step leaves nothing.
  onStartEpoch(): void {
    if (this.#writer !== undefined) return;
    const writer = (this.#writer = new SummaryWriter(this.#dir, { worker: this.#worker }));
    writer.addHParams(this.#provenance);
    const rows = Object.entries(this.#provenance).map(([name, value]) => [name, asCode(String(value))]);
    writer.addText("provenance", [["name", "value"], ...rows], 0);
  }

  onEnd(state: State): void {
    // A run that was stopped has no status: it may be continued.
    this.#close(state.stepsDone === state.trainSteps ? "success" : undefined);
  }

  onException(): void {
    this.#close("failure");
  }

  #close(status: "success" | "failure" | undefined): void {
    const writer = this.#writer;
    this.#writer = undefined;
    if (writer === undefined) return;
    try {
      if (status !== undefined) writer.endHParams(status);
    } finally {
      writer.closeSync();
    }
  }
}

// So that Markdown leaves it alone.
function asCode(text: string): string {
  return `\`${text.replaceAll("`", "'")}\``;
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
