// Tests that prove nothing, of which some may be skipped.
import { expect, test } from "vitest";

test("one and one", () => {
  expect(1 + 1).toBe(2);
});

// oxlint-disable-next-line vitest/no-disabled-tests -- the page does not need it
test.skip("what is not here", () => {
  expect(1).toBe(2);
});
