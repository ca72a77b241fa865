// Functions made into callbacks.
import { describe, expect, expectTypeOf, it } from "vitest";
import { ArgumentError } from "../../src/errors.js";
import * as engine from "../../src/engine/index.js";
import {
  bindTo,
  greedyUpdate,
  HOOKS,
  onEnd,
  onStart,
  onStepTraining,
  type Callback,
  type Hook,
  type HookFunction,
  type HookTarget,
  type State,
} from "../../src/engine/index.js";
import { online, recorder } from "./trials.js";

type HookFunctions = Readonly<Record<Hook, (f: HookTarget) => Callback>>;

describe("the function of a hook", () => {
  it("is there for each of the 19", () => {
    expect(HOOKS).toHaveLength(19);
    expect(HOOKS.filter((hook) => typeof (engine as unknown as HookFunctions)[hook] !== "function")).toEqual(
      [],
    );
  });

  it.each(HOOKS)("%s makes a callback with this hook alone, as bindTo does", async (hook) => {
    for (const make of [(engine as unknown as HookFunctions)[hook], (f: HookTarget) => bindTo(hook, f)]) {
      const calls: string[] = [];
      const { calls: all, callback: record } = recorder();
      const callback = make(() => void calls.push(hook));
      expect(Object.keys(callback)).toEqual([hook]);
      await online([callback, record]).forSteps(2, 1).run(1);
      expect(calls).toEqual(all.filter((call) => call === hook));
      expect(calls.length).toBeGreaterThan(0);
    }
  });

  it("chains: one callback with both hooks, one function", async () => {
    const calls: number[] = [];
    const callback = onStart(onEnd(onStepTraining((state) => void calls.push(state.batch))));
    expect(Object.keys(callback).toSorted()).toEqual(["onEnd", "onStart", "onStepTraining"]);
    expect(callback.onStart).toBe(callback.onEnd);
    await online(callback).forTrainSteps(3).run();
    expect(calls).toEqual([0, 0, 1, 2, 2]);
  });

  it("leaves what it is given as it is", () => {
    const inner = onEnd(() => {});
    const outer = onStart(inner);
    expect(Object.keys(inner)).toEqual(["onEnd"]);
    expect(outer).not.toBe(inner);
  });

  it("gives on what the function returns", async () => {
    const promise = Promise.resolve();
    expect(onStart(() => promise).onStart!(online().state)).toBe(promise);
  });

  it.each([
    ["a class's object", greedyUpdate()],
    ["an object", { onStart: () => {} }],
  ])("cannot say which function of %s to bind", (_name, target) => {
    expect(() => onEnd(target)).toThrow(ArgumentError);
    expect(() => onEnd(target)).toThrow(
      "Expected `f` to be a function, or a callback made from one, got an object",
    );
  });

  it("is typed", () => {
    expectTypeOf(onStart).returns.toEqualTypeOf<Callback>();
    expectTypeOf<HookFunction>().parameters.toEqualTypeOf<[State]>();
    expectTypeOf<Hook>().toEqualTypeOf<(typeof HOOKS)[number]>();
    // @ts-expect-error no such hook
    const wrong = bindTo("onLunch", () => {});
    expect(Object.keys(wrong)).toEqual(["onLunch"]);
  });
});
