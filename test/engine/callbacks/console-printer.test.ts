// Plain lines about a run, by a clock of the test's.
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { ArgumentError } from "../../../src/errors.js";
import {
  ConsolePrinter,
  mean,
  metric,
  Online,
  Trial,
  type Callback,
  type ConsolePrinterOptions,
} from "../../../src/engine/index.js";

let now = 0;
beforeEach(() => {
  now = 0;
  vi.spyOn(performance, "now").mockImplementation(() => now);
});
afterEach(() => {
  vi.restoreAllMocks();
});

/** A trial whose steps take a second, and what is written about it. */
function make(options: ConsolePrinterOptions = {}): { trial: Trial; lines: string[] } {
  const lines: string[] = [];
  const stream = { write: (text: string) => void lines.push(text) };
  const clock: Callback = {
    onForward: () => void (now += 1000),
    onForwardValidation: () => void (now += 1000),
  };
  const trial = new Trial(new Online(), undefined, undefined, {
    metrics: [metric("third", ({ batch }) => batch / 3), mean("batch", ({ batch }) => batch)],
    callbacks: [clock, new ConsolePrinter({ stream, ...options })],
    verbose: 0,
  });
  return { trial, lines };
}

describe("ConsolePrinter", () => {
  it("writes a line at the end of each pass, and every five seconds on the way", async () => {
    const { trial, lines } = make();
    await trial.forSteps(12, 6).run(1);
    expect(lines).toEqual([
      "0/1(t): 5/12 third=1.3333\n",
      "0/1(t): 10/12 third=3\n",
      "0/1(t): batch=5.5, third=3.6667\n",
      "0/1(v): 5/6 val_third=1.3333\n",
      "0/1(v): val_batch=2.5, val_third=1.6667\n",
    ]);
  });

  it("calls evaluations e and predictions p, and validations as it is told", async () => {
    const { trial, lines } = make({ validationLabelLetter: "val", intervalMs: Infinity, precision: 1 });
    trial.forSteps(1, 2, 2);
    await trial.run(2);
    await trial.evaluate();
    await trial.predict();
    await trial.evaluate({ dataKey: "train" });
    expect(lines).toEqual([
      "0/2(t): batch=0, third=0\n",
      "0/2(val): val_batch=0.5, val_third=0.3\n",
      "1/2(t): batch=0, third=0\n",
      "1/2(val): val_batch=0.5, val_third=0.3\n",
      "1/2(e): val_batch=0.5, val_third=0.3\n",
      "1/2(p): test_batch=0.5, test_third=0.3\n",
      "1/2(e): train_batch=0, train_third=0\n",
    ]);
  });

  it("knows no number of steps where there is none", async () => {
    const controller = new AbortController();
    const lines: string[] = [];
    const write = (text: string): void => {
      lines.push(text);
      controller.abort();
    };
    const { trial } = make({ stream: { write } });
    await trial.forInfTrainSteps().run(1, { signal: controller.signal });
    expect(lines[0]).toBe("0/1(t): 5/? third=1.3333\n");
  });

  it("plays a replay", async () => {
    const { trial } = make();
    await trial.forSteps(2, 2).run(2);
    const lines: string[] = [];
    const printer = new ConsolePrinter({ stream: { write: (text) => void lines.push(text) } });
    await trial.replay(printer);
    expect(lines).toEqual([
      "0/2(t): batch=0.5, third=0.3333\n",
      "0/2(v): val_batch=0.5, val_third=0.3333\n",
      "1/2(t): batch=0.5, third=0.3333\n",
      "1/2(v): val_batch=0.5, val_third=0.3333\n",
    ]);
  });

  it("writes to stderr unless told", async () => {
    const write = vi.spyOn(process.stderr, "write").mockReturnValue(true);
    await new Trial(new Online(), undefined, undefined, { callbacks: new ConsolePrinter(), verbose: 0 })
      .forTrainSteps(1)
      .run(1);
    expect(write.mock.calls).toEqual([["0/1(t):\n"]]);
  });

  it.each<[ConsolePrinterOptions, string]>([
    [{ precision: -1 }, "`precision` to be an integer from 0"],
    [{ precision: 21 }, "`precision` to be an integer from 0 to 20"],
    [{ intervalMs: 0 }, "`intervalMs` to be a number of milliseconds above 0"],
    [{ validationLabelLetter: 1 as never }, "`validationLabelLetter` to be a string"],
  ])("refuses %o", (options, message) => {
    expect(() => new ConsolePrinter(options)).toThrow(ArgumentError);
    expect(() => new ConsolePrinter(options)).toThrow(message);
  });
});
