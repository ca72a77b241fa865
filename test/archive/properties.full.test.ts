// The long run of properties.test.ts.
import * as fc from "fast-check";
import { describe, it } from "vitest";
import { useTempDir } from "../helpers/temp-dir.js";
import { archiveChanges, checkDamagedArchive, checkRoundTrip, logdirs } from "./properties.js";

const tempDir = useTempDir("archive-properties");

describe("any files", () => {
  it("are restored as they were, 20,000 logdirs", () => {
    const directory = tempDir();
    fc.assert(
      fc.property(logdirs, (logdir) => checkRoundTrip(logdir, directory)),
      { numRuns: 20_000 },
    );
  });
});

describe("an archive that is damaged", () => {
  it("is read or refused, and nothing else happens, 100,000 of them", () => {
    const directory = tempDir();
    fc.assert(
      fc.property(archiveChanges, (changes) => checkDamagedArchive(changes, directory)),
      { numRuns: 100_000 },
    );
  });
});
