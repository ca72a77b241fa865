// Kills this package's SummaryWriter and those of Python, and writes docs/kills.md: `npx tsx scripts/kill-writers.ts`.
//
// --kills N         of this package's writer, at both rates together; 1,000 unless given
// --mode-kills N    of each of its modes, likewise; 400 unless given
// --python-kills N  of each Python writer, likewise; 400 unless given
// --print           prints the tables instead of writing them
//
// Needs `npm run build` and both Python environments, of the tests and of the bench. Takes about an hour on two cores.
import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { replaceBlock } from "../bench/generated.js";
import { machine } from "../bench/harness.js";
import { pythonVersions } from "../bench/python.js";
import { version } from "../src/version.js";
import { preparePython } from "../test/helpers/python.js";
import { LOADERS } from "../test/helpers/tensorboard.js";
import { faultsShown } from "./kill-writers/boards.js";
import type { Continued, Faults } from "./kill-writers/count.js";
import {
  keepRun,
  killBatch,
  RATES,
  removeRuns,
  type Killed,
  type Rate,
  type Resumed,
} from "./kill-writers/kill.js";
import { killIdle, POINTS, startTwoAtOnce } from "./kill-writers/others.js";
import { idleTable, killTable, pairTable, resumeTable, type Finding } from "./kill-writers/report.js";
import { makeWriters, type Writer } from "./kill-writers/writers.js";

/** The writers take turns, so that a slow hour of the machine meets all of them. */
const ROUNDS = 10;
/** Runs of each writer and rate that TensorBoard is shown. */
const SHOWN = 40;
/** Each of the other scenarios, of each writer. */
const REPEATS = 10;

const { values } = parseArgs({
  options: {
    kills: { type: "string", default: "1000" },
    "mode-kills": { type: "string", default: "400" },
    "python-kills": { type: "string", default: "400" },
    print: { type: "boolean", default: false },
  },
});
const page = join(import.meta.dirname, "..", "docs", "kills.md");
const scratch = mkdtempSync(join(tmpdir(), "tnl-kills-"));
const logdir = join(scratch, "logs");
mkdirSync(logdir);

/** All kills of a writer at a rate; what TensorBoard is shown is in the logdir, by name. */
interface Series {
  readonly writer: Writer;
  readonly rate: Rate;
  readonly killed: Killed[];
  readonly resumed: Resumed[];
  readonly kept: Map<string, Continued>;
}

try {
  const { value: python, missing } = await preparePython();
  if (python === undefined) throw new Error(missing);
  const writers = makeWriters({
    ours: Number(values.kills),
    modes: Number(values["mode-kills"]),
    python: Number(values["python-kills"]),
  });
  const series = writers.flatMap((writer) =>
    RATES.map((rate): Series => ({ writer, rate, killed: [], resumed: [], kept: new Map() })),
  );
  const peers = writers.filter(({ isMode }) => !isMode);
  const idle = await repeat(peers, killIdle);
  const pairs = await repeat(peers, startTwoAtOnce);
  for (let round = 0; round < ROUNDS; round++) {
    for (const [index, one] of series.entries()) await addRound(one, index, round);
  }

  const runs = new Map(series.flatMap(({ kept }) => [...kept]));
  const shown = new Map<string, ReadonlyMap<string, Faults>>();
  for (const loader of LOADERS) shown.set(loader, await faultsShown(logdir, runs, loader, python));
  const findings = series.map(({ writer, rate, killed, resumed, kept }): Finding => {
    const faults = (loader: string): Faults[] =>
      [...kept.keys()].map((name) => shown.get(loader)!.get(name)!);
    return {
      ...{ writer: writer.name, rate: rate.name, showsAll: writer.showsAll, killed, resumed },
      shown: { rust: faults("rust"), python: faults("python") },
    };
  });
  publish("kills", killTable(findings));
  publish("continued", resumeTable(findings));
  publish("idle", idleTable(idle, POINTS));
  publish("same-second", pairTable(pairs, 2 * POINTS));
  const date = new Date().toISOString().slice(0, 10);
  publish(
    "measured",
    `Measured on ${date}: ${machine()}; this package ${version}; ${pythonVersions()}. TensorBoard is that of test/requirements.txt.`,
  );
} finally {
  rmSync(scratch, { recursive: true, force: true });
}

async function addRound(one: Series, index: number, round: number): Promise<void> {
  const { writer, rate, killed, resumed, kept } = one;
  const end = Math.round((writer.kills / RATES.length / ROUNDS) * (round + 1));
  const directory = join(scratch, "batch");
  const batch = await killBatch(writer, rate, [killed.length, end], directory);
  killed.push(...batch.killed);
  resumed.push(...batch.resumed);
  for (const run of batch.resumed) {
    // As many of each round.
    if (!run.isShort || kept.size >= (SHOWN * (round + 1)) / ROUNDS) continue;
    const name = `${index}-${kept.size}`;
    keepRun(run, logdir, name);
    kept.set(name, run);
  }
  removeRuns(directory);
  console.error(`round ${round + 1} of ${ROUNDS}: ${writer.name}, ${rate.name}: ${killed.length} kills`);
}

/** A scenario of each writer, one after another. */
async function repeat<T>(
  writers: readonly Writer[],
  scenario: (writer: Writer, scratch: string) => Promise<T>,
): Promise<ReadonlyMap<string, readonly T[]>> {
  const found = new Map<string, T[]>(writers.map(({ name }) => [name, []]));
  for (let i = 0; i < REPEATS; i++) {
    for (const writer of writers) {
      const directory = join(scratch, "scenario");
      found.get(writer.name)!.push(await scenario(writer, directory));
      removeRuns(directory);
    }
  }
  return found;
}

function publish(name: string, markdown: string): void {
  if (values.print) console.log(`${name}\n\n${markdown}\n`);
  else replaceBlock(page, name, markdown);
}
