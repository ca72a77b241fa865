// Files that were changed at random: no crash, no hang, and every record that is as it was is given.
import * as fc from "fast-check";
import { describe, it } from "vitest";
import { checkReading, mutations } from "../../helpers/mutations.js";

describe("a mutated file", () => {
  it("is read as far as it is good, 10,000 of them", () => {
    fc.assert(fc.property(mutations, checkReading), { numRuns: 10_000 });
  });
});
