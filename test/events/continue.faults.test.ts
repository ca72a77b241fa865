// A session that continues from a position and is killed at any of its calls.
import { beforeEach, expect, it, vi } from "vitest";
import { useTempDir } from "../helpers/temp-dir.js";
import { tryEveryCall, WAYS } from "./continue-faults.js";

const tempDir = useTempDir("continue-faults");

beforeEach(() => void vi.spyOn(process, "emitWarning").mockImplementation(() => {}));

it.each(WAYS)("$name can be started again when it is killed at any of its calls", (way) => {
  expect(tryEveryCall(tempDir, way, "killed")).toBeGreaterThan(25);
});
