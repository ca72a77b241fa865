// The commands that read logs, given an archive.
import { existsSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, describe, expect, it } from "vitest";
import { LogdirError } from "../../src/errors.js";
import { verifyLogdir } from "../../src/events/index.js";
import { SummaryReader } from "../../src/summary/index.js";
import { errorOf } from "../helpers/errors.js";
import { useTempDir } from "../helpers/temp-dir.js";
import { tnl } from "./fake-io.js";

const tempDir = useTempDir("archived-logs");
let parquet: string;

beforeAll(() => {
  parquet = join(tempDir(), "runs.parquet");
  writeFileSync(parquet, "PAR1 and more");
});

describe("a command that needs files on the disk", () => {
  it.each([
    ["tail", []],
    ["repair", ["--out", "out"]],
    ["tensorboard", []],
  ])("says so: %s", async (command, argv) => {
    expect(await tnl([command, parquet, ...argv])).toEqual({
      ...{ code: 2, stdout: "" },
      stderr: `tnl: ${parquet} is an archive, which tnl ${command} does not take: tnl restore makes event files of it\n`,
    });
    expect(existsSync("out")).toBe(false);
  });
});

describe("the path of an archive", () => {
  it("is none of an event file", async () => {
    const error = errorOf(LogdirError, () => new SummaryReader(parquet));
    expect(error).toMatchObject({ code: "NOT_AN_EVENT_FILE", path: parquet });
    expect(error.message).toBe(
      `${parquet} is a Parquet file, not an event file: openArchive opens an archive`,
    );
    await expect(verifyLogdir(parquet)).rejects.toMatchObject({ code: "NOT_AN_EVENT_FILE" });
  });
});
