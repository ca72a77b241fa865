// What verify says of the files of other programs and of ours: nothing but what is so.
import { copyFileSync, mkdirSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { findRuns } from "../../../src/events/runs.js";
import { recordFilesOf, verifyRun } from "../../../src/events/verify/verify-run.js";
import { SummaryWriter } from "../../../src/summary/summary-writer.js";
import { useTempDir } from "../../helpers/temp-dir.js";

const makeDir = useTempDir("verify-programs");
const fixtures = join(import.meta.dirname, "..", "..", "fixtures");

/** The defects of the run in `dir`, each as its code and its tag. */
function defectsIn(dir: string): string[] {
  return findRuns(dir).flatMap((run) => {
    const { defects } = verifyRun(run, recordFilesOf(run));
    return defects.map(({ code, tag }) => (tag === undefined ? code : `${code} ${tag}`));
  });
}

describe("files of other programs", () => {
  test.each<[string, string[]]>([
    ["calls-tensorboardx", []],
    // The content of torch's and TensorFlow's tensors is for no dashboard that TensorBoard has.
    ["calls-tensorflow", ["NO_METADATA tensor"]],
    ["calls-torch", ["NO_METADATA tensor"]],
    ["old-programs", ["NO_FILE_VERSION", "NO_METADATA ", "NO_METADATA histogram", "NO_METADATA nothing"]],
    ["peer-tensorboardx-media", []],
    ["peer-tensorboardx", []],
    ["peer-tensorflow-1", []],
    ["peer-tensorflow-media", []],
    ["peer-tensorflow", []],
    ["peer-torch-hparams", []],
    ["peer-torch-media", []],
    ["peer-torch-plots", []],
    ["peer-torch-plugins", ["NO_METADATA double", "NO_METADATA long"]],
    ["peer-torch-purge-step", []],
    // Its scalars in double precision.
    ["peer-torch", ["WRONG_FORM loss/double"]],
    ["steps-and-times", ["BAD_WALL_TIME", "BAD_WALL_TIME", "STEPS_GO_BACK a", "REPEATED_STEPS b"]],
    ["tensorboardx-dashboards", []],
    ["tensorboardx-scalars", []],
    ["torch-dashboards", []],
  ])("%s", (name, expected) => {
    const dir = makeDir();
    copyFileSync(join(fixtures, `${name}.tfevents`), join(dir, `${name}.tfevents`));
    expect(defectsIn(dir)).toEqual(expected);
  });
});

describe("our files have nothing wrong", () => {
  /** A session with something of each kind; its steps begin at `first`. */
  function log(dir: string, first: number, options: object = {}): void {
    const writer = new SummaryWriter(dir, options);
    writer.addHParams({ lr: first });
    writer.addCustomScalarsMultilineChart(["loss", "rate"], "charts", "both");
    for (let step = first; step < first + 300; step++) {
      writer.addScalar("loss", Math.sin(step), step);
      writer.addStep(step, { rate: step, "train/x": -step });
      if (step % 100 !== 0) continue;
      writer.addHistogram("weights", [1, 2, step], step);
      writer.addText("note", `step ${step}`, step);
      writer.addImage("picture", { data: new Uint8Array(12), width: 2, height: 2 }, step);
    }
    writer.closeSync();
  }

  test.each<[string, object]>([
    ["whole", {}],
    ["bounded", { maxPointsPerTag: 50 }],
  ])("%s, resumed with a purgeStep again and again", (_, options) => {
    const dir = join(makeDir(), "run");
    mkdirSync(dir);
    for (const first of [0, 250, 100, 400])
      log(dir, first, { ...options, ...(first > 0 && { purgeStep: first }) });
    expect(defectsIn(dir)).toEqual([]);
  });

  test("but for a session that goes back without one", () => {
    const dir = join(makeDir(), "run");
    log(dir, 0);
    log(dir, 200);
    const found = new Set(defectsIn(dir));
    expect(found).toContain("STEPS_GO_BACK loss");
    expect(found).toContain("STEPS_GO_BACK train/x");
    expect(found).not.toContain("REPEATED_STEPS _hparams_/session_start_info");
  });
});
