// The progress bar, driven by real trials on streams that are terminals and such that are not.
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { progressBar, type ProgressBarOptions } from "../../../src/engine/callbacks/progress-bar.js";
import { metric, Online, Trial, type Callback } from "../../../src/engine/index.js";
import { ArgumentError } from "../../../src/errors.js";
import { FakeTerminal } from "../../plot/fake-terminal.js";

beforeEach(() => {
  vi.useFakeTimers({ toFake: ["performance", "Date", "setTimeout", "clearTimeout"] });
  vi.stubEnv("TERM", "xterm");
});
afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllEnvs();
});

interface Run extends Omit<ProgressBarOptions, "stream"> {
  readonly steps: number;
  readonly epochs?: number;
  readonly valSteps?: number;
  /** What a step takes, by the fake clock. */
  readonly stepMs: number | ((batch: number) => number);
  readonly callbacks?: readonly Callback[];
}

/** Runs a trial whose metrics are `est`, the batch, and `loss`, a third. */
async function run(terminal: FakeTerminal, options: Run): Promise<void> {
  const { steps, epochs = 1, valSteps, stepMs, callbacks = [], ...rest } = options;
  const clock: Callback = {
    onForward: ({ batch }) =>
      void vi.advanceTimersByTime(typeof stepMs === "number" ? stepMs : stepMs(batch)),
  };
  const trial = new Trial(new Online(), undefined, undefined, {
    metrics: [metric("est", ({ batch }) => batch), metric("third", () => 1 / 3)],
    callbacks: [progressBar({ stream: terminal.stream, ...rest }), clock, ...callbacks],
    verbose: 0,
  }).forTrainSteps(steps);
  if (valSteps !== undefined) trial.forValSteps(valSteps);
  await trial.run(epochs);
}

describe("where there is no terminal", () => {
  it("writes a plain line every five seconds and one at the end", async () => {
    const file = new FakeTerminal({ isTTY: false });
    await run(file, { steps: 1200, stepMs: 10, name: "Online_adam" });
    const lines = file.written.split("\n");
    expect(lines).toHaveLength(4);
    expect(lines[0]).toMatch(
      /^Online_adam  0\/1\(t\)  4[12]%  5[01]\d of 1,200 steps  100 steps\/s  ETA 7s  est 5[01]\d  third 0.3333$/,
    );
    expect(lines[1]).toMatch(
      /^Online_adam  0\/1\(t\)  8[34]%  1,0[0-2]\d of 1,200 steps  100 steps\/s  ETA 2s  est 10[0-2]\d  third 0.3333$/,
    );
    expect(lines[2]).toBe(
      "Online_adam  0/1(t)  100%  1,200 of 1,200 steps  100 steps/s  est 1199  third 0.3333",
    );
    expect(lines[3]).toBe("");
    expect(file.written).not.toContain("\x1b");
  });

  it("counts the steps of all epochs, and not those of validation", async () => {
    const file = new FakeTerminal({ isTTY: false });
    await run(file, { steps: 40, epochs: 3, valSteps: 7, stepMs: 100 });
    const lines = file.written.trimEnd().split("\n");
    expect(lines[0]).toMatch(/^1\/3\(t\)  4\d%  5\d of 120 steps/);
    expect(lines.at(-1)).toMatch(
      /^2\/3\(t\)  100%  120 of 120 steps  10 steps\/s  est 39  third 0.3333  val_est 6 /,
    );
  });

  it("shows the steps of a validation, whose steps it does not count", async () => {
    const file = new FakeTerminal({ isTTY: false });
    const clock: Callback = { onForwardValidation: () => void vi.advanceTimersByTime(100) };
    await run(file, { steps: 10, valSteps: 200, stepMs: 100, callbacks: [clock] });
    const lines = file.written.trimEnd().split("\n");
    expect(lines[0]).toMatch(/^0\/1\(v\) 4\d\/200  100%  10 of 10 steps /);
    expect(lines.at(-1)).toMatch(/^0\/1\(t\)  100%  10 of 10 steps /);
  });

  it("shows a run that only validates, an evaluation and a prediction", async () => {
    const file = new FakeTerminal({ isTTY: false });
    const clock: Callback = { onForwardValidation: () => void vi.advanceTimersByTime(100) };
    const trial = new Trial(new Online(), undefined, undefined, {
      metrics: [metric("batch", ({ batch }) => batch)],
      callbacks: [progressBar({ stream: file.stream }), clock],
      verbose: 0,
    }).forSteps(0, 60, 40);
    await trial.run(2);
    const [first, second, last, ...none] = file.written.trimEnd().split("\n");
    expect(first).toMatch(/^0\/2\(v\)  4\d%  5\d of 120 steps  10 steps\/s  ETA \ds  val_batch [45]\d$/);
    expect(second).toMatch(/^1\/2\(v\)  8\d%  10\d of 120 steps /);
    expect(last).toBe("1/2(v)  100%  120 of 120 steps  10 steps/s  batch NaN  val_batch 59");
    expect(none).toEqual([]);
    file.written = "";
    await trial.evaluate();
    expect(file.written).toMatch(
      /^1\/2\(e\)  8\d%  5\d of 60 .*\n1\/2\(e\)  100%  60 of 60 steps  10 steps\/s  val_batch 59\n$/,
    );
    file.written = "";
    await trial.predict();
    expect(file.written).toBe("1/2(p)  100%  40 of 40 steps  10 steps/s  test_batch 39\n");
  });

  it("follows steps that become slow after millions of fast ones", async () => {
    const file = new FakeTerminal({ isTTY: false });
    await run(file, { steps: 25_000, stepMs: (batch) => (batch < 20_000 ? 0.001 : 10) });
    // 50 s at least, so nine lines at least although the clock is read seldom; and none too many.
    const lines = file.written.trimEnd().split("\n");
    expect(lines.length).toBeGreaterThanOrEqual(4);
    expect(lines.length).toBeLessThanOrEqual(11);
  });

  it("writes a terminal that cannot move its cursor plain lines", async () => {
    vi.stubEnv("TERM", "dumb");
    const terminal = new FakeTerminal({ isTTY: true });
    await run(terminal, { steps: 3, stepMs: 1 });
    expect(terminal.written).toBe("0/1(t)  100%  3 of 3 steps  1K steps/s  est 2  third 0.3333\n");
  });
});

describe("in a terminal", () => {
  it("draws in one line, and ends it", async () => {
    const terminal = new FakeTerminal({ isTTY: true, columns: 100 });
    await run(terminal, { steps: 1000, stepMs: 10, name: "Online_adam" });
    const [line, ...rest] = terminal.screen;
    expect(line).toBe(`Online_adam  ${"█".repeat(25)}  0/1(t)  100%  100 steps/s  est 999  third 0.3333`);
    expect(rest).toEqual([""]);
  });

  it("shows name, bar, percent, speed, time left and metrics on the way", async () => {
    const terminal = new FakeTerminal({ isTTY: true, columns: 100 });
    const seen: string[] = [];
    const watch: Callback = {
      onStepTraining: ({ batch }) => void (batch === 500 && seen.push(...terminal.screen)),
    };
    await run(terminal, { steps: 1000, stepMs: 250, name: "Online_adam", callbacks: [watch] });
    expect(seen).toEqual([
      `Online_adam  ${"█".repeat(13)}${"░".repeat(12)}  0/1(t)   50%  4 steps/s  ETA 2m5s  est 500  third 0.3333`,
    ]);
  });

  it("draws ten times a second at most, and the whole bar in few writes", async () => {
    const terminal = new FakeTerminal({ isTTY: true });
    await run(terminal, { steps: 4000, stepMs: 1 });
    const drawings = terminal.written.split("\x1b[1G").length - 1;
    expect(drawings).toBeGreaterThan(30);
    expect(drawings).toBeLessThanOrEqual(42);
  });

  it("fits into a narrow terminal", async () => {
    for (const columns of [20, 50, 79]) {
      const terminal = new FakeTerminal({ isTTY: true, columns });
      // The fake throws where something is written past the last column.
      await run(terminal, { steps: 100, stepMs: 100, name: "Online_adam" });
      expect(terminal.screen[0]).toMatch(/^Online_adam  █{6,19}/);
      expect(terminal.screen[0]!.length).toBeLessThan(columns);
    }
  });

  it("does not hide the cursor, move it to another line or change the terminal's modes", async () => {
    const terminal = new FakeTerminal({ isTTY: true });
    await run(terminal, { steps: 100, stepMs: 100 });
    // oxlint-disable-next-line no-control-regex -- escape sequences begin with a control character
    const sequences = new Set(terminal.written.match(/\x1b(\[[0-9;?]*[A-Za-z]|.)/g));
    expect([...sequences].toSorted()).toEqual(["\x1b[0K", "\x1b[1G"]);
  });

  it("keeps no timer and no listener, during the run and after an exception", async () => {
    const count = (): number[] => [
      vi.getTimerCount(),
      ...["SIGINT", "SIGTERM", "exit"].map((event) => process.listenerCount(event)),
      terminal.eventNames().reduce((sum, event) => sum + terminal.listenerCount(event), 0),
    ];
    const terminal = new FakeTerminal({ isTTY: true });
    const before = count();
    let during: number[] = [];
    const failing: Callback = {
      onStepTraining: ({ batch }) => {
        if (batch !== 50) return;
        during = count();
        throw new Error("diverged");
      },
    };
    await expect(run(terminal, { steps: 100, stepMs: 100, callbacks: [failing] })).rejects.toThrow(
      "diverged",
    );
    expect(during).toEqual(before);
    expect(count()).toEqual(before);
    // The line is ended, for the error's message to begin a new one; 50 steps were done.
    expect(terminal.screen).toEqual([expect.stringMatching(/ 50% /), ""]);
  });

  it("keeps control characters of the name out of the terminal", async () => {
    const terminal = new FakeTerminal({ isTTY: true });
    await run(terminal, { steps: 3, stepMs: 1, name: "a\x1b[2J\nb" });
    expect(terminal.screen[0]).toMatch(/^a\[2Jb  █/);
  });
});

describe("progressBar", () => {
  it("starts again with each run", async () => {
    const file = new FakeTerminal({ isTTY: false });
    const clock: Callback = { onForward: () => void vi.advanceTimersByTime(10) };
    const trial = new Trial(new Online(), undefined, undefined, {
      callbacks: [progressBar({ stream: file.stream }), clock],
      verbose: 0,
    }).forTrainSteps(100);
    await trial.run(1);
    vi.advanceTimersByTime(1_000_000);
    await trial.run(3);
    expect(file.written).toBe(
      "0/1(t)  100%  100 of 100 steps  100 steps/s\n2/3(t)  100%  300 of 300 steps  100 steps/s\n",
    );
  });

  it("says nothing about a run without training", async () => {
    const file = new FakeTerminal({ isTTY: false });
    await new Trial(new Online(), undefined, undefined, {
      callbacks: progressBar({ stream: file.stream }),
      verbose: 0,
    })
      .forTrainSteps(10)
      .run(0);
    expect(file.written).toBe("");
  });

  it("ends early with what was done", async () => {
    const file = new FakeTerminal({ isTTY: false });
    const stop: Callback = { onStepTraining: (state) => void (state.stopTraining = state.batch === 24) };
    await run(file, { steps: 100, stepMs: 10, callbacks: [stop] });
    expect(file.written).toBe("0/1(t)  25%  25 of 100 steps  100 steps/s  est 24  third 0.3333\n");
  });

  it("returns nothing from a step, which a trial would have to look at", async () => {
    const callback = progressBar({ stream: new FakeTerminal({ isTTY: true }).stream, intervalMs: 1 });
    const returned: unknown[] = [];
    const spied: Callback = {
      ...callback,
      onStepTraining: (state) => void returned.push(callback.onStepTraining!(state)),
    };
    const clock: Callback = { onForward: () => void vi.advanceTimersByTime(1) };
    await new Trial(new Online(), undefined, undefined, { callbacks: [spied, clock], verbose: 0 })
      .forTrainSteps(20)
      .run();
    expect(returned).toEqual(Array.from({ length: 20 }, () => undefined));
  });

  it("reads the clock every few thousand steps only", async () => {
    const now = vi.spyOn(performance, "now");
    const callback = progressBar({ stream: new FakeTerminal({ isTTY: true }).stream });
    let readings = 0;
    const spied: Callback = {
      ...callback,
      onStepTraining: (state) => {
        const before = now.mock.calls.length;
        void callback.onStepTraining!(state);
        readings += now.mock.calls.length - before;
      },
    };
    await new Trial(new Online(), undefined, undefined, { callbacks: spied, verbose: 0 })
      .forTrainSteps(409_600)
      .run();
    // A hundred strides of 4096 and the shorter ones at the start.
    expect(readings).toBeGreaterThan(100);
    expect(readings).toBeLessThan(120);
  });

  it.each([0, -1, NaN, Infinity])("refuses an interval of %s ms", (intervalMs) => {
    expect(() => progressBar({ intervalMs })).toThrow(ArgumentError);
    expect(() => progressBar({ intervalMs })).toThrow("`intervalMs`");
  });
});
