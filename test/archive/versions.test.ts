// An archive of every format that there was is restored and read, for ever.
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { openArchive } from "../../src/archive/archived-log.js";
import { FORMAT } from "../../src/archive/manifest.js";
import { SummaryReader } from "../../src/summary/summary-reader.js";
import { hashesOf, restoredFiles } from "../helpers/archives.js";
import { fixtures } from "../helpers/fixtures.js";

const folder = join(import.meta.dirname, "..", "fixtures", "archives");
const names = readdirSync(folder).filter((name) => name.endsWith(".parquet"));

it("there is one of each format, scripts/make-archive-fixture.ts", () => {
  const expected = Array.from({ length: FORMAT }, (_, i) => `v${i + 1}.parquet`);
  expect(names.toSorted()).toEqual(expected.toSorted());
});

describe.each(names)("%s", (name) => {
  it("is restored byte for byte", () => {
    const hashes = JSON.parse(
      readFileSync(join(folder, name.replace(".parquet", ".json")), "utf8"),
    ) as object;
    expect(Object.keys(hashes).length).toBeGreaterThan(50);
    expect(hashesOf(restoredFiles(join(folder, name)))).toEqual(hashes);
  });

  it("has the numbers that Google's protobuf reads from the event files", () => {
    using archive = openArchive(join(folder, name));
    const reader = new SummaryReader(archive, { restarts: "all", onDamage: () => undefined });
    for (const fixture of fixtures.filter(({ name: run }) => /^(torch|tensorboardx)-scalars$/.test(run))) {
      const read = [...reader.values({ runs: fixture.name, kinds: ["scalar"] })];
      expect(read.map(({ tag, step, value }) => [tag, step, value])).toEqual(fixture.scalars);
    }
  });
});
