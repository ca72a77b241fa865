// Takes the pictures of docs/dashboards: `npm run build && npx tsx scripts/screenshot-dashboards.ts [regular expression for their names]`.
//
// Runs examples/dashboards into a temporary logdir, opens the TensorBoard of the tests on it, and photographs each dashboard in headless
// Chromium (the one of the tests: the variable CHROMIUM, or the PATH). Takes about a minute.
import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Locator, Page } from "playwright-core";
import { openScalars, openTab, withPage } from "../test/helpers/browser.js";
import { logExamples } from "../test/helpers/dashboard-examples.js";
import { preparePython, type Python } from "../test/helpers/python.js";
import { startTensorBoard } from "../test/helpers/tensorboard.js";

/** Charts, graphs and points move for a while after they are there. */
const ANIMATION_MS = 2000;
const DOCS = join(import.meta.dirname, "..", "docs", "dashboards");

/** A picture shows what encloses all of `parts`, once they are there, and something is drawn in each of them. */
interface Picture {
  readonly name: string;
  /** Pixels: wide enough that no part has another width than it has on a screen. */
  readonly size: readonly [width: number, height: number];
  /** Pixels around it; 8 unless given. */
  readonly padding?: number;
  readonly open: (page: Page, url: string) => Promise<Locator>;
}

const PICTURES: readonly Picture[] = [
  {
    name: "scalar",
    size: [960, 700],
    async open(page, url) {
      const runs = ["scalar/lr-0.005", "scalar/lr-0.02"];
      await openScalars(page, url, { tagFilter: "^(loss|gradient/size)$", runs });
      return page.locator("scalar-card");
    },
  },
  { name: "text", size: [960, 720], open: cards("text", "tf-text-loader", "table", "config|mistakes") },
  {
    name: "histogram",
    size: [1020, 900],
    open: cards("histograms", "tf-histogram-loader", "svg path", "layer1|latency"),
  },
  {
    name: "distribution",
    size: [1020, 900],
    open: cards("distributions", "tf-distribution-loader", "svg path", "layer1|latency"),
  },
  { name: "image", size: [1080, 900], open: cards("images", "tf-image-loader", "img", "both") },
  { name: "boxes", size: [960, 900], open: cards("images", "tf-image-loader", "img", "found") },
  { name: "video", size: [960, 900], open: cards("images", "tf-image-loader", "img", "orbit") },
  { name: "figure", size: [960, 900], open: cards("images", "tf-image-loader", "img", "calibration") },
  { name: "audio", size: [1080, 900], open: cards("audio", "tf-audio-loader", "audio", "tone|left") },
  { name: "pr-curve", size: [960, 900], open: cards("pr_curves", "tf-pr-curve-card", "svg path", "cats") },
  {
    name: "custom-scalars",
    size: [1080, 900],
    async open(page, url) {
      await openTab(page, url, "custom_scalars");
      await page.locator("tf-custom-scalar-margin-chart-card svg path").first().waitFor();
      return page.locator("tf-category-paginated-view");
    },
  },
  {
    name: "hparams",
    size: [1200, 460],
    padding: 0,
    async open(page, url) {
      await openTab(page, url, "hparams");
      await page.locator("tf-hparams-table-view").getByText("hparams/0.03-0.5").waitFor();
      return page.locator("tf-hparams-main");
    },
  },
  {
    name: "hparams-parallel",
    size: [1200, 1000],
    padding: 0,
    async open(page, url) {
      await openTab(page, url, "hparams");
      await page.getByText("Parallel coordinates view").click();
      const scales = page.locator("tf-hparams-parallel-coords-view #controls");
      await scales.getByText("Logarithmic").first().click();
      await scales.getByText("Logarithmic").last().click();
      await page.locator("tf-hparams-parallel-coords-plot svg path").first().waitFor();
      return page.locator("tf-hparams-main");
    },
  },
  {
    name: "graph",
    size: [900, 640],
    padding: 0,
    async open(page, url) {
      await openTab(page, url, "graphs");
      await page.locator('tf-graph-scene g.node[data-name="dense"]').dblclick();
      await page.locator('tf-graph-scene g.node[data-name="dense/matmul"]').waitFor();
      await fitGraph(page);
      return page.locator("tf-graph-board");
    },
  },
  {
    name: "graph-keras",
    size: [780, 420],
    padding: 0,
    async open(page, url) {
      await openTab(page, url, "graphs");
      await page.locator("tf-graph-controls .run-dropdown").last().click();
      await page.getByText("keras").click();
      await page.locator('tf-graph-scene g.node[data-name="classifier"]').dblclick();
      await page.locator('tf-graph-scene g.node[data-name="classifier/hidden"]').waitFor();
      await fitGraph(page);
      return page.locator("tf-graph-board");
    },
  },
  {
    name: "embedding",
    size: [1280, 800],
    padding: 0,
    async open(page, url) {
      await openTab(page, url, "projector");
      // The plugin's frame has another in it.
      const projector = page.frameLocator("iframe").frameLocator("iframe");
      await projector.getByText("Points: 300").waitFor();
      await page.waitForTimeout(ANIMATION_MS);
      await page.mouse.move(640, 600);
      for (let i = 0; i < 5; i++) await page.mouse.wheel(0, 100);
      return page.locator("iframe");
    },
  },
  { name: "mesh", size: [960, 900], open: cards("mesh", "tf-mesh-loader", "canvas", "ball") },
];

/** Colours are few but in pictures and shaded bodies, and a palette makes the file a third as large. */
const SHRINK = `
import sys
from PIL import Image
for path in sys.argv[1:]:
    image = Image.open(path).convert("RGB")
    small = image.quantize(256, Image.Quantize.MEDIANCUT, dither=Image.Dither.NONE)
    error = sum(abs(a - b) for a, b in zip(image.resize((200, 200)).tobytes(), small.convert("RGB").resize((200, 200)).tobytes())) / 120000
    (small if error < 0.2 else image).save(path, optimize=True)
`;

const names = new RegExp(process.argv[2] ?? "");
const scratch = mkdtempSync(join(tmpdir(), "tnl-screenshots-"));
try {
  const { value: python, missing } = await preparePython();
  if (python === undefined) throw new Error(missing);
  const logdir = await logExamples(scratch);
  const files = await takePictures(logdir, python);
  const { status, stderr } = spawnSync(python.executable, ["-c", SHRINK, ...files], {
    encoding: "utf8",
  });
  if (status !== 0) throw new Error(stderr);
  for (const file of files) console.log(`${file}: ${Math.round(statSync(file).size / 1000)} kB`);
} finally {
  rmSync(scratch, { recursive: true, force: true });
}

async function takePictures(logdir: string, python: Python): Promise<string[]> {
  mkdirSync(DOCS, { recursive: true });
  const tensorBoard = await startTensorBoard(logdir, { loader: "rust", python });
  const files: string[] = [];
  try {
    await tensorBoard.waitFor(async () => (await tensorBoard.runs()).includes("video"));
    for (const { name, size, padding, open } of PICTURES) {
      if (!names.test(name)) continue;
      await withPage(async (page) => {
        const [width, height] = size;
        await page.setViewportSize({ width, height });
        const parts = await open(page, tensorBoard.url);
        await page.mouse.move(0, 0);
        await page.waitForTimeout(ANIMATION_MS);
        const file = join(DOCS, `${name}.png`);
        await page.screenshot({ path: file, clip: await around(parts, padding), animations: "disabled" });
        files.push(file);
      });
    }
    return files;
  } finally {
    await tensorBoard.stop();
  }
}

async function around(parts: Locator, padding = 8) {
  const boxes = await Promise.all((await parts.all()).map((part) => part.boundingBox()));
  const shown = boxes.filter((box) => box !== null && box.width > 0);
  const left = Math.min(...shown.map((box) => box!.x)) - padding;
  const top = Math.min(...shown.map((box) => box!.y)) - padding;
  const right = Math.max(...shown.map((box) => box!.x + box!.width)) + padding;
  const bottom = Math.max(...shown.map((box) => box!.y + box!.height)) + padding;
  return { x: left, y: top, width: right - left, height: bottom - top };
}

/** Opens a tab with the cards of the tags that `tagFilter` finds: they are in the first pane, before those of all tags. */
function cards(tab: string, element: string, drawn: string, tagFilter: string): Picture["open"] {
  return async (page, url) => {
    await openTab(page, url, tab);
    await page.locator("tf-tag-filterer input").fill(tagFilter);
    const pane = page.locator("tf-category-paginated-view").first();
    await pane.locator(`.category-name[title="${tagFilter}"]`).waitFor();
    const found = pane.locator(element);
    await found.locator(drawn).first().waitFor();
    return found;
  };
}

/** Shows the whole graph, without the card that tells of a node: a click beside the nodes ends the selection. */
async function fitGraph(page: Page): Promise<void> {
  await page.waitForTimeout(ANIMATION_MS);
  await page.locator("tf-graph-scene svg#svg").click({ position: { x: 5, y: 5 } });
  await page.getByText("Fit to screen").click();
}
