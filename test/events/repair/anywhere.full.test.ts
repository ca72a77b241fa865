// A small file with every bit flipped.
import { expect, test } from "vitest";
import { useTempDir } from "../../helpers/temp-dir.js";
import { checkFlip, FILE } from "./anywhere.js";

const makeDir = useTempDir("repair-anywhere-full");

test(`each of ${8 * FILE.length} bits`, async () => {
  for (let bit = 0; bit < 8 * FILE.length; bit++)
    await expect(checkFlip(makeDir, bit)).resolves.toBeUndefined();
});
