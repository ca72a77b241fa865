// A run whose hooks take their time, and one whose hooks do not.
import { createHook } from "node:async_hooks";
import { setTimeout as sleep } from "node:timers/promises";
import { describe, expect, it, vi } from "vitest";
import { mean, onForward, onInit, onStepTraining, type Callback } from "../../src/engine/index.js";
import { online, recorder } from "./trials.js";

describe("asynchronous hooks", () => {
  it("are awaited in their place, among synchronous ones, in the middle of a step too", async () => {
    const calls: string[] = [];
    const names = [
      "onStart",
      "onSample",
      "onForward",
      "onCriterion",
      "onBackward",
      "onStepTraining",
      "onStepValidation",
    ];
    const slow = Object.fromEntries(
      names.map((name) => [
        name,
        async () => {
          calls.push(`${name} begins`);
          await sleep(1);
          calls.push(`${name} ends`);
        },
      ]),
    ) as Callback;
    const sync = Object.fromEntries(
      names.map((name) => [name, () => void calls.push(`then ${name}`)]),
    ) as Callback;
    await online([slow, sync, slow]).forSteps(2, 1).run(1);
    const of = (name: string): string[] => [
      `${name} begins`,
      `${name} ends`,
      `then ${name}`,
      `${name} begins`,
      `${name} ends`,
    ];
    const step = names.slice(1, 6);
    expect(calls).toEqual(["onStart", ...step, ...step, "onStepValidation"].flatMap(of));
  });

  it("end the run when they reject", async () => {
    const { calls, callback } = recorder();
    const fail = onForward(() => Promise.reject(new Error("later")));
    await expect(online([fail, callback]).forTrainSteps(2).run()).rejects.toThrow("later");
    expect(calls.slice(-2)).toEqual(["onSample", "onException"]);
  });

  it("may give anything that has a then", async () => {
    const calls: string[] = [];
    const thenable = {
      // oxlint-disable-next-line unicorn/no-thenable -- libraries have promises of their own, and this is one
      then: (resolve: () => void) => void setImmediate(() => (calls.push("resolved"), resolve())),
    };
    const first = onStepTraining(() => thenable as never);
    await online([first, onStepTraining(() => void calls.push("after"))])
      .forTrainSteps(1)
      .run();
    expect(calls).toEqual(["resolved", "after"]);
  });

  it("of onInit are awaited by the first run", async () => {
    const { calls, callback } = recorder();
    const init = onInit(async () => {
      await sleep(1);
      calls.push("initialised");
    });
    await online([init, callback]).forTrainSteps(0).run(0);
    expect(calls).toEqual(["initialised", "onInit", "onStart", "onEnd"]);
  });

  it("of onInit that reject are the first run's error, not the process's", async () => {
    const unhandled = vi.fn<() => void>();
    process.on("unhandledRejection", unhandled);
    try {
      const trial = online(onInit(() => Promise.reject(new Error("no data"))));
      await sleep(5);
      await expect(trial.forTrainSteps(1).run()).rejects.toThrow("no data");
      expect(unhandled).not.toHaveBeenCalled();
    } finally {
      process.off("unhandledRejection", unhandled);
    }
  });

  it("cost nothing where there are none: the number of promises does not grow with the steps", async () => {
    const promisesOf = async (steps: number): Promise<number> => {
      const trial = online([recorder().callback], [mean("est", () => 1)]).forSteps(steps, steps);
      let promises = 0;
      const hook = createHook({ init: (_id, type) => void (type === "PROMISE" && promises++) });
      hook.enable();
      await trial.run();
      hook.disable();
      return promises;
    };
    expect(await promisesOf(20_000)).toBeLessThan(2000);
    // It can count: an asynchronous hook makes at least one a step.
    let promises = 0;
    const hook = createHook({ init: (_id, type) => void (type === "PROMISE" && promises++) });
    hook.enable();
    await online(onStepTraining(async () => {}))
      .forTrainSteps(500)
      .run();
    hook.disable();
    expect(promises).toBeGreaterThan(500);
  });
});
