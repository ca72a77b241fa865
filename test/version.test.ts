// The version constant is the manifest's.
import { expect, it } from "vitest";
import manifest from "../package.json" with { type: "json" };
import { version } from "../src/version.js";

it("equals package.json's", () => {
  expect(version).toBe(manifest.version);
});
