// What a step of an optimizer leaves for the garbage collector.
import { expect, it } from "vitest";
import { measureGarbage } from "../../helpers/garbage.js";

it("is nothing, with any optimizer and any projection", async () => {
  const { results, control } = await measureGarbage<{ results: [string, number][]; control: number }>(
    import.meta.dirname,
  );
  expect(control).toBeGreaterThan(24);
  expect(results).toHaveLength(15);
  // A number that V8 makes an object while it compiles anew is 16 bytes, once in a while.
  expect(results.filter(([, bytes]) => bytes > 4)).toEqual([]);
});
