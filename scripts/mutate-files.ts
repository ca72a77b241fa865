// Reads event files that were changed at random, longer than the tests do: `npx tsx scripts/mutate-files.ts`.
//
// --files N   how many; 10,000,000 unless given
// --seed N    of what is random; another one each time unless given
//
// What is wrong ends it, with the smallest file that shows it and the seed. Says how far it is once in 100,000 files.
import { parseArgs } from "node:util";
import * as fc from "fast-check";
import { checkReading, mutations } from "../test/helpers/mutations.js";

const PART = 100_000;

const { values } = parseArgs({ options: { files: { type: "string" }, seed: { type: "string" } } });
const files = Number(values.files ?? 10_000_000);
const seed = Number(values.seed ?? Date.now() % 2 ** 31);
if (!Number.isSafeInteger(files) || !Number.isSafeInteger(seed))
  throw new Error("--files and --seed are integers");
for (let done = 0; done < files; done += PART) {
  const numRuns = Math.min(PART, files - done);
  fc.assert(fc.property(mutations, checkReading), { seed: seed + done / PART, numRuns });
  console.log(`${(done + numRuns).toLocaleString("en")} files from seed ${seed} on`);
}
