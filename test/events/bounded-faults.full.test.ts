// A bounded run in which each call of the operating system's fails, one after the other; bounded-event-writer.errors.test.ts has some.
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { useTempDir } from "../helpers/temp-dir.js";
import { callsOf, failFrom, failOnce, MODES } from "./bounded-faults.js";

const tempDir = useTempDir("bounded-faults");

beforeEach(() => void vi.spyOn(process, "emitWarning").mockImplementation(() => {}));
afterEach(() => void vi.restoreAllMocks());

describe.each(MODES)("with %o, any call that fails", (mode) => {
  it("once costs no event that was taken", () => {
    const calls = callsOf(mode, tempDir());
    expect(calls.flatMap((_, at) => failOnce(at, mode, tempDir()))).toEqual([]);
  });

  it("from then on costs what close says, and the run goes on in its next session", () => {
    const calls = callsOf(mode, tempDir());
    expect(calls.flatMap((_, at) => failFrom(at, mode, tempDir()))).toEqual([]);
  });
});
