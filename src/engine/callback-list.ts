// The callbacks of a trial, with one list a hook.

import { ArgumentError } from "../errors.js";
import type { Callback, CallbackLike, HookFunction } from "./callback.js";
import { withPlace } from "./error-place.js";
import { HOOKS, type Hook } from "./hooks.js";
import type { Mode } from "./metrics/metric.js";
import type { State } from "./state.js";
import type { Step } from "./step.js";

/** What is called of callbacks. */
export type Called = Hook | (typeof OTHERS)[number];

/** What callbacks are called at besides their hooks. */
const OTHERS = ["onException", "onPause", "sync"] as const;

/** A callback that has to do with what is called beside it, such as one that measures it. */
export interface HookWrapper {
  /** What is called in the place of `f`, which is the hook `hook` of `callback`. */
  wrapHook(f: HookFunction, callback: Callback, hook: Called): HookFunction;
  /** What a pass computes in the place of `step`. */
  wrapStep(step: Step, mode: Mode): Step;
}

/** What a hook's function was made of, for the message of an error. */
const origins = new WeakMap<HookFunction, { readonly callback: Callback; readonly hook: string }>();

/**
 * Callbacks in the order in which they are called, but for those that are to run last. Lists in lists are flattened; an `ArgumentError` for
 * what is no callback. What a callback throws is thrown on, with hook and callback in its message.
 */
export class CallbackList {
  readonly callbacks: readonly Callback[];
  readonly #byHook: Readonly<Record<Called, readonly HookFunction[]>>;
  readonly #wrappers: readonly (Callback & HookWrapper)[];

  constructor(callbacks: CallbackLike) {
    this.callbacks = flatten(callbacks);
    const isLast = (callback: Callback): boolean => callback.runsLast === true;
    const inOrder = [
      ...this.callbacks.filter((callback) => !isLast(callback)),
      ...this.callbacks.filter(isLast),
    ];
    const wrappers = (this.#wrappers = this.callbacks.filter(isWrapper));
    this.#byHook = Object.fromEntries(
      [...HOOKS, ...OTHERS].map((hook) => [
        hook,
        inOrder
          .filter((callback) => callback[hook] !== undefined)
          .map((callback) => bound(callback, hook, wrappers)),
      ]),
    ) as Record<Called, HookFunction[]>;
  }

  /** The functions of one hook; a step's loop takes them once. */
  at(hook: Called): readonly HookFunction[] {
    return this.#byHook[hook];
  }

  /** `step` as the callbacks want it to be computed. */
  wrapStep(step: Step, mode: Mode): Step {
    return this.#wrappers.reduce((wrapped, wrapper) => wrapper.wrapStep(wrapped, mode), step);
  }

  /** Calls every callback that has `hook`, in order, each after the last one's promise, if it gave one. */
  async call(hook: Called, state: State): Promise<void> {
    await callHooks(this.at(hook), state);
  }
}

/**
 * Calls `functions` in order without waiting, as long as none gives a promise; then a promise of the rest. So a training whose
 * callbacks are synchronous never leaves its loop.
 */
export function callHooks(functions: readonly HookFunction[], state: State): Promise<void> | undefined {
  let i = 0;
  try {
    for (; i < functions.length; i++) {
      const result: unknown = functions[i]!(state);
      if (result !== undefined && isThenable(result)) return finish(result, functions, i, state);
    }
  } catch (error) {
    throw located(error, functions[i]!, state);
  }
  return undefined;
}

async function finish(
  pending: PromiseLike<unknown>,
  functions: readonly HookFunction[],
  first: number,
  state: State,
): Promise<void> {
  let i = first;
  try {
    await pending;
    for (i++; i < functions.length; i++) await functions[i]!(state);
  } catch (error) {
    throw located(error, functions[i]!, state);
  }
}

// A function that stands in no list is its caller's own, who knows it.
function located(error: unknown, f: HookFunction, state: State): unknown {
  const origin = origins.get(f);
  return origin === undefined ? error : withPlace(error, nameOf(origin.callback), origin.hook, state);
}

/** What a callback is called: its class, or the hooks of one that was made of a function. */
export function nameOf(callback: Callback): string {
  const name = (callback as { constructor?: { name: string } }).constructor?.name ?? "Object";
  if (name !== "Object") return name;
  const hooks = Object.keys(callback).filter((key) => key.startsWith("on"));
  return `{ ${hooks.join(", ")} }`;
}

function isThenable(value: unknown): value is PromiseLike<unknown> {
  return typeof (value as PromiseLike<unknown> | null)?.then === "function";
}

function flatten(callbacks: CallbackLike): Callback[] {
  if (Array.isArray(callbacks)) return callbacks.flatMap(flatten);
  if (typeof callbacks === "object" && callbacks !== null) return [callbacks as Callback];
  // A function would be called at no hook, and nobody would know.
  throw new ArgumentError(
    "callbacks",
    "callbacks (onStepTraining and its like make one of a function)",
    callbacks,
  );
}

function bound(
  callback: Callback,
  hook: Called,
  wrappers: readonly (Callback & HookWrapper)[],
): HookFunction {
  const f = callback[hook]!;
  let called: HookFunction = (state) => f.call(callback, state);
  for (const wrapper of wrappers) if (wrapper !== callback) called = wrapper.wrapHook(called, callback, hook);
  origins.set(called, { callback, hook });
  return called;
}

function isWrapper(callback: Callback): callback is Callback & HookWrapper {
  return typeof (callback as Partial<HookWrapper>).wrapHook === "function";
}
