// What a step of the main job leaves for the garbage collector.
import { expect, it } from "vitest";
import { measureGarbage } from "../helpers/garbage.js";

it("is at most 8 bytes with the model's own gradient, and hardly more on the tape", async () => {
  const result = await measureGarbage<Record<"gradient" | "tape" | "control" | "collections", number>>(
    import.meta.dirname,
  );
  expect(result.collections).toBe(0);
  expect(result.control).toBeGreaterThan(24);
  expect(result.gradient).toBeLessThanOrEqual(8);
  expect(result.tape).toBeLessThanOrEqual(16);
});
