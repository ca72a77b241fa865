// Trials that are saved, for the tests of what saves them.
import { readdirSync } from "node:fs";
import { Adam, metric, runningMean, Stochastic, Trial, type Callback } from "../../../src/engine/index.js";

/** A trial of the stochastic problem whose `score` is by epoch. */
export function make(callbacks: Callback[], scores: readonly number[] = [], seed = 1): Trial<Stochastic> {
  const model = new Stochastic({ seed });
  return new Trial(model, Adam(model.parameters(), { amsgrad: true }), undefined, {
    metrics: [
      metric("score", ({ epoch }) => scores[epoch] ?? epoch),
      runningMean(["x", () => model.x.item()]),
    ],
    callbacks,
    verbose: 0,
  });
}

export const names = (dir: string): string[] => readdirSync(dir).toSorted();
