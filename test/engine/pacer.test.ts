// A synchronous loop that leaves the thread to others.
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { onStepTraining, onStepValidation } from "../../src/engine/index.js";
import { Pacer } from "../../src/engine/pacer.js";
import { online } from "./trials.js";

describe("Pacer", () => {
  beforeEach(() => {
    vi.useFakeTimers({ toFake: ["performance"] });
  });
  afterEach(() => {
    vi.useRealTimers();
  });

  /** How long the loop had run at each pause, in ms, when every step takes `stepMs`. */
  async function pauses(stepMs: number, steps: number, pacer = new Pacer()): Promise<number[]> {
    const gaps: number[] = [];
    let since = 0;
    for (let i = 0; i < steps; i++) {
      vi.advanceTimersByTime(stepMs);
      since += stepMs;
      if (!pacer.isDue()) continue;
      gaps.push(since);
      since = 0;
      await pacer.pause();
    }
    return gaps;
  }

  it.each([
    [0.001, 400_000],
    [0.01, 100_000],
    [1, 1000],
    [10, 100],
  ])("pauses about every 50 ms when a step takes %s ms", async (stepMs, steps) => {
    const gaps = await pauses(stepMs, steps);
    expect(gaps.length).toBeGreaterThanOrEqual(Math.floor((steps * stepMs) / 60));
    expect(gaps.length).toBeGreaterThan(4);
    expect(Math.min(...gaps)).toBeGreaterThanOrEqual(50 - 1e-6);
    expect(Math.max(...gaps)).toBeLessThanOrEqual(60);
  });

  it("pauses after every step that takes longer", async () => {
    expect(await pauses(1000, 5)).toEqual([1000, 1000, 1000, 1000, 1000]);
  });

  it("is late once when steps become slow, and then no more", async () => {
    const pacer = new Pacer();
    await pauses(0.001, 100_000, pacer);
    // The first one cannot be known before it is over.
    const [, ...gaps] = await pauses(10, 10_000, pacer);
    expect(Math.max(...gaps)).toBeLessThanOrEqual(60);
    expect(gaps.length).toBeGreaterThan(1000);
  });

  it("reads the clock seldom when steps are short", async () => {
    const now = vi.spyOn(performance, "now");
    await pauses(0.001, 400_000);
    expect(now.mock.calls.length).toBeLessThan(1000);
    now.mockRestore();
  });
});

describe("a run whose hooks are synchronous", () => {
  it.each([
    ["training", "forTrainSteps"],
    ["validation", "forValSteps"],
  ] as const)("gives timers their turn in %s", async (_name, set) => {
    let fired = 0;
    const timer = setInterval(() => fired++, 20);
    const start = performance.now();
    const stop = (state: { stopTraining: boolean }): void => {
      state.stopTraining = performance.now() - start > 1000;
    };
    const trial = online([onStepTraining(stop), onStepValidation(stop)])[set](Number.MAX_SAFE_INTEGER);
    await trial.run();
    clearInterval(timer);
    expect(trial.state.batch).toBeGreaterThan(100);
    expect(fired).toBeGreaterThanOrEqual(3);
  });
});
