// A missing program: said in one line, and an error with CI=true.
import { afterEach, expect, test, vi } from "vitest";

import { announce } from "./optional.js";

afterEach(() => {
  vi.unstubAllEnvs();
  vi.restoreAllMocks();
});

test("announce says what is missing, and fails with CI=true", () => {
  const write = vi.spyOn(process.stderr, "write").mockReturnValue(true);
  vi.stubEnv("CI", "");
  announce("Python", { value: "/usr/bin/python3" });
  expect(write).not.toHaveBeenCalled();
  announce("Python", { missing: "none is on the PATH" });
  expect(write.mock.calls).toEqual([["Tests that need Python are skipped: none is on the PATH\n"]]);
  vi.stubEnv("CI", "true");
  announce("Python", { value: "/usr/bin/python3" });
  expect(() => announce("Python", { missing: "none is on the PATH" })).toThrow(
    "CI=true, and Python is missing: none is on the PATH",
  );
});
