// The progress of several runs at once.
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { RunsProgress } from "../../src/experiments/runs-progress.js";
import { FakeTerminal } from "../plot/fake-terminal.js";

beforeEach(() => {
  vi.useFakeTimers({ toFake: ["performance", "Date", "setTimeout", "clearTimeout"] });
  vi.stubEnv("TERM", "xterm");
});
afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllEnvs();
});

describe("where there is no terminal", () => {
  it("is a plain line every five seconds and one at the end, for all runs together", async () => {
    const file = new FakeTerminal({ isTTY: false });
    const progress = await RunsProgress.start([1000, 1000, 1000], { stream: file.stream });
    for (const run of [0, 1]) progress.update(run, 0);
    for (let second = 1; second <= 10; second++) {
      vi.advanceTimersByTime(1000);
      progress.update(0, 100 * second);
      progress.update(1, 50 * second);
    }
    progress.finish(0, 1000, "done");
    progress.update(2, 0);
    vi.advanceTimersByTime(5000);
    progress.update(2, 400);
    progress.finish(1, undefined, "failed");
    progress.finish(2, 600, "stopped");
    progress.end();
    expect(file.written.split("\n")).toEqual([
      "0/3 runs  23%  700 of 3,000 steps  140 steps/s  ETA 17s",
      "0/3 runs  48%  1,450 of 3,000 steps  143 steps/s  ETA 11s",
      "1/3 runs  63%  1,900 of 3,000 steps  127 steps/s  ETA 9s",
      // The 500 steps of the one that failed are not to be done any more.
      "1/3 runs, 1 failed  84%  2,100 of 2,500 steps  140 steps/s",
      "",
    ]);
  });
});

describe("runs that are resumed", () => {
  it("count, but not for the speed", async () => {
    const file = new FakeTerminal({ isTTY: false });
    const progress = await RunsProgress.start([1000, 1000], { stream: file.stream });
    // It was done before, and has said nothing.
    progress.finish(0, 1000, "done");
    progress.update(1, 400);
    vi.advanceTimersByTime(5000);
    progress.update(1, 500);
    progress.finish(1, 500, "stopped");
    progress.end();
    expect(file.written.split("\n")).toEqual([
      "1/2 runs  75%  1,500 of 2,000 steps  20 steps/s  ETA 25s",
      "1/2 runs  75%  1,500 of 2,000 steps  20 steps/s",
      "",
    ]);
  });
});

describe("in a terminal", () => {
  it("is one bar, whose end is where the work ends", async () => {
    const terminal = new FakeTerminal({ isTTY: true, columns: 100 });
    const progress = await RunsProgress.start([100, 100], { stream: terminal.stream });
    for (const run of [0, 1]) progress.update(run, 0);
    vi.advanceTimersByTime(1000);
    progress.update(0, 50);
    expect(terminal.screen.join("")).toMatch(/^[█]+[░]+ {2}0\/2 runs {3}25% {2}50 steps\/s {2}ETA 3s$/);
    progress.finish(0, 100, "done");
    vi.advanceTimersByTime(1000);
    progress.finish(1, 20, "failed");
    progress.end();
    const bar = /^([█]+) {2}1\/2 runs, 1 failed {2}100% {2}60 steps\/s$/.exec(terminal.screen.join(""));
    expect(bar![1]!.length).toBeGreaterThan(8);
    expect(vi.getTimerCount()).toBe(0);
  });
});
