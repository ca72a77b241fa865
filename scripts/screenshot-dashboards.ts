// Takes the pictures of docs/dashboards: `npm run build && npx tsx scripts/screenshot-dashboards.ts [regular expression for names]`.
//
// Runs examples/dashboards into a temporary logdir, opens the TensorBoard of the tests on it, and photographs each dashboard in headless
// Chromium (the one of the tests: the variable CHROMIUM, or the PATH). Takes a minute or two. Look at each picture afterwards.
import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Locator, Page } from "playwright-core";
import { openScalars, openTab, withPage } from "../test/helpers/browser.js";
import { logExamples } from "../test/helpers/dashboard-examples.js";
import { cardsOf, openGroup, showPoints } from "../test/helpers/dashboard-tabs.js";
import { preparePython, type Python } from "../test/helpers/python.js";
import { startTensorBoard } from "../test/helpers/tensorboard.js";

const DOCS = join(import.meta.dirname, "..", "docs", "dashboards");
/** Charts, graphs and points move for a while after they are there. */
const ANIMATION_MS = 2000;

interface Picture {
  readonly name: string;
  /** Of the window, in pixels. */
  readonly size: readonly [width: number, height: number];
  /** Pixels around what is shown; 8 unless given. */
  readonly padding?: number;
  /** Opens the dashboard, and gives what the picture encloses, once it is there. */
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
  { name: "text", size: [960, 720], open: cards("text", "config|mistakes", "tf-text-loader", "table") },
  {
    name: "histogram",
    size: [1020, 900],
    open: cards("histograms", "layer1|latency", "tf-histogram-loader", "path.outline"),
  },
  {
    name: "distribution",
    size: [1020, 900],
    open: cards("distributions", "layer1|latency", "tf-distribution-loader", "path.area"),
  },
  { name: "image", size: [1080, 900], open: cards("images", "both", "tf-image-loader", "img") },
  { name: "boxes", size: [960, 900], open: cards("images", "found", "tf-image-loader", "img") },
  { name: "video", size: [960, 900], open: cards("images", "orbit", "tf-image-loader", "img") },
  { name: "figure", size: [960, 900], open: cards("images", "calibration", "tf-image-loader", "img") },
  { name: "audio", size: [1080, 900], open: cards("audio", "tone|left", "tf-audio-loader", "audio") },
  { name: "pr-curve", size: [960, 900], open: cards("pr_curves", "cats", "tf-pr-curve-card", "path.line") },
  {
    name: "custom-scalars",
    size: [1080, 900],
    async open(page, url) {
      await openTab(page, url, "custom_scalars");
      await page.locator("tf-custom-scalar-margin-chart-card path.area").first().waitFor();
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
      await page.locator("tf-hparams-parallel-coords-plot path[stroke^=rgb]").first().waitFor();
      return page.locator("tf-hparams-main");
    },
  },
  {
    name: "graph",
    size: [900, 640],
    padding: 0,
    async open(page, url) {
      await openTab(page, url, "graphs");
      return showGroup(page, "dense", "dense/matmul");
    },
  },
  {
    name: "graph-keras",
    size: [780, 420],
    padding: 0,
    async open(page, url) {
      await openTab(page, url, "graphs");
      await page.locator("tf-graph-controls .run-dropdown").last().click();
      await page.locator("tf-graph-controls paper-item").getByText("keras").click();
      return showGroup(page, "classifier", "classifier/hidden");
    },
  },
  {
    name: "embedding",
    size: [1280, 800],
    padding: 0,
    async open(page, url) {
      await openTab(page, url, "projector");
      await showPoints(page, 300);
      return page.locator("iframe");
    },
  },
  { name: "mesh", size: [960, 900], open: cards("mesh", "ball", "tf-mesh-loader", "canvas") },
];

/** Colours are few, except in photographs and shaded bodies, and a palette makes the file a third as large. */
const SHRINK = `
import sys
from PIL import Image, ImageChops, ImageStat
for path in sys.argv[1:]:
    image = Image.open(path).convert("RGB")
    small = image.quantize(256, Image.Quantize.MEDIANCUT, dither=Image.Dither.NONE)
    lost = max(ImageStat.Stat(ImageChops.difference(image, small.convert("RGB"))).mean)
    (small if lost < 0.2 else image).save(path, optimize=True)
`;

const names = new RegExp(process.argv[2] ?? "");
const scratch = mkdtempSync(join(tmpdir(), "tnl-screenshots-"));
try {
  const { value: python, missing } = await preparePython();
  if (python === undefined) throw new Error(missing);
  const files = await takePictures(await logExamples(scratch), python);
  const { status, stderr } = spawnSync(python.executable, ["-c", SHRINK, ...files], { encoding: "utf8" });
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
      const path = join(DOCS, `${name}.png`);
      await withPage(async (page) => {
        await page.setViewportSize({ width: size[0], height: size[1] });
        const parts = await open(page, tensorBoard.url);
        await page.waitForTimeout(ANIMATION_MS);
        // Else what is under the mouse is highlighted.
        await page.mouse.move(0, 0);
        await page.screenshot({ path, clip: await around(parts, padding), animations: "disabled" });
      });
      files.push(path);
    }
    return files;
  } finally {
    await tensorBoard.stop();
  }
}

function cards(tab: string, tagFilter: string, card: string, drawn: string): Picture["open"] {
  return async (page, url) => {
    await openTab(page, url, tab);
    return cardsOf(page, tagFilter, card, drawn);
  };
}

/** Opens a group of the graph, shows all of it, and ends the selection, which has a card beside it. */
async function showGroup(page: Page, group: string, inside: string): Promise<Locator> {
  await openGroup(page, group, inside);
  await page.waitForTimeout(ANIMATION_MS);
  await page.locator("tf-graph-scene svg#svg").click({ position: { x: 5, y: 5 } });
  await page.getByText("Fit to screen").click();
  return page.locator("tf-graph-board");
}

async function around(parts: Locator, padding = 8) {
  const boxes = await Promise.all((await parts.all()).map((part) => part.boundingBox()));
  const shown = boxes.filter((box) => box !== null);
  const x = Math.min(...shown.map((box) => box.x)) - padding;
  const y = Math.min(...shown.map((box) => box.y)) - padding;
  const right = Math.max(...shown.map((box) => box.x + box.width)) + padding;
  const bottom = Math.max(...shown.map((box) => box.y + box.height)) + padding;
  return { x, y, width: right - x, height: bottom - y };
}
