// The callbacks of a trial, with one list a hook.

import { ArgumentError } from "../errors.js";
import type { Callback, CallbackLike, HookFunction } from "./callback.js";
import { HOOKS, type Hook } from "./hooks.js";
import type { State } from "./state.js";

/** Callbacks in the order in which they are called. Lists in lists are flattened; an `ArgumentError` for what is no callback. */
export class CallbackList {
  readonly callbacks: readonly Callback[];
  readonly #byHook: Readonly<Record<Hook | "onException", readonly HookFunction[]>>;

  constructor(callbacks: CallbackLike) {
    this.callbacks = flatten(callbacks);
    this.#byHook = Object.fromEntries(
      [...HOOKS, "onException" as const].map((hook) => [
        hook,
        this.callbacks
          .filter((callback) => callback[hook] !== undefined)
          .map((callback) => bound(callback, hook)),
      ]),
    ) as Record<Hook | "onException", HookFunction[]>;
  }

  /** The functions of one hook; a step's loop takes them once. */
  at(hook: Hook | "onException"): readonly HookFunction[] {
    return this.#byHook[hook];
  }

  /** Calls every callback that has `hook`, in order, each after the last one's promise, if it gave one. */
  async call(hook: Hook | "onException", state: State): Promise<void> {
    for (const f of this.at(hook)) await f(state);
  }
}

/**
 * Calls `functions` in order without waiting, as long as none gives a promise; then a promise of the rest. So a training whose
 * callbacks are synchronous never leaves its loop.
 */
export function callHooks(functions: readonly HookFunction[], state: State): Promise<void> | undefined {
  for (let i = 0; i < functions.length; i++) {
    const result: unknown = functions[i]!(state);
    if (result !== undefined && isThenable(result)) return finish(result, functions, i + 1, state);
  }
  return undefined;
}

async function finish(
  pending: PromiseLike<unknown>,
  functions: readonly HookFunction[],
  next: number,
  state: State,
): Promise<void> {
  await pending;
  for (let i = next; i < functions.length; i++) await functions[i]!(state);
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

function bound(callback: Callback, hook: Hook | "onException"): HookFunction {
  const f = callback[hook]!;
  return (state) => f.call(callback, state);
}
