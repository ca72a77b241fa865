// The browser as the tests use it: it sees the curves that are drawn, and not those that are not.
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";

import { afterAll, beforeAll, expect, test } from "vitest";

import {
  describeWithBrowser,
  drawnCurves,
  findBrowser,
  openScalars,
  screenshotCard,
  withPage,
} from "./browser.js";
import { describeWithPython, runPython } from "./python.js";
import { startTensorBoard, type TensorBoard } from "./tensorboard.js";

const WRITE = `
import math, sys
from tensorboardX import SummaryWriter
for run, curve in {
    "Online_adam/epoch-0": lambda step: 1 - 2 * math.exp(-step / 300),
    "Online_amsgrad/epoch-0": lambda step: -1 + math.exp(-step / 700),
    "other": None,
}.items():
    writer = SummaryWriter(f"{sys.argv[1]}/{run}")
    for step in range(0, 3000, 5):
        writer.add_scalar("batch/est" if curve else "batch/loss", curve(step) if curve else 1, step)
    writer.close()
`;

describeWithPython("a browser at TensorBoard", () => {
  describeWithBrowser("with Chromium", () => {
    const directory = mkdtempSync(path.join(tmpdir(), "tnl-browser-"));
    let tensorBoard: TensorBoard;
    beforeAll(async () => {
      const logdir = path.join(directory, "logdir");
      await runPython(WRITE, [logdir]);
      tensorBoard = await startTensorBoard(logdir, { loader: "rust" });
      await tensorBoard.waitFor(async (board) => (await board.scalars("other", "batch/loss")).length === 600);
    }, 90_000);
    afterAll(async () => {
      await tensorBoard?.stop();
      rmSync(directory, { recursive: true, force: true });
    });

    // One page for all: loading TensorBoard's program takes longer than the rest.
    test(
      "sees the curves of a tag where their points are, and only those",
      () =>
        withPage(async (page) => {
          await openScalars(page, tensorBoard.url, { tagFilter: "^batch/est$" });
          const curves = await drawnCurves(page, "batch/est");
          expect(curves.map(({ run, points }) => ({ run, points }))).toEqual([
            { run: "Online_adam/epoch-0", points: 600 },
            { run: "Online_amsgrad/epoch-0", points: 600 },
          ]);
          const [adam, amsgrad] = curves;
          // The step axis goes from -500 to 3,500.
          expect(adam!.columns).toBeCloseTo(0.75, 1);
          expect(amsgrad!.columns).toBeCloseTo(0.75, 1);
          // Adam begins at the bottom, at -1, and ends at the top; AMSGrad goes from 0 down.
          expect(adam!.first.y).toBeLessThan(0.2);
          expect(adam!.last.y).toBeGreaterThan(0.8);
          expect(amsgrad!.first.y).toBeCloseTo(0.5, 1);
          expect(amsgrad!.last.y).toBeLessThan(0.2);
          expect(adam!.last.x).toBeCloseTo(amsgrad!.last.x, 6);

          const file = path.join(directory, "card.png");
          await screenshotCard(page, "batch/est", file);
          const png = readFileSync(file);
          expect(png.subarray(0, 4).toString("latin1")).toBe("\x89PNG");
          // The window is 1,920 pixels wide, a card that is not enlarged less than half of what the runs leave of it.
          expect(png.readUInt32BE(16)).toBeGreaterThan(1_400);
          expect(png.readUInt32BE(20)).toBeGreaterThan(1_000);

          await openScalars(page, tensorBoard.url, { runs: ["Online_amsgrad/epoch-0", "other"] });
          expect((await drawnCurves(page, "batch/est")).map(({ run }) => run)).toEqual([
            "Online_amsgrad/epoch-0",
          ]);
          // The line is in the document still; the screenshot shows that it is not to be seen.
          await page.addStyleTag({ content: ".series-view > svg { visibility: hidden }" });
          expect((await drawnCurves(page, "batch/est"))[0]).toMatchObject({ points: 600, columns: 0 });
        }),
      90_000,
    );
  });
});

test("findBrowser takes the one that is named, and says when there is none", () => {
  expect(findBrowser({ CHROMIUM: "/opt/chrome", PATH: "" })).toEqual({ value: "/opt/chrome" });
  expect(findBrowser({ PATH: "/nowhere" }).missing).toMatch(/^none of chromium, .* is on the PATH/);
});
