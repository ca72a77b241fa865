// The Plotter, driven by real trials: which points it takes, what it draws, what it writes.
import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import type { Callback } from "../../src/engine/callback.js";
import { progressBar } from "../../src/engine/callbacks/progress-bar.js";
import { metric, Online, Trial, type State } from "../../src/engine/index.js";
import { ArgumentError, UnknownNameError, WriteError } from "../../src/errors.js";
import { Plotter } from "../../src/plot/plotter.js";
import { renderSvg } from "../../src/plot/svg.js";
import { renderTerminal } from "../../src/plot/terminal.js";
import { FakeTerminal } from "./fake-terminal.js";

let directory: string;
let terminal: FakeTerminal;
beforeEach(() => {
  directory = fs.mkdtempSync(path.join(os.tmpdir(), "tnl-plotter-"));
  terminal = new FakeTerminal({ isTTY: true, columns: 61, rows: 14 });
  vi.stubEnv("TERM", "xterm");
  vi.useFakeTimers({ toFake: ["performance"] });
});
afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllEnvs();
  fs.rmSync(directory, { recursive: true });
});

/** A trial whose metric `est` is 1000 times the epoch plus the batch; each step takes a millisecond of the clock. */
function trial(steps: number, ...callbacks: Callback[]): Trial {
  const est = metric("est", (state) => 1000 * state.epoch + state.batch);
  const clock: Callback = { onStepTraining: () => void vi.advanceTimersByTime(1) };
  const all = [...callbacks, clock];
  return new Trial(new Online(), undefined, undefined, {
    metrics: [est],
    callbacks: all,
    verbose: 0,
  }).forTrainSteps(steps);
}

function points(plotter: Plotter): Record<string, [number, number][]> {
  const pairs = plotter.figure.lines.map(({ name, xs, ys }) => [name, Array.from(xs, (x, i) => [x, ys[i]!])]);
  return Object.fromEntries(pairs) as Record<string, [number, number][]>;
}

function screenOf(plotter: Plotter): string[] {
  return renderTerminal(plotter.figure, { columns: 60, rows: 12 })
    .split("\n")
    .map((line) => line.trimEnd());
}

describe("makePlotter", () => {
  it("takes the metric at every stepSize-th batch of each epoch, over all steps", async () => {
    const plotter = new Plotter("Online", { live: false });
    await trial(10, plotter.makePlotter("Adam", { stepSize: 4 }))
      .forValSteps(3)
      .run(2);
    expect(points(plotter)).toEqual({
      Adam: [
        [0, 0],
        [4, 4],
        [8, 8],
        [10, 1000],
        [14, 1004],
        [18, 1008],
      ],
    });
  });

  it("takes every hundredth batch unless told otherwise", async () => {
    const plotter = new Plotter("Online", { live: false });
    await trial(250, plotter.makePlotter("Adam")).run();
    expect(points(plotter)["Adam"]).toEqual([
      [0, 0],
      [100, 100],
      [200, 200],
    ]);
  });

  it("waits for the next multiple where an epoch begins between two", () => {
    const plotter = new Plotter("Online", { live: false });
    const callback = plotter.makePlotter("Adam", { stepSize: 10 });
    const state = { batch: 0, epoch: 0, trainSteps: 100, metrics: { est: 7 } };
    void callback.onStartTraining!(state as unknown as State);
    for (state.batch = 33; state.batch < 62; state.batch++)
      void callback.onStepTraining!(state as unknown as State);
    expect(points(plotter)["Adam"]).toEqual([
      [40, 7],
      [50, 7],
      [60, 7],
    ]);
  });

  it("takes the metric that is named", async () => {
    const plotter = new Plotter("Loss", { live: false });
    const half = metric("half", (state) => state.batch / 2);
    const callbacks = plotter.makePlotter("Adam", { metric: "half", stepSize: 1 });
    await new Trial(new Online(), undefined, undefined, { metrics: [half], callbacks, verbose: 0 })
      .forTrainSteps(3)
      .run();
    expect(points(plotter)["Adam"]).toEqual([
      [0, 0],
      [1, 0.5],
      [2, 1],
    ]);
  });

  it("gathers several trials in one figure", async () => {
    const plotter = new Plotter("Online", { yLabel: "x", live: false });
    await trial(2, plotter.makePlotter("Adam", { color: "red", stepSize: 1 })).run();
    await trial(3, plotter.makePlotter("AMSGrad", { color: "blue", stepSize: 1 })).run();
    expect(points(plotter)).toEqual({
      Adam: [
        [0, 0],
        [1, 1],
      ],
      AMSGrad: [
        [0, 0],
        [1, 1],
        [2, 2],
      ],
    });
    expect(plotter.figure).toMatchObject({ title: "Online", xLabel: "step", yLabel: "x" });
    expect(plotter.figure.lines.map((line) => line.color.hex)).toEqual(["#ff0000", "#0000ff"]);
  });

  it("returns nothing from a step, which a trial would have to look at", () => {
    const callback = new Plotter("Online", { live: false }).makePlotter("Adam", { stepSize: 2 });
    const state = { batch: 0, epoch: 0, trainSteps: 10, metrics: { est: 1 } } as unknown as State;
    void callback.onStartTraining!(state);
    for (state.batch = 0; state.batch < 5; state.batch++)
      expect(callback.onStepTraining!(state)).toBe(undefined);
  });

  it("names the metrics there are when its own is not among them", async () => {
    const plotter = new Plotter("Online", { live: false });
    const run = trial(3, plotter.makePlotter("Adam", { metric: "estimate" })).run();
    await expect(run).rejects.toThrow(UnknownNameError);
    await expect(run).rejects.toThrow('Unknown metric "estimate". Known: est');
  });

  it.each([0, -1, 1.5, NaN, Infinity])("refuses the step size %s", (stepSize) => {
    const plotter = new Plotter("Online", { live: false });
    expect(() => plotter.makePlotter("Adam", { stepSize })).toThrow(ArgumentError);
    expect(plotter.figure.lines).toEqual([]);
  });

  it("refuses a name that is taken and a colour that is not known", () => {
    const plotter = new Plotter("Online", { live: false });
    plotter.makePlotter("Adam");
    expect(() => plotter.makePlotter("Adam")).toThrow(ArgumentError);
    expect(() => plotter.makePlotter("AMSGrad", { color: "bleu" })).toThrow("Did you mean blue?");
  });
});

describe("drawing in the terminal", () => {
  it("draws at the first point, four times a second, and at the end, always in place", async () => {
    const plotter = new Plotter("Online", { stream: terminal.stream });
    await trial(900, plotter.makePlotter("Adam", { stepSize: 10 })).run();
    // At 0, 250, 500 and 750 ms, and at the end.
    expect(terminal.writes).toBe(5);
    expect(terminal.screen).toEqual([...screenOf(plotter), ""]);
  });

  it("leaves each trial's drawing and draws the next below, above its progress bar", async () => {
    const plotter = new Plotter("Online", { stream: terminal.stream });
    const bar = (): Callback => progressBar({ stream: terminal.stream });
    await trial(900, bar(), plotter.makePlotter("Adam", { stepSize: 10 })).run();
    const first = screenOf(plotter);
    await trial(900, bar(), plotter.makePlotter("AMSGrad", { stepSize: 10 })).run();
    const lines = terminal.screen;
    expect(lines.slice(0, 12)).toEqual(first);
    expect(lines[12]).toMatch(/100% .*steps\/s/);
    expect(lines.slice(13, 25)).toEqual(screenOf(plotter));
    expect(lines[25]).toMatch(/100% .*steps\/s/);
    expect(lines.slice(26)).toEqual([""]);
  });

  it("draws nothing where it is switched off, or where there is no terminal", async () => {
    const file = new FakeTerminal({ isTTY: false });
    await trial(300, new Plotter("Online", { stream: file.stream }).makePlotter("Adam")).run();
    await trial(
      300,
      new Plotter("Online", { stream: terminal.stream, live: false }).makePlotter("Adam"),
    ).run();
    expect(file.written + terminal.written).toBe("");
  });
});

describe("the SVG", () => {
  it("is written at the end of each trial, with all lines so far", async () => {
    const svgPath = path.join(directory, "plots", "online.svg");
    const plotter = new Plotter("Online", { svgPath, live: false });
    await trial(300, plotter.makePlotter("Adam")).run();
    const first = fs.readFileSync(svgPath, "utf8");
    expect(first).toBe(renderSvg(plotter.figure));
    await trial(300, plotter.makePlotter("AMSGrad")).run();
    expect(fs.readFileSync(svgPath, "utf8")).toBe(renderSvg(plotter.figure));
    expect(first).not.toContain("AMSGrad");
    expect(fs.readdirSync(path.dirname(svgPath))).toEqual(["online.svg"]);
  });

  it("fails before the first step where it could not be written at the end", async () => {
    fs.writeFileSync(path.join(directory, "file"), "");
    const svgPath = path.join(directory, "file", "online.svg");
    let steps = 0;
    const counter: Callback = { onStepTraining: () => void steps++ };
    const run = trial(
      300,
      new Plotter("Online", { svgPath, live: false }).makePlotter("Adam"),
      counter,
    ).run();
    await expect(run).rejects.toThrow(WriteError);
    await expect(run).rejects.toMatchObject({ path: svgPath });
    expect(steps).toBe(0);
  });

  it("throws a WriteError where it can no longer be written at the end", async () => {
    const svgPath = path.join(directory, "online.svg");
    const plotter = new Plotter("Online", { svgPath, live: false });
    const saboteur: Callback = { onEndTraining: () => void fs.mkdirSync(svgPath) };
    const run = trial(300, plotter.makePlotter("Adam"), saboteur).run();
    await expect(run).rejects.toThrow(WriteError);
    expect(fs.readdirSync(directory)).toEqual(["online.svg"]);
  });

  it("has the points up to an error that ends the run", async () => {
    const svgPath = path.join(directory, "online.svg");
    const plotter = new Plotter("Online", { svgPath, live: false });
    const failing: Callback = {
      onStepTraining: ({ batch }) => {
        if (batch === 250) throw new Error("diverged");
      },
    };
    await expect(trial(300, plotter.makePlotter("Adam"), failing).run()).rejects.toThrow("diverged");
    expect(points(plotter)["Adam"]).toHaveLength(3);
    expect(fs.readFileSync(svgPath, "utf8")).toBe(renderSvg(plotter.figure));
  });

  it("does not hide the error that ended the run behind its own", async () => {
    const svgPath = path.join(directory, "online.svg");
    const failing: Callback = {
      onStartTraining: () => {
        fs.mkdirSync(svgPath);
        throw new Error("diverged");
      },
    };
    const run = trial(
      300,
      new Plotter("Online", { svgPath, live: false }).makePlotter("Adam"),
      failing,
    ).run();
    await expect(run).rejects.toThrow("diverged");
  });
});
