// What holds of every repair, on many runs that are damaged at random.
import { expect, test } from "vitest";
import { useTempDir } from "../../helpers/temp-dir.js";
import { checkRepairs } from "./properties.js";

const makeDir = useTempDir("repair-properties-full");

test("5,000 runs", async () => {
  expect(await checkRepairs(makeDir, 5000)).toBe(5000);
});
