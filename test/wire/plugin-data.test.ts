// What plugins say of a tag, in bytes.
import { expect, it } from "vitest";
import { encodePrCurveData } from "../../src/wire/plugin-data.js";
import { hex } from "../helpers/bytes.js";

// Field 2, a varint: as torch writes 9 thresholds, and beyond 127, where its writer stops.
it.each([
  [9, "1009"],
  [201, "10c901"],
])("a PR curve with %i thresholds says so", (thresholds, content) => {
  expect(hex(encodePrCurveData(thresholds))).toBe(content);
});
