// Takes docs/online.png and docs/stochastic.png, Figure 1 of the README: `npx tsx scripts/take-screenshots.ts`.
//
// Runs the main job with all of its steps into a temporary logdir, opens it in the TensorBoard of the tests, and photographs the card of
// batch/est in headless Chromium (the one of the tests: the variable CHROMIUM, or the PATH). Takes about a minute.
import { spawnSync } from "node:child_process";
import { EventEmitter } from "node:events";
import { closeSync, mkdtempSync, openSync, readFileSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { findTensorBoard } from "../src/cli/tensorboard/find.js";
import { launchTensorBoard } from "../src/cli/tensorboard/launch.js";
import { runExperiment } from "../src/experiments/index.js";
import { openScalars, screenshotCard, withPage } from "../test/helpers/browser.js";
import { preparePython, type Python } from "../test/helpers/python.js";

const DOCS = join(import.meta.dirname, "..", "docs");
const TAG = "batch/est";
/** The README shows the two side by side, each half as wide as its text. */
const WIDTH = 720;
/** TensorBoard has read everything when its last points are of this step. */
const LAST_STEP = 5_999_990;
const TIMEOUT_MS = 120_000;

/** Colours are few in a chart, and a palette makes the file a third as large. */
const QUANTIZE = `
import sys
from PIL import Image
for path in sys.argv[1:]:
    image = Image.open(path).convert("RGB")
    image.quantize(128, Image.Quantize.MEDIANCUT, dither=Image.Dither.NONE).save(path, optimize=True)
`;

const scratch = mkdtempSync(join(tmpdir(), "tnl-screenshots-"));
try {
  const { value: python, missing } = await preparePython();
  if (python === undefined) throw new Error(missing);
  const logdir = join(scratch, "logs");
  await runExperiment({ logdir });
  const pictures = await withTensorBoard(logdir, python, (url) => takePictures(url));
  const { status, stderr } = spawnSync(python.executable, ["-c", QUANTIZE, ...pictures], {
    encoding: "utf8",
  });
  if (status !== 0) throw new Error(stderr);
  for (const file of pictures) console.log(`${file}: ${Math.round(statSync(file).size / 1000)} kB`);
} finally {
  rmSync(scratch, { recursive: true, force: true });
}

async function takePictures(url: string): Promise<string[]> {
  return withPage(async (page) => {
    await page.setViewportSize({ width: WIDTH, height: 900 });
    const files: string[] = [];
    for (const problem of ["Online", "Stochastic"]) {
      const runs = ["adam", "amsgrad"].map((optimizer) => `${problem}_${optimizer}/epoch-0`);
      for (const run of runs) await waitForLastStep(url, run);
      await openScalars(page, url, { tagFilter: `^${TAG}$`, runs });
      const file = join(DOCS, `${problem.toLowerCase()}.png`);
      await screenshotCard(page, TAG, file);
      files.push(file);
    }
    return files;
  });
}

async function waitForLastStep(url: string, run: string): Promise<void> {
  const query = new URLSearchParams({ run, tag: TAG });
  const address = new URL(`data/plugin/scalars/scalars?${query.toString()}`, url);
  await waitFor(async () => {
    const response = await fetch(address);
    if (!response.ok) return undefined;
    const points = (await response.json()) as [wallTime: number, step: number, value: number][];
    return points.at(-1)?.[1] === LAST_STEP || undefined;
  });
}

/** Runs `action` with the address of a TensorBoard on `logdir`, and ends it after. */
async function withTensorBoard<T>(
  logdir: string,
  python: Python,
  action: (url: string) => Promise<T>,
): Promise<T> {
  const env = { ...process.env, PATH: [python.bin, process.env["PATH"]].join(delimiter) };
  const path = join(scratch, "output");
  const output = openSync(path, "a");
  const signals = new EventEmitter();
  const ended = launchTensorBoard({
    tensorBoard: await findTensorBoard(env),
    logdir,
    extraArgs: ["--host", "127.0.0.1", "--port", "0"],
    stdio: ["ignore", output, output],
    env,
    signals,
  });
  try {
    return await action(await waitFor(() => /at (http:\/\/\S+\/) /.exec(readFileSync(path, "utf8"))?.[1]));
  } finally {
    signals.emit("SIGTERM");
    await ended;
    closeSync(output);
  }
}

async function waitFor<T>(look: () => T | undefined | Promise<T | undefined>): Promise<T> {
  for (const end = Date.now() + TIMEOUT_MS; Date.now() < end; await sleep(100)) {
    const found = await look();
    if (found !== undefined) return found;
  }
  throw new Error(`Nothing came within ${TIMEOUT_MS} ms`);
}
