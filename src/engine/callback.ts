// Callbacks: objects with a method for each hook they want, and functions made into such objects.

import { ArgumentError } from "../errors.js";
import { HOOKS, type Hook } from "./hooks.js";
import type { State } from "./state.js";

/** What is called at a hook. A promise that it returns is awaited before the training goes on. */
export type HookFunction = (state: State) => void | Promise<void>;

/** Something that follows a training: it has a method for each hook it wants. */
export type Callback = { [K in Hook]?: HookFunction } & {
  /** Called when the training ends by an error, instead of `onEnd`: to close what is open. The error is thrown on after it. */
  onException?: HookFunction;
};

/** A callback, or any nesting of lists of them. */
export type CallbackLike = Callback | readonly CallbackLike[];

const FUNCTION = Symbol("function");

/** A function bound to hooks; binding it to one more gives a callback with both. */
interface FunctionCallback extends Callback {
  readonly [FUNCTION]: HookFunction;
}

/** A function, or a callback that was made from one. */
export type HookTarget = HookFunction | Callback;

/** Binds a function to a hook, by the hook's name. Given a callback made so before, binds its function to this hook too. Throws an `ArgumentError` for another. */
export function bindTo(hook: Hook, target: HookTarget): Callback {
  const f = functionOf(target);
  const hooks = typeof target === "function" ? {} : target;
  return { ...hooks, [hook]: f, [FUNCTION]: f } as FunctionCallback;
}

/** What becomes of a target that is wrapped: a function stays one; of a callback only its hooks are left. */
export type Wrapped<T extends HookTarget> = T extends HookFunction ? HookFunction : Callback;

/** `target` with every hook wrapped by `wrap`; a plain function is wrapped and stays one. */
export function mapHooks<T extends HookTarget>(
  target: T,
  wrap: (f: HookFunction) => HookFunction,
): Wrapped<T> {
  if (typeof target === "function") return wrap(target as HookFunction) as Wrapped<T>;
  const callback = target as Callback;
  const inner = (callback as Partial<FunctionCallback>)[FUNCTION];
  const wrapped: Callback = {};
  // One function bound to several hooks stays one, so that what `once` remembers is shared by them.
  const shared = inner && wrap(inner);
  for (const hook of HOOKS) {
    const f = callback[hook];
    if (f !== undefined) wrapped[hook] = shared ?? wrap((state) => f.call(callback, state));
  }
  // An error is not a moment that a condition is about.
  if (callback.onException !== undefined) wrapped.onException = (state) => callback.onException!(state);
  return (shared ? { ...wrapped, [FUNCTION]: shared } : wrapped) as Wrapped<T>;
}

function functionOf(target: HookTarget): HookFunction {
  if (typeof target === "function") return target;
  const f = (target as Partial<FunctionCallback>)[FUNCTION];
  if (f === undefined) throw new ArgumentError("f", "a function, or a callback made from one", target);
  return f;
}
