// tnl run --resume: runs that were ended or killed go on as if nothing had happened, and what cannot go on is refused.
import {
  cpSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
} from "node:fs";
import { hostname } from "node:os";
import { join } from "node:path";
import { beforeAll, describe, expect, it } from "vitest";
import { loadCheckpoint, saveCheckpoint } from "../../src/engine/index.js";
import { cleanForFileName } from "../../src/events/file-name.js";
import type { RunResult } from "../../src/experiments/index.js";
import { treeOf } from "../experiments/tree.js";
import { eventFilesIn, eventsOf, filesIn } from "../helpers/events.js";
import { shownCurves } from "../helpers/loader-rules.js";
import { useTempDir } from "../helpers/temp-dir.js";
import { startTnl, type Ended } from "./child.js";
import { tnl } from "./fake-io.js";

const tempDir = useTempDir("resume");
const isWindows = process.platform === "win32";

/** Two runs with random numbers, long enough to be hit in their middle. */
const ARGV = ["run", "stochastic", "--json", "--verbose=0", "--steps=400000", "--batch-step-size=500"];
const RUNS = ["Stochastic_adam", "Stochastic_amsgrad"];

function start(logdir: string, ...argv: string[]) {
  return startTnl([...ARGV, "--logdir", logdir, ...argv]);
}

/** In this process, which a signal would end too. */
async function run(logdir: string, ...argv: string[]): Promise<Pick<Ended, "code" | "stdout" | "stderr">> {
  return tnl([...ARGV, "--jobs=1", "--logdir", logdir, ...argv]);
}

/** What came out but for the time that it took. */
function resultsOf({ code, stdout }: Pick<Ended, "code" | "stdout">): RunResult[] {
  expect(code).toBe(0);
  return (JSON.parse(stdout) as RunResult[]).map((result) => ({ ...result, stepsPerSecond: 1 }));
}

/** The parameters and the optimizer at the end of each run. */
function finalStates(logdir: string): unknown[] {
  return RUNS.map((name) => {
    const dir = join(logdir, name, "checkpoints");
    const { model, optimizer } = loadCheckpoint(join(dir, filesIn(dir).at(-1)!));
    return { model, optimizer };
  });
}

let wholeDir: string;
let whole: ReturnType<typeof resultsOf>;
beforeAll(async () => {
  wholeDir = join(tempDir(), "logs");
  whole = resultsOf(await run(wholeDir));
});

function expectWhole(logdir: string, ended: Pick<Ended, "code" | "stdout">): void {
  expect(resultsOf(ended)).toEqual(whole);
  expect(shownCurves(logdir)).toEqual(shownCurves(wholeDir));
  expect(finalStates(logdir)).toEqual(finalStates(wholeDir));
}

describe.skipIf(isWindows)("a run that is ended", () => {
  it.each<[NodeJS.Signals, number, string[]]>([
    ["SIGTERM", 143, []],
    ["SIGINT", 130, ["--checkpoint-every=7000"]],
  ])("by %s goes on at its step", async (signal, expected, argv) => {
    const logdir = join(tempDir(), "logs");
    const { child, ended } = start(logdir, ...argv);
    await expect.poll(() => existsSync(join(logdir, RUNS[0]!, "epoch-0")), { timeout: 30_000 }).toBe(true);
    child.kill(signal);
    const { code } = await ended;
    expect(code).toBe(expected);
    expect(readdirSync(join(logdir, RUNS[0]!, "checkpoints")).length).toBeGreaterThan(0);
    const file = JSON.parse(readFileSync(join(logdir, RUNS[0]!, "run.json"), "utf8")) as object;
    expect(file).toMatchObject({ process: null, result: null });
    expectWhole(logdir, await run(logdir, "--resume", ...argv));
  });

  it.each([
    ["often", ["--checkpoint-every=7000"]],
    ["never", []],
  ])("by SIGKILL shows the same, once and again, where it was saved %s", async (_, argv) => {
    const logdir = join(tempDir(), "logs");
    for (const ms of [0, 15, 40]) {
      const { child, ended } = start(logdir, "--resume", ...argv);
      const files = (): number => (existsSync(logdir) ? Object.keys(treeOf(logdir)).length : 0);
      const before = files();
      await expect.poll(() => child.exitCode !== null || files() > before, { timeout: 30_000 }).toBe(true);
      await new Promise((resolve) => setTimeout(resolve, ms));
      child.kill("SIGKILL");
      await ended;
    }
    expectWhole(logdir, await run(logdir, "--resume", ...argv));
  });

  it("by its time says so, and is done when it was resumed often enough", async () => {
    const logdir = join(tempDir(), "logs");
    const codes: (number | null)[] = [];
    let last: Ended;
    // A busy machine takes longer until the first step.
    for (let ms = 20; codes.length === 0 || codes.at(-1) === 124; ms *= 3) {
      last = await start(logdir, "--resume", `--max-time=${ms}ms`, "--checkpoint-every=1h").ended;
      codes.push(last.code);
    }
    expect(codes[0]).toBe(124);
    expectWhole(logdir, last!);
  });
});

describe("--resume", () => {
  /** The whole runs in a directory of their own. */
  function copy(): string {
    const logdir = join(tempDir(), "logs");
    cpSync(wholeDir, logdir, { recursive: true });
    return logdir;
  }

  /** Runs that their process had not finished. */
  function unfinished(logdir = copy()): string {
    for (const name of RUNS) {
      const path = join(logdir, name, "run.json");
      const file = JSON.parse(readFileSync(path, "utf8")) as object;
      expect(file).toMatchObject({ process: null, result: { run: name } });
      writeFileSync(path, JSON.stringify({ ...file, result: null }));
    }
    return logdir;
  }

  const resume = (logdir: string, ...argv: string[]) => run(logdir, "--resume", ...argv);

  it("of runs that are done tells what came out, and touches nothing", async () => {
    const logdir = copy();
    const before = treeOf(logdir);
    const { code, stdout } = await resume(logdir);
    expect(code).toBe(0);
    expect(resultsOf({ code, stdout })).toEqual(whole);
    expect(treeOf(logdir)).toEqual(before);
  });

  it("of a run that was killed behind its last step only says so", async () => {
    const logdir = unfinished();
    const before = shownCurves(logdir);
    // Of a process that was killed while it wrote what came out.
    const left = join(
      logdir,
      RUNS[0]!,
      `.tnl-unfinished.${cleanForFileName(hostname())}.${process.pid}.abcdef`,
    );
    writeFileSync(left, "{");
    const { code, stdout } = await resume(logdir);
    expect(code).toBe(0);
    expect(resultsOf({ code, stdout })).toEqual(whole);
    expect(shownCurves(logdir)).toEqual(before);
    expect(existsSync(left)).toBe(false);
  });

  it("says in a text of its own that what the run is made with has changed, and nothing else", async () => {
    for (const node of [process.version, "v1.2.3"]) {
      const logdir = join(tempDir(), "logs");
      await run(logdir, "--if-exists=overwrite", "--checkpoint-every=150000");
      unfinished(logdir);
      const dir = join(logdir, RUNS[0]!, "checkpoints");
      const [older, newest] = filesIn(dir).map((name) => join(dir, name));
      rmSync(newest!);
      const dict = loadCheckpoint(older!);
      const callbacks = dict.callbacks.map((one) => {
        const { environment } = (one ?? {}) as { environment?: object };
        return environment === undefined
          ? one
          : { ...(one as object), environment: { ...environment, node } };
      });
      saveCheckpoint(older!, { ...dict, callbacks });
      expectWhole(logdir, await resume(logdir, "--checkpoint-every=150000"));
      const texts = eventFilesIn(join(logdir, RUNS[0]!))
        .flatMap(eventsOf)
        .flatMap(({ step, summary = [] }) => summary.map(({ tag }) => `${tag} at ${step}`))
        .filter((text) => !text.startsWith("_hparams_"));
      // The file that goes on may have a copy of what the one before it had.
      const changed = node === process.version ? [] : ["resumed at 300000"];
      expect([...new Set(texts)]).toEqual(["provenance at 0", ...changed]);
    }
  });

  it("begins what is not there, and takes the last of several", async () => {
    const logdir = join(tempDir(), "logs");
    const small = ["run", "online", "--optimizer=sgd", "--steps=30", "--verbose=0", "--logdir", logdir];
    for (const argv of [["--resume"], [], ["--if-exists=resume"], ["--resume"]]) {
      expect(await tnl([...small, ...argv])).toMatchObject({ code: 0 });
    }
    expect(filesIn(logdir)).toEqual(["Online_sgd", "Online_sgd_1"]);
  });

  it.each([
    ["another learning rate", ["--lr=0.01"], "Expected `lr` to be 0.001, as the run "],
    ["another seed", ["--seed=2"], "Expected `seed` to be 1, as the run "],
    ["more steps", ["--steps=900000"], "Expected `steps` to be 400000, as the run "],
    ["a setting", ["--set", "problem.x0=0.5"], "Expected `problem.x0` to be left out, as the run "],
    ["another grain", ["--batch-step-size=5"], "Expected `batchStepSize` to be 500, as the run "],
    ["a bound", ["--max-points=100"], "Expected `maxPointsPerTag` to be left out, as the run "],
  ])("with %s is refused, and touches nothing", async (_, argv, message) => {
    const logdir = unfinished();
    const before = treeOf(logdir);
    const args = ARGV.filter((arg) => !argv.some((other) => arg.split("=")[0] === other.split("=")[0]));
    const { code, stderr } = await tnl([...args, "--logdir", logdir, "--resume", ...argv]);
    expect(stderr).toContain(message);
    expect(code).toBe(2);
    expect(treeOf(logdir)).toEqual(before);
  });

  it("of what another program logged is refused", async () => {
    const logdir = join(tempDir(), "logs");
    mkdirSync(join(logdir, RUNS[1]!), { recursive: true });
    writeFileSync(join(logdir, RUNS[1]!, "events.out.tfevents.1.box"), "");
    const { code, stderr } = await resume(logdir);
    expect(code).toBe(3);
    expect(stderr).toMatch(
      /^tnl: Cannot resume the run \S+Stochastic_amsgrad: it has event files, and no run.json/,
    );
    expect(filesIn(logdir)).toEqual([RUNS[1]]);
  });

  it.each(["{", "[]", '{"format":"x"}', '{"format":"tensorboard-node-logger run","version":2}'])(
    "of a run whose run.json is %j is refused",
    async (content) => {
      const logdir = unfinished();
      writeFileSync(join(logdir, RUNS[0]!, "run.json"), content);
      const { code, stderr } = await resume(logdir);
      expect([code, stderr]).toEqual([3, expect.stringMatching(/^tnl: Cannot resume the run .*run.json/)]);
    },
  );

  it.skipIf(isWindows)("of a run at which another process works is refused", async () => {
    const logdir = join(tempDir(), "logs");
    const { child, ended } = start(logdir);
    await expect.poll(() => existsSync(join(logdir, RUNS[0]!, "run.json")), { timeout: 30_000 }).toBe(true);
    child.kill("SIGSTOP");
    try {
      const { code, stderr } = await resume(logdir);
      expect(stderr).toContain(`process ${child.pid} works on it`);
      expect(code).toBe(3);
    } finally {
      child.kill("SIGCONT");
      await ended;
    }
    expect(await resume(logdir)).toMatchObject({ code: 0 });
  });

  it("takes the checkpoint before one that is damaged, and none when all are", async () => {
    const logdir = unfinished();
    await run(logdir, "--if-exists=overwrite", "--checkpoint-every=150000");
    unfinished(logdir);
    const dir = join(logdir, RUNS[0]!, "checkpoints");
    const [older, newest] = filesIn(dir);
    expect([older, newest]).toEqual(["000000300000.json", "000000400000.json"]);
    truncateSync(join(dir, newest!), statSync(join(dir, newest!)).size - 1);
    const resumed = await start(logdir, "--resume", "--checkpoint-every=150000").ended;
    expect(resumed.stderr).toMatch(/OLDER_CHECKPOINT.*000000400000\.json: it has .* bytes/);
    expectWhole(logdir, resumed);

    unfinished(logdir);
    for (const name of filesIn(dir)) truncateSync(join(dir, name), 200);
    const refused = await run(logdir, "--resume");
    expect(refused.code).toBe(1);
    expect(refused.stderr).toMatch(/^tnl: Stochastic_adam: Cannot go on from \S+checkpoints\S+: [^\n]+\n$/);
  });

  it.each([
    [["--if-exists=overwrite"], "--resume and --if-exists overwrite cannot be given together"],
    [["--checkpoint-every=0"], "Expected `--checkpoint-every` to be steps"],
    [["--checkpoint-every=5 m"], "Expected `--checkpoint-every` to be steps"],
    [["--checkpoint-every=1.5"], "Expected `--checkpoint-every` to be steps"],
    [["--max-time=10"], "Expected `--max-time` to be a time"],
    [["--max-time=0s"], "Expected `--max-time` to be a time"],
  ])("with %j is wrong usage", async (argv, message) => {
    const logdir = join(tempDir(), "logs");
    const { code, stderr } = await resume(logdir, ...argv);
    expect(stderr).toContain(message);
    expect(code).toBe(2);
    expect(existsSync(logdir)).toBe(false);
  });
});
