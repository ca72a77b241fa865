// Writes test/fixtures/archives/v1.parquet, of the format that is written now, and what must come out of it: `npx tsx scripts/make-archive-fixture.ts`.
//
// Once for each format: what a version wrote has to be restored for ever. The hashes are those of the files that go in, not what the archive says.
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { FORMAT } from "../src/archive/manifest.js";
import { archiveFiles, type Files, hashesOf } from "../test/helpers/archives.js";
import { DAMAGED_RUNS } from "../test/helpers/damaged-runs.js";
import { fixtures } from "../test/helpers/fixtures.js";
import { whole } from "../test/helpers/mutations.js";

const folder = join(import.meta.dirname, "..", "test", "fixtures", "archives");
const path = join(folder, `v${FORMAT}.parquet`);
if (existsSync(path)) throw new Error(`${path} is there: an archive of a format stays as it was made`);

const NAME = "events.out.tfevents.1700000000.box.1.0";
const files: Files = {
  ...Object.fromEntries(
    fixtures.map(({ name, path: file }) => [`${name}/${NAME}`, new Uint8Array(readFileSync(file))]),
  ),
  ...Object.fromEntries(
    DAMAGED_RUNS.flatMap(({ name, files: its }) =>
      Object.entries(its).map(([file, bytes]) => [`damaged/${name}/${file}`, bytes]),
    ),
  ),
  "bounded/records.out.1700000000.box.1.0": whole.bytes,
  "notes.txt": Buffer.from("a file of something else\n"),
  "empty.txt": new Uint8Array(),
};
mkdirSync(folder, { recursive: true });
// Some row groups, of which one ends within a file.
archiveFiles(path, files, { maxRows: 500 });
writeFileSync(join(folder, `v${FORMAT}.json`), `${JSON.stringify(hashesOf(files), null, 2)}\n`);
