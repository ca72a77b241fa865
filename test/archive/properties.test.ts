// Files of any content are restored as they were.
import * as fc from "fast-check";
import { describe, it } from "vitest";
import { useTempDir } from "../helpers/temp-dir.js";
import { archiveChanges, checkDamagedArchive, checkRoundTrip, logdirs } from "./properties.js";

const tempDir = useTempDir("archive-properties");

describe("any files", () => {
  it("are restored as they were, 300 logdirs", () => {
    const directory = tempDir();
    fc.assert(
      fc.property(logdirs, (logdir) => checkRoundTrip(logdir, directory)),
      { numRuns: 300 },
    );
  });
});

describe("an archive that is damaged", () => {
  it("is read or refused, and nothing else happens, 1,000 of them", () => {
    const directory = tempDir();
    fc.assert(
      fc.property(archiveChanges, (changes) => checkDamagedArchive(changes, directory)),
      { numRuns: 1000 },
    );
  });
});
