// Which files are held open when there are too many.
import { expect, it } from "vitest";
import { HeldFiles, type Holder } from "../../../src/events/following/held-files.js";

function holder(held: HeldFiles, released: string[], name: string, isNeeded = false): Holder {
  const its: Holder = {
    isNeeded,
    release: () => {
      released.push(name);
      held.forget(its);
    },
  };
  return its;
}

it("releases the one that was not in use for the longest time, and none that is needed", () => {
  const held = new HeldFiles(2);
  const released: string[] = [];
  const [a, b, c, d] = ["a", "b", "c", "d"].map((name) => holder(held, released, name, name === "b"));
  held.use(a!);
  held.use(b!);
  held.use(a!);
  expect([released, held.count]).toEqual([[], 2]);
  held.use(c!);
  expect([released, held.count]).toEqual([["a"], 2]);
  held.use(d!);
  expect([released, held.count]).toEqual([["a", "c"], 2]);
  held.forget(b!);
  expect(held.count).toBe(1);
});
