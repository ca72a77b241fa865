// A folder of archives is read as the logdir that it was made from.
import { mkdirSync, readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, describe, expect, it } from "vitest";
import { archiveLogdir } from "../../src/archive/archive-logdir.js";
import { openArchive } from "../../src/archive/archived-log.js";
import { ArchiveError } from "../../src/errors.js";
import { SummaryReader } from "../../src/summary/summary-reader.js";
import { tnl } from "../cli/fake-io.js";
import { errorOf } from "../helpers/errors.js";
import { writeEveryRun } from "../helpers/same-reading.js";
import { useTempDir } from "../helpers/temp-dir.js";

const makeDir = useTempDir("archive-folder");
let logdir: string;
let folder: string;

beforeAll(async () => {
  const dir = makeDir();
  [logdir, folder] = [join(dir, "logs"), join(dir, "set")];
  await writeEveryRun(logdir);
  await archiveLogdir(logdir, folder, { partition: true, onError: () => {} });
});

describe("a folder of archives", () => {
  it("has the runs and the scalars of the logdir, in every view", () => {
    using archive = openArchive(folder);
    for (const options of [{}, { restarts: "all" }, { fullResolution: true }] as const) {
      const [there, here] = [archive, logdir].map((source) =>
        new SummaryReader(source, { ...options, onDamage: () => {} })
          .scalars()
          .map(({ run, tag, steps, values, wallTimes }) => ({ run, tag, steps, values, wallTimes })),
      );
      expect(there!.length).toBeGreaterThan(50);
      expect(there).toEqual(here);
    }
    expect(archive.manifests.length).toBe(
      readdirSync(folder, { recursive: true }).filter((name) => String(name).endsWith(".parquet")).length,
    );
  });

  it("is taken by the commands in place of the logdir", async () => {
    const [there, here] = [
      await tnl(["inspect", folder, "--json"]),
      await tnl(["inspect", logdir, "--json"]),
    ];
    const without = (text: string): unknown =>
      JSON.parse(text.replaceAll(folder, "LOGS").replaceAll(logdir, "LOGS"));
    expect(without(there.stdout)).toEqual(without(here.stdout));
    expect(there.code).toBe(here.code);
  });

  it("is none where there are event files, or nothing", async () => {
    const dir = makeDir();
    writeFileSync(join(dir, "a.parquet"), "PAR1");
    const { code, path } = errorOf(ArchiveError, () => openArchive(dir));
    expect({ code, path }).toEqual({ code: "NOT_AN_ARCHIVE", path: join(dir, "a.parquet") });
    expect((await tnl(["inspect", dir])).stderr).toContain("a.parquet is no archive");
    mkdirSync(join(dir, "run"));
    writeFileSync(join(dir, "run", "events.out.tfevents.1700000000.box.1"), "");
    expect((await tnl(["inspect", dir])).stdout).toContain("run");
    expect((await tnl(["inspect", makeDir()])).stderr).toContain("There is no event file in");
  });
});
