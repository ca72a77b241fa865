// What a browser draws of every dashboard: the examples' logdir in the real TensorBoard, tab by tab.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { Locator, Page } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { readImageHeader } from "../../../src/summary/image-header.js";
import { describeWithBrowser, openPage, openScalars, openTab, type OpenPage } from "../../helpers/browser.js";
import { logExamples } from "../../helpers/dashboard-examples.js";
import {
  cardsOf,
  changeTab,
  graphNode,
  nodesOf,
  openGroup,
  showPoints,
} from "../../helpers/dashboard-tabs.js";
import { decodePictures } from "../../helpers/pillow.js";
import { describeWithPython } from "../../helpers/python.js";
import { useTempDir } from "../../helpers/temp-dir.js";
import { startTensorBoard, type TensorBoard } from "../../helpers/tensorboard.js";
import { root } from "../../package/project.js";

/** Tall, since TensorBoard draws what is in view. */
const VIEW = { width: 960, height: 2400 };
const SMALL_VIEW = { width: 960, height: 900 };
const WIDE_VIEW = { width: 1280, height: 800 };
const RUNS = 20;
const ALL = ".*";
/** What is drawn comes bit by bit: each look waits until it is as expected. */
const POLL = { timeout: 30_000, interval: 100 };

/** What the browser has of elements, as far as it is used: its own types are not loaded. */
interface Image {
  readonly naturalWidth: number;
  readonly naturalHeight: number;
}
interface Sound {
  readonly duration: number;
  readonly error: unknown;
}
describeWithBrowser("in a browser", () => {
  describeWithPython("TensorBoard", () => {
    const tempDir = useTempDir("dashboards-in-browser");
    const errors: string[] = [];
    let board: TensorBoard | undefined;
    let browser: OpenPage | undefined;
    let page: Page;

    beforeAll(async () => {
      const logdir = await logExamples(tempDir());
      board = await startTensorBoard(logdir, { loader: "rust" });
      browser = await openPage(1);
      page = browser.page;
      await page.setViewportSize(VIEW);
      page.on("pageerror", (error) => errors.push(String(error)));
      page.on("console", (message) => {
        if (message.type() === "error") errors.push(message.text());
      });
      page.on("response", (response) => {
        if (response.status() >= 400) errors.push(`${response.status()} ${response.url()}`);
      });
      await board.waitFor(async ({ runs, json }) => {
        // The projector is enabled when a search of its own is over.
        const plugins = await json<Record<string, { enabled: boolean }>>("data/plugins_listing");
        return plugins["projector"]?.enabled && (await runs()).length === RUNS;
      });
      await openScalars(page, board.url, { tagFilter: "^(loss|waves|layer1/weights)$" });
    });
    afterAll(async () => {
      await browser?.close();
      await board?.stop();
    });

    /** Red, green and blue of each pixel of a screenshot. */
    async function pixelsOf(png: Uint8Array): Promise<(readonly [number, number, number])[]> {
      const [picture] = await decodePictures(tempDir(), [png]);
      const data = Buffer.from(picture!.frames[0]!.data, "hex");
      return Array.from({ length: data.length / 3 }, (_, i) => [
        data[3 * i]!,
        data[3 * i + 1]!,
        data[3 * i + 2]!,
      ]);
    }

    const sizesOf = (cards: Locator) =>
      cards
        .locator("img")
        .evaluateAll((images: Image[]) => images.map((image) => [image.naturalWidth, image.naturalHeight]));

    test("shows scalars, pictures and histograms as time series", async () => {
      await expect.poll(() => page.locator("scalar-card .series-view > svg > path").count(), POLL).toBe(8);
      await expect.poll(() => sizesOf(page.locator("image-card")), POLL).toEqual([[96, 64]]);
      await expect
        .poll(() => page.locator("histogram-card tb-histogram path:not(.domain)").count(), POLL)
        .toBe(50);
    });

    test("shows pictures, boxes, videos and figures in their size", async () => {
      await changeTab(page, "images");
      const cards = await cardsOf(page, ALL, "tf-image-loader", "img");
      const file = readImageHeader(readFileSync(join(root, "docs", "online.png")))!;
      await expect
        .poll(() => sizesOf(cards), POLL)
        .toEqual([
          [96, 64],
          [96, 64],
          [960, 630],
          [file.width, file.height],
          [96, 64],
          [64, 64],
          [96, 64],
        ]);
    });

    test("plays sound", async () => {
      await changeTab(page, "audio");
      const cards = await cardsOf(page, ALL, "tf-audio-loader", "audio");
      const sounds = () =>
        cards
          .locator("audio")
          .evaluateAll((all: Sound[]) => all.map(({ duration, error }) => ({ duration, error })));
      const second = { duration: 1, error: null };
      await expect.poll(sounds, POLL).toEqual([second, second]);
    });

    test("shows texts of each step, and tables", async () => {
      await changeTab(page, "text");
      const cards = await cardsOf(page, ALL, "tf-text-loader", "table");
      await expect
        .poll(() => cards.locator(".step-value").allInnerTexts(), POLL)
        .toEqual(["0", "4", "3", "2", "1", "0"]);
      await expect
        .poll(() => cards.first().locator("strong, th, td").allInnerTexts(), POLL)
        .toEqual(["optimizer", "lr", "beta", "0.01", "0.9"]);
      await expect
        .poll(() => cards.last().locator("table").last().locator("td").allInnerTexts(), POLL)
        .toEqual(["input", "label", "prediction", "a grey cat", "cat", "dog", "a small dog", "dog", "cat"]);
    });

    test("draws a histogram of each step", async () => {
      await changeTab(page, "histograms");
      const cards = await cardsOf(page, ALL, "tf-histogram-loader", "svg path");
      await expect
        .poll(() => Promise.all([0, 1].map((i) => cards.nth(i).locator("path.outline").count())), POLL)
        .toEqual([50, 50]);
    });

    test("draws the parts of distributions", async () => {
      await changeTab(page, "distributions");
      const cards = await cardsOf(page, ALL, "tf-distribution-loader", "svg path");
      await expect
        .poll(() => Promise.all([0, 1].map((i) => cards.nth(i).locator("path.area").count())), POLL)
        .toEqual([8, 8]);
    });

    test("draws a run's graph, and opens its groups", async () => {
      await changeTab(page, "graphs");
      await expect.poll(() => nodesOf(page), POLL).toEqual(["input", "dense", "softmax"]);
      await openGroup(page, "dense", "dense/weights");
      for (const name of ["weights", "matmul", "bias", "add"]) await graphNode(page, `dense/${name}`);
    });

    test("draws a model's layers as its conceptual graph", async () => {
      // Anew, since else it looks for the node under the mouse in this graph too, and fails.
      await openTab(page, board!.url, "graphs");
      await page.locator("tf-graph-controls .run-dropdown").last().click();
      await page.locator("tf-graph-controls paper-item").getByText("keras").click();
      await expect.poll(() => nodesOf(page), POLL).toEqual(["classifier"]);
      await openGroup(page, "classifier", "classifier/hidden");
      for (const name of ["hidden", "dropout", "output"]) await graphNode(page, `classifier/${name}`);
    });

    test("draws precision-recall curves", async () => {
      await changeTab(page, "pr_curves");
      const cards = await cardsOf(page, ALL, "tf-pr-curve-card", "svg path");
      await expect
        .poll(() => cards.locator("tf-card-heading .name").allInnerTexts(), POLL)
        .toEqual(["Is it a cat?"]);
      await expect.poll(() => cards.locator("path.line").count(), POLL).toBe(1);
      // A vertex for each threshold up to the last that something reaches.
      const line = (await cards.locator("path.line").getAttribute("d"))!;
      expect(line.split(/[ML]/).length).toBeGreaterThan(150);
    });

    test("lists runs with hyperparameters and metrics, and draws them", async () => {
      await changeTab(page, "hparams");
      const cells = async () => {
        const all = await page.locator("tf-hparams-table-view .table-cell").allInnerTexts();
        return all.map((cell) => cell.trim()).filter((cell) => cell !== "");
      };
      await expect
        .poll(async () => (await cells()).slice(0, 6), POLL)
        .toEqual(["Trial ID", "Show Metrics", "lr", "momentum", "optimizer", "loss"]);
      await expect.poll(cells, POLL).toHaveLength(6 + 5 * 6);
      expect((await cells()).slice(6, 11)).toEqual([
        "hparams/0.03-0",
        "0.030000",
        "0.0000",
        "sgd",
        "0.084162",
      ]);
      await page.getByText("Parallel coordinates view").click();
      // Each is there twice: in grey too, for when it is filtered out.
      const lines = page.locator("tf-hparams-parallel-coords-plot path[stroke^=rgb]");
      await expect.poll(() => lines.count(), POLL).toBe(6);
    });

    test("draws charts of several scalars, and bands", async () => {
      await changeTab(page, "custom_scalars");
      const lines = page.locator("tf-custom-scalar-multi-line-chart-card");
      const band = page.locator("tf-custom-scalar-margin-chart-card");
      const titles = page.locator("tf-custom-scalar-dashboard tf-card-heading .name");
      await expect
        .poll(() => titles.allInnerTexts(), POLL)
        .toEqual(["train and val", "val, with its spread", "accuracy"]);
      // Each of the two as it is and smoothed.
      for (const i of [0, 1])
        await expect.poll(() => lines.nth(i).locator("path.line").count(), POLL).toBe(4);
      await expect.poll(() => band.locator("path.area").count(), POLL).toBe(1);
    });

    test("draws meshes in their colours", async () => {
      // It is drawn again and again, without a graphics card.
      await page.setViewportSize(SMALL_VIEW);
      await changeTab(page, "mesh");
      const cards = await cardsOf(page, ALL, "tf-mesh-loader", "canvas");
      const share = async () => {
        const colors = await pixelsOf(await cards.locator("canvas").screenshot());
        return colors.filter((color) => Math.max(...color) - Math.min(...color) > 20).length / colors.length;
      };
      await expect.poll(share, POLL).toBeGreaterThan(0.1);
    });

    // It moves the points until they stand, which takes a loaded machine long.
    test("draws an embedding with each point's own picture", { timeout: 150_000 }, async () => {
      await page.setViewportSize(WIDE_VIEW);
      // Anew, since else the meshes are drawn beside.
      await openTab(page, board!.url, "projector");
      const projector = await showPoints(page, 300);
      await projector.getByText("Dimension: 4").waitFor();
      const { x, y, width, height } = (await projector.locator("canvas").first().boundingBox())!;
      // Without the buttons at its upper end.
      const clip = { x, y: y + 150, width, height: height - 150 };
      const drawn = async () => {
        const colors = await pixelsOf(await page.screenshot({ clip }));
        const isArm = (arm: number) => (color: readonly number[]) =>
          color[arm]! > 200 && Math.min(...color) < 100;
        return {
          arms: [0, 1, 2].map((arm) => colors.filter(isArm(arm)).length > 100),
          black: colors.filter((color) => Math.max(...color) < 50).length,
        };
      };
      // A point under the mouse has its name beside it, in black.
      await page.mouse.move(0, 0);
      // Where nothing is in the picture of all, points are black.
      await expect.poll(drawn, { ...POLL, timeout: 90_000 }).toEqual({ arms: [true, true, true], black: 0 });
    });

    test("has no error", () => {
      expect(errors).toEqual([]);
    });
  });
});
