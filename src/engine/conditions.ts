// Functions that let a callback act only sometimes (torchbearer/callbacks/decorators.py).

import { mapHooks, type HookTarget, type Wrapped } from "./callback.js";
import type { State } from "./state.js";

/** `target`, called only when `condition` holds: `onStepTraining(onlyIf((state) => state.batch % 100 === 0, f))`. */
export function onlyIf<T extends HookTarget>(condition: (state: State) => boolean, target: T): Wrapped<T> {
  return mapHooks(target, (f) => (state) => {
    if (condition(state)) return f(state);
  });
}

/** `target`, called only at its first time in a trial. */
export function once<T extends HookTarget>(target: T): Wrapped<T> {
  return mapHooks(target, (f) => {
    // By trial, so that a callback that is used in a second one acts there too.
    const done = new WeakSet<State>();
    return (state) => {
      if (done.has(state)) return;
      done.add(state);
      return f(state);
    };
  });
}

/** `target`, called only at its first time in an epoch of a run. */
export function oncePerEpoch<T extends HookTarget>(target: T): Wrapped<T> {
  return mapHooks(target, (f) => {
    const last = new WeakMap<State, { run: number; epoch: number }>();
    return (state) => {
      const seen = last.get(state);
      if (seen?.run === state.run && seen.epoch === state.epoch) return;
      last.set(state, { run: state.run, epoch: state.epoch });
      return f(state);
    };
  });
}
