// The tutorial's Plotter: callbacks that draw a metric while a trial runs.

import { ArgumentError, UnknownNameError } from "../errors.js";
import type { Callback } from "../engine/callback.js";
import type { State } from "../engine/state.js";
import { Figure } from "./figure.js";
import { LiveDrawing } from "./live-drawing.js";
import { checkSvgPath, saveSvg } from "./save-svg.js";
import type { Series } from "./series.js";

export interface PlotterOptions {
  /** The label of the y axis. */
  readonly yLabel?: string;
  /** Where to write the figure as SVG at the end of each trial; without it, no file is written. */
  readonly svgPath?: string;
  /** Where to draw, if it is a terminal; default `process.stderr`. */
  readonly stream?: NodeJS.WriteStream;
  /** Whether to draw in the terminal; default true. Of two Plotters in one trial, only one can. */
  readonly live?: boolean;
}

export interface MakePlotterOptions {
  /** The line's colour: a name, `#rgb` or `#rrggbb`; without one, the next of a palette. */
  readonly color?: string;
  /** A point is taken at every `stepSize`-th batch, from batch 0 on; default 100. */
  readonly stepSize?: number;
  /** The metric that is plotted, by its name in `state.metrics`; default `est`. */
  readonly metric?: string;
}

/**
 * One figure that several trials, one after another, add their lines to. In a terminal the figure is redrawn in place
 * up to four times a second; at the end of each trial, even if that is an error, it is written as SVG, with all lines so far.
 *
 * ```ts
 * const plotter = new Plotter("Online", { yLabel: "x", svgPath: "online.svg" });
 * trial(…, [plotter.makePlotter("Adam", { color: "red" })]);
 * trial(…, [plotter.makePlotter("AMSGrad", { color: "blue" })]);
 * ```
 */
export class Plotter {
  /** What is drawn, for drawing it yourself. */
  readonly figure: Figure;
  readonly #drawing: LiveDrawing | undefined;
  readonly #svgPath: string | undefined;

  constructor(title: string, options: PlotterOptions = {}) {
    const { yLabel = "", svgPath, stream = process.stderr, live = true } = options;
    this.figure = new Figure({ title, xLabel: "step", yLabel });
    this.#drawing = live ? new LiveDrawing(this.figure, stream) : undefined;
    this.#svgPath = svgPath;
  }

  /**
   * Adds a line to the figure and makes the callback that fills it. x is the number of training steps before the point:
   * the batch, plus the steps of the epochs before.
   *
   * The callback throws an {@link UnknownNameError} when the trial does not have the metric, and a {@link WriteError}
   * when the SVG cannot be written: at the start of the run if that can be told, else at its end.
   *
   * @throws {ArgumentError} a name that is taken, or a step size that is no positive integer
   * @throws {UnknownNameError} a colour that is not known
   */
  makePlotter(name: string, options: MakePlotterOptions = {}): Callback {
    const { color, stepSize = 100, metric = "est" } = options;
    if (!Number.isSafeInteger(stepSize) || stepSize < 1) {
      throw new ArgumentError("stepSize", "a positive integer", stepSize);
    }
    const series = this.figure.series(name, color === undefined ? {} : { color });
    const drawing = this.#drawing;
    const svgPath = this.#svgPath;
    let next = 0;
    const end = (): void => {
      // The last drawing was made before others ended their lines below it, so that it is not drawn over them.
      drawing?.release();
      if (svgPath !== undefined) saveSvg(this.figure, svgPath);
    };

    return {
      onStart() {
        if (svgPath !== undefined) checkSvgPath(svgPath);
      },
      onStartTraining() {
        next = 0;
      },
      onStepTraining(state) {
        if (state.batch < next) return;
        // A trial that resumes within an epoch may begin between two multiples.
        const rest = state.batch % stepSize;
        next = state.batch - rest + stepSize;
        if (rest !== 0) return;
        store(series, state, metric);
        drawing?.drawIfDue();
      },
      onEndTraining() {
        drawing?.draw();
      },
      onEnd: end,
      onException() {
        try {
          end();
        } catch {
          // The error that ended the run says more than that its figure cannot be written either.
        }
      },
    };
  }
}

function store(series: Series, state: State, metric: string): void {
  const value = state.metrics[metric];
  if (value === undefined) throw new UnknownNameError("metric", metric, Object.keys(state.metrics));
  // An endless epoch has no steps to multiply with, and is the first.
  const before = state.epoch === 0 ? 0 : state.epoch * state.trainSteps;
  series.push(before + state.batch, value);
}
