// The types of a trial flow from the model and the criterion to callbacks, metrics and data.
import { join } from "node:path";
import { expect, it } from "vitest";
import { compilerErrors } from "../helpers/compiler.js";

it("takes what trial.types.ts shows, and every error expected there is one", () => {
  expect(compilerErrors(join(import.meta.dirname, "trial.types.ts"))).toEqual([]);
});
