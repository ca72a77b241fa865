// Functions that let a callback act only sometimes (torchbearer/callbacks/decorators.py).

import {
  mapHooks,
  withMemory,
  type Callback,
  type HookFunction,
  type HookTarget,
  type Memory,
} from "./callback.js";
import type { State } from "./state.js";

/** `target`, called only when `condition` holds: `onStepTraining(onlyIf((state) => state.batch % 100 === 0, f))`. */
export function onlyIf<S extends State = State>(
  condition: (state: S) => boolean,
  target: HookFunction<S>,
): HookFunction<S>;
export function onlyIf<S extends State = State>(
  condition: (state: S) => boolean,
  target: Callback<S>,
): Callback<S>;
export function onlyIf<S extends State>(
  condition: (state: S) => boolean,
  target: HookTarget<S>,
): HookTarget<S> {
  return mapHooks(target, (f) => (state) => {
    if (condition(state)) return f(state);
  });
}

/** `target`, called only at its first time in a trial. */
export function once<S extends State = State>(target: HookFunction<S>): HookFunction<S>;
export function once<S extends State = State>(target: Callback<S>): Callback<S>;
export function once<S extends State>(target: HookTarget<S>): HookTarget<S> {
  return mapHooks(target, (f) => {
    // By trial, so that a callback that is used in a second one acts there too.
    const done = new WeakSet<State>();
    const memory: Memory = {
      save: (state) => done.has(state),
      load: (wasDone, state) => void (wasDone === true ? done.add(state) : done.delete(state)),
    };
    return withMemory((state) => {
      if (done.has(state)) return;
      done.add(state);
      return f(state);
    }, memory);
  });
}

/** `target`, called only at its first time in an epoch of a run. */
export function oncePerEpoch<S extends State = State>(target: HookFunction<S>): HookFunction<S>;
export function oncePerEpoch<S extends State = State>(target: Callback<S>): Callback<S>;
export function oncePerEpoch<S extends State>(target: HookTarget<S>): HookTarget<S> {
  return mapHooks(target, (f) => {
    const last = new WeakMap<State, { run: number; epoch: number }>();
    const seenIn = (state: State): number | null => {
      const seen = last.get(state);
      return seen?.run === state.run ? seen.epoch : null;
    };
    const memory: Memory = {
      save: seenIn,
      load: (epoch, state) => {
        if (typeof epoch === "number") last.set(state, { run: state.run, epoch });
        else last.delete(state);
      },
    };
    return withMemory((state) => {
      if (seenIn(state) === state.epoch) return;
      last.set(state, { run: state.run, epoch: state.epoch });
      return f(state);
    }, memory);
  });
}
