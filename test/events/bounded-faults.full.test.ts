// A bounded run in which each call of the operating system's fails, one after the other; bounded-event-writer.errors.test.ts has some.
import { describe, expect, it } from "vitest";
import { useTempDir } from "../helpers/temp-dir.js";
import { callsOf, failFrom, failOnce, MODES } from "./bounded-faults.js";

const tempDir = useTempDir("bounded-faults");

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
