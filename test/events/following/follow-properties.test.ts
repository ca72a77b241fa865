// Following files to which anything is done, in any order, looked at in between or not.
import { expect, it } from "vitest";
import { useTempDir } from "../../helpers/temp-dir.js";
import { followAnyOperations } from "./follow-operations.js";

const makeDir = useTempDir("follow-properties");

it("gives each event once, in the order of its file", async () => {
  expect(await followAnyOperations(makeDir, 200)).toBeGreaterThan(2000);
});
