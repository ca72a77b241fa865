// The compiler refuses a tag that is not declared.
import { join } from "node:path";
import { expect, it } from "vitest";
import { compilerErrors } from "../helpers/compiler.js";

it("takes what metrics.types.ts shows, and every error expected there is one", () => {
  expect(compilerErrors(join(import.meta.dirname, "metrics.types.ts"))).toEqual([]);
});
