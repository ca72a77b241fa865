// Files of any content are restored as they were.
import * as fc from "fast-check";
import { describe, it } from "vitest";
import { useTempDir } from "../helpers/temp-dir.js";
import { checkRoundTrip, logdirs } from "./properties.js";

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
