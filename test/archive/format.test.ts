// docs/archive-format.md says enough: programs in Python that know nothing else restore archives, and write such that are restored and read.
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, expect, it } from "vitest";
import { openArchive } from "../../src/archive/archived-log.js";
import { SummaryReader } from "../../src/summary/summary-reader.js";
import { archiveFiles, type Files, hashesOf, restoredFiles } from "../helpers/archives.js";
import { DAMAGED_RUNS } from "../helpers/damaged-runs.js";
import { fixtures } from "../helpers/fixtures.js";
import { describeWithPython, runPython } from "../helpers/python.js";
import { useTempDir } from "../helpers/temp-dir.js";

const tempDir = useTempDir("archive-format");

function script(name: string): string {
  return readFileSync(join(import.meta.dirname, "python", name), "utf8");
}

const good: Files = {
  ...Object.fromEntries(
    fixtures.map(({ name, path }) => [
      `${name}/events.out.tfevents.1.box`,
      new Uint8Array(readFileSync(path)),
    ]),
  ),
  "notes.txt": Buffer.from("a file of something else\n"),
  "empty.txt": new Uint8Array(),
};
const all: Files = {
  ...good,
  ...Object.fromEntries(
    DAMAGED_RUNS.flatMap(({ name, files }) =>
      Object.entries(files).map(([file, bytes]) => [`${name}/${file}`, bytes]),
    ),
  ),
};

/** The files below a directory. */
function filesIn(directory: string): Files {
  const entries = readdirSync(directory, { recursive: true, withFileTypes: true });
  const paths = entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
  return Object.fromEntries(
    paths.map((path) => [path.slice(directory.length + 1).replaceAll("\\", "/"), readFileSync(path)]),
  );
}

describeWithPython("an archive", () => {
  let logdir: string;
  beforeAll(() => {
    logdir = tempDir();
    for (const [name, bytes] of Object.entries(good)) {
      mkdirSync(join(logdir, name, ".."), { recursive: true });
      writeFileSync(join(logdir, name), bytes);
    }
  });

  it.each([undefined, 5])(
    "of row groups of at most %s rows is restored by another program",
    async (maxRows) => {
      const archive = join(tempDir(), "logs.parquet");
      archiveFiles(archive, all, maxRows === undefined ? {} : { maxRows });
      const target = tempDir();
      const said = await runPython(script("restore_archive.py"), [archive, target]);
      const files = said
        .trim()
        .split("\n")
        .map((line) => JSON.parse(line) as { path: string; same: boolean });
      expect(files.filter(({ same }) => !same)).toEqual([]);
      expect(files.length).toBe(Object.keys(all).length);
      expect(hashesOf(filesIn(target))).toEqual(hashesOf(all));
    },
  );

  it("that another program wrote is restored", async () => {
    const archive = join(tempDir(), "python.parquet");
    await runPython(script("write_archive.py"), [logdir, archive]);
    expect(hashesOf(restoredFiles(archive))).toEqual(hashesOf(good));
  });

  it("that another program wrote is read", async () => {
    const archive = join(tempDir(), "python.parquet");
    await runPython(script("write_archive.py"), [logdir, archive]);
    const opened = openArchive(archive);
    const options = { restarts: "all" } as const;
    expect([...new SummaryReader(opened, options).values()]).toEqual([
      ...new SummaryReader(logdir, options).values(),
    ]);
    expect(new SummaryReader(opened, options).scalars({ tags: "loss" })).toEqual(
      new SummaryReader(logdir, options).scalars({ tags: "loss" }),
    );
    opened.close();
  });
});
