// A small file with every cut, and with a flipped bit in each byte.
import { expect, test } from "vitest";
import { useTempDir } from "../../helpers/temp-dir.js";
import { checkCut, checkFlip, FILE } from "./anywhere.js";

const makeDir = useTempDir("repair-anywhere");

test(`each of ${FILE.length} cuts`, async () => {
  for (let length = 0; length < FILE.length; length++)
    await expect(checkCut(makeDir, length)).resolves.toBeUndefined();
});

test(`a bit in each of ${FILE.length} bytes`, async () => {
  for (let at = 0; at < FILE.length; at++)
    await expect(checkFlip(makeDir, 8 * at + ((5 * at) % 8))).resolves.toBeUndefined();
});
