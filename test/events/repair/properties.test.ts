// What holds of every repair, on runs that are damaged at random.
import { expect, test } from "vitest";
import { useTempDir } from "../../helpers/temp-dir.js";
import { checkRepairs } from "./properties.js";

const makeDir = useTempDir("repair-properties");

test("60 runs", async () => {
  expect(await checkRepairs(makeDir, 60)).toBe(60);
});
