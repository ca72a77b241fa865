// Following files to which anything is done: many more lists of operations than the short test takes.
import { expect, it } from "vitest";
import { useTempDir } from "../../helpers/temp-dir.js";
import { followAnyOperations } from "./follow-operations.js";

const makeDir = useTempDir("follow-properties");

it("gives each event once, in the order of its file", { timeout: 600_000 }, async () => {
  expect(await followAnyOperations(makeDir, 10_000)).toBeGreaterThan(100_000);
});
