// Callbacks in lists, called in order.
import { describe, expect, expectTypeOf, it } from "vitest";
import { ArgumentError } from "../../src/errors.js";
import { callHooks } from "../../src/engine/callback-list.js";
import {
  CallbackList,
  greedyUpdate,
  HOOKS,
  onEnd,
  onStart,
  type Callback,
  type CallbackLike,
  type State,
} from "../../src/engine/index.js";
import { online } from "./trials.js";

const { state } = online();

describe("CallbackList", () => {
  it("flattens lists in lists, in order", () => {
    const [a, b, c, d] = [onStart(() => {}), greedyUpdate(), onEnd(() => {}), {}];
    const { callbacks } = new CallbackList([a, [[b, []], c], d]);
    expect(callbacks).toHaveLength(4);
    for (const [i, callback] of [a, b, c, d].entries()) expect(callbacks[i]).toBe(callback);
    expect(new CallbackList(a).callbacks).toEqual([a]);
    expect(new CallbackList([]).callbacks).toEqual([]);
  });

  it("calls a callback once for each time it is named", async () => {
    let calls = 0;
    const count = onStart(() => void calls++);
    await new CallbackList([count, [count]]).call("onStart", state);
    expect(calls).toBe(2);
  });

  it("keeps `this`", async () => {
    class Counter implements Callback {
      #calls = 0;
      get calls(): number {
        return this.#calls;
      }
      onStart(): void {
        this.#calls++;
      }
      onException(): void {
        this.#calls += 10;
      }
    }
    const counter = new Counter();
    const list = new CallbackList(counter);
    await list.call("onStart", state);
    await list.call("onException", state);
    expect(counter.calls).toBe(11);
  });

  it("lists only those that have a hook", () => {
    const list = new CallbackList([onStart(() => {}), onEnd(() => {}), onStart(() => {})]);
    const lengths = Object.fromEntries(HOOKS.map((hook) => [hook, list.at(hook).length]));
    expect(lengths).toEqual({ ...Object.fromEntries(HOOKS.map((hook) => [hook, 0])), onStart: 2, onEnd: 1 });
    expect(list.at("onException")).toEqual([]);
  });

  it.each([() => {}, undefined, null, "onStart"])("refuses %s: it would be called at no hook", (item) => {
    expect(() => new CallbackList([[item as unknown as Callback]])).toThrow(ArgumentError);
    expect(() => new CallbackList([[item as unknown as Callback]])).toThrow(
      "Expected `callbacks` to be callbacks",
    );
  });

  it("is typed", () => {
    expectTypeOf<Callback[][]>().toExtend<CallbackLike>();
    // @ts-expect-error a function is not a callback
    const wrong: CallbackLike = [(_state: State) => {}];
    expect(() => new CallbackList(wrong)).toThrow(ArgumentError);
  });
});

describe("callHooks", () => {
  it("gives nothing to wait for when nothing is waited for", () => {
    const calls: number[] = [];
    expect(callHooks([() => void calls.push(1), () => void calls.push(2)], state)).toBeUndefined();
    expect(callHooks([], state)).toBeUndefined();
    expect(calls).toEqual([1, 2]);
  });

  it.each([null, 0, "", false, {}])("takes %j for no promise", (result) => {
    expect(callHooks([() => result as never], state)).toBeUndefined();
  });

  it("gives one promise of all that is left", async () => {
    const calls: string[] = [];
    let resolve = (): void => {};
    const slow = (): Promise<void> => new Promise((done) => void (resolve = done));
    const pending = callHooks(
      [
        () => void calls.push("before"),
        slow,
        () => void calls.push("after"),
        async () => void calls.push("last"),
      ],
      state,
    );
    expect(calls).toEqual(["before"]);
    resolve();
    await pending;
    expect(calls).toEqual(["before", "after", "last"]);
  });

  it("calls nothing behind an error", async () => {
    const calls: string[] = [];
    const after = (): void => void calls.push("after");
    expect(() =>
      callHooks(
        [
          () => {
            throw new Error("now");
          },
          after,
        ],
        state,
      ),
    ).toThrow("now");
    await expect(callHooks([() => Promise.reject(new Error("later")), after], state)).rejects.toThrow(
      "later",
    );
    expect(calls).toEqual([]);
  });
});
