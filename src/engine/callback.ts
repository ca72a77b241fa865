// Callbacks: objects with a method for each hook they want, and functions made into such objects.

import { ArgumentError } from "../errors.js";
import { HOOKS, type Hook } from "./hooks.js";
import type { State } from "./state.js";

/** What is called at a hook. A promise that it returns is awaited before the training goes on. */
export type HookFunction<S extends State = State> = (state: S) => void | Promise<void>;

/** Something that follows a training: it has a method for each hook it wants. */
export type Callback<S extends State = State> = { [K in Hook]?: HookFunction<S> } & {
  /** Called when the training ends by an error, instead of `onEnd`: to close what is open. The error is thrown on after it. */
  onException?: HookFunction<S>;
  /** Called about every 50 milliseconds, after a training step and its hooks: for what goes by time and need not look at each step. */
  onPause?: HookFunction<S>;
  /** Whether it is called after all others at each hook, whatever its place in the list: for what saves what the others remember. */
  readonly runsLast?: boolean;
  /** What it remembers, for a training that is continued: plain values and typed arrays. Without it there is nothing. */
  stateDict?: (state: S) => unknown;
  /** Takes what `stateDict` gave. */
  loadStateDict?(dict: unknown, state: S): void;
  /** Puts on the disk what it has written. Awaited before the training is saved to a file, so that both are there after the machine went down. */
  sync?: HookFunction<S>;
};

/** A callback, or any nesting of lists of them. */
export type CallbackLike<S extends State = State> = Callback<S> | readonly CallbackLike<S>[];

const FUNCTION = Symbol("function");
const MEMORY = Symbol("memory");

/** What a function that is called only sometimes remembers of a trial, so that a continued training goes on with it. */
export interface Memory {
  save(state: State): unknown;
  load(saved: unknown, state: State): void;
}

/** `f`, with a memory. */
export function withMemory<S extends State>(f: HookFunction<S>, memory: Memory): HookFunction<S> {
  return Object.assign(f, { [MEMORY]: [memory] });
}

function memoriesOf(f: HookFunction<never>): readonly Memory[] {
  return (f as { [MEMORY]?: readonly Memory[] })[MEMORY] ?? [];
}

/** A function bound to hooks; binding it to one more gives a callback with both. */
interface FunctionCallback extends Callback {
  readonly [FUNCTION]: HookFunction;
}

/** A function, or a callback that was made from one. */
export type HookTarget<S extends State = State> = HookFunction<S> | Callback<S>;

/** Binds a function to a hook, by the hook's name. Given a callback made so before, binds its function to this hook too. Throws an `ArgumentError` for another. */
export function bindTo<S extends State = State>(hook: Hook, target: HookTarget<S>): Callback<S> {
  const f = functionOf(target as HookTarget);
  const hooks = typeof target === "function" ? {} : target;
  return { ...hooks, [hook]: f, [FUNCTION]: f, ...remembering(memoriesOf(f)) } as FunctionCallback &
    Callback<S>;
}

// A callback of a function with memories has a state dict.
function remembering(
  memories: readonly Memory[],
  inner: Callback = {},
): Pick<Callback, "stateDict" | "loadStateDict"> {
  if (memories.length === 0 && inner.stateDict === undefined) return {};
  return {
    stateDict: (state) => [inner.stateDict?.(state) ?? null, ...memories.map((memory) => memory.save(state))],
    loadStateDict: (dict, state) => {
      const [own, ...saved] = dict as unknown[];
      if (own !== null) inner.loadStateDict?.(own, state);
      memories.forEach((memory, i) => memory.load(saved[i], state));
    },
  };
}

/** `target` with every hook wrapped by `wrap`; a plain function is wrapped and stays one. */
export function mapHooks<S extends State>(
  target: HookFunction<S>,
  wrap: (f: HookFunction<S>) => HookFunction<S>,
): HookFunction<S>;
export function mapHooks<S extends State>(
  target: HookTarget<S>,
  wrap: (f: HookFunction<S>) => HookFunction<S>,
): HookTarget<S>;
export function mapHooks(target: HookTarget, wrap: (f: HookFunction) => HookFunction): HookTarget {
  if (typeof target === "function") return keeping(target, wrap(target));
  const callback = target;
  const inner = (callback as Partial<FunctionCallback>)[FUNCTION];
  const wrapped: Callback = {};
  // One function bound to several hooks stays one, so that what `once` remembers is shared by them.
  const shared = inner && keeping(inner, wrap(inner));
  const memories = shared ? [...memoriesOf(shared)] : [];
  for (const hook of [...HOOKS, "onPause" as const]) {
    const f = callback[hook];
    if (f === undefined) continue;
    const own = shared ?? wrap((state) => f.call(callback, state));
    wrapped[hook] = own;
    if (shared === undefined) memories.push(...memoriesOf(own));
  }
  if (callback.runsLast !== undefined) Object.assign(wrapped, { runsLast: callback.runsLast });
  // An error is not a moment that a condition is about.
  if (callback.onException !== undefined) wrapped.onException = (state) => callback.onException!(state);
  if (callback.sync !== undefined) wrapped.sync = (state) => callback.sync!(state);
  if (shared === undefined) return { ...wrapped, ...remembering(memories, callback) };
  return { ...wrapped, ...remembering(memories), [FUNCTION]: shared } as FunctionCallback;
}

// What `f` remembers, `wrapped` remembers too.
function keeping(f: HookFunction, wrapped: HookFunction): HookFunction {
  const memories = [...memoriesOf(f), ...memoriesOf(wrapped)];
  return memories.length === 0 ? wrapped : Object.assign(wrapped, { [MEMORY]: memories });
}

function functionOf(target: HookTarget): HookFunction {
  if (typeof target === "function") return target;
  const f = (target as Partial<FunctionCallback>)[FUNCTION];
  if (f === undefined) throw new ArgumentError("f", "a function, or a callback made from one", target);
  return f;
}
