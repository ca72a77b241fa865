// What holds of every repair, on many runs that are damaged at random.
import { test } from "vitest";
import { useTempDir } from "../../helpers/temp-dir.js";
import { checkRepairs } from "./properties.js";

const makeDir = useTempDir("repair-properties-full");

test("5,000 runs", () => checkRepairs(makeDir, 5000));
