// A session that continues from a position when the system fails at any of its calls.
import { beforeEach, describe, expect, it, vi } from "vitest";
import { FAULTS } from "../helpers/nth-call.js";
import { useTempDir } from "../helpers/temp-dir.js";
import { tryEveryCall, WAYS } from "./continue-faults.js";

const tempDir = useTempDir("continue-faults-full");

beforeEach(() => void vi.spyOn(process, "emitWarning").mockImplementation(() => {}));

describe.each(WAYS)("a session that continues $name", (way) => {
  it.each(FAULTS)("can be started again when any of its calls goes wrong (%s)", (fault) => {
    expect(tryEveryCall(tempDir, way, fault)).toBeGreaterThan(25);
  });
});
