// A callback that writes down which hooks were called.
import { HOOKS, type Callback, type State } from "../../src/engine/index.js";

/** What was called, and a callback that has every hook and pushes its name, with `prefix`, onto it. */
export function recorder(calls: string[] = [], prefix = ""): { calls: string[]; callback: Callback } {
  const names = [...HOOKS, "onException" as const];
  const callback: Callback = Object.fromEntries(
    names.map((name) => [name, () => void calls.push(prefix + name)]),
  );
  return { calls, callback };
}

/** What `f` gave at each call of a hook. */
export function collect<T>(
  hook: (f: (state: State) => void) => Callback,
  f: (state: State) => T,
): { values: T[]; callback: Callback } {
  const values: T[] = [];
  return { values, callback: hook((state) => void values.push(f(state))) };
}
