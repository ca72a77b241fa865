// A training cut at every moment at which it can be, and continued.
import { expect } from "vitest";
import {
  onCheckpoint,
  onEndTraining,
  onStepTraining,
  type Callback,
  type Trial,
} from "../../src/engine/index.js";
import { fromPlainJson, toPlainJson } from "../../src/engine/plain-json.js";
import type { TrialStateDict } from "../../src/engine/index.js";

/** A trial with what was written down in it. */
export interface Logged {
  readonly trial: Trial;
  readonly log: readonly unknown[];
}

/**
 * Runs what `make` makes to its end, taking a state dict (and through JSON) at each step, end of training and checkpoint; then what it makes
 * anew, from each dict: the rest of the log must be the same, and `check` holds. `make` gets a callback to have among the others.
 */
export async function expectSameRest(
  make: (callback: Callback) => Logged,
  epochs: number,
  check: (trial: Trial) => void = () => {},
): Promise<readonly unknown[]> {
  const cuts: { dict: string; logged: number }[] = [];
  const take: Callback = {
    ...onStepTraining(
      onEndTraining(
        onCheckpoint((state) => {
          cuts.push({ dict: toPlainJson(state.stateDict(), "dict"), logged: whole.log.length });
        }),
      ),
    ),
    runsLast: true,
  };
  const whole = make(take);
  await whole.trial.run(epochs);
  check(whole.trial);
  expect(cuts.length).toBeGreaterThan(1);
  for (const { dict, logged } of cuts) {
    const rest = make({ runsLast: true });
    await rest.trial.loadStateDict(fromPlainJson(dict) as TrialStateDict).run(epochs);
    expect(rest.log).toEqual(whole.log.slice(logged));
    check(rest.trial);
  }
  return whole.log;
}
