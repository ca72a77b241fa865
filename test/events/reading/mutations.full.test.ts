// The long run of mutations.test.ts.
import * as fc from "fast-check";
import { describe, it } from "vitest";
import { checkReading, mutations } from "../../helpers/mutations.js";

describe("a mutated file", () => {
  it("is read as far as it is good, 1,000,000 of them", () => {
    fc.assert(fc.property(mutations, checkReading), { numRuns: 1_000_000 });
  });
});
