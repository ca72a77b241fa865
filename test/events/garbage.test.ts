// What an event of scalars leaves for the garbage collector, plain and bounded.
import { expect, it } from "vitest";
import { measureGarbage } from "../helpers/garbage.js";

it("is the number that the clock gives, and hardly more", async () => {
  const result = await measureGarbage<
    Record<"plain" | "bounded" | "withoutRecords" | "control" | "collections", number>
  >(import.meta.dirname);
  expect(result.collections).toBe(0);
  expect(result.control).toBeGreaterThan(24);
  // A number on the heap is 16 bytes.
  const large = (["plain", "bounded", "withoutRecords"] as const).filter((kind) => result[kind] > 24);
  expect(large).toEqual([]);
});
