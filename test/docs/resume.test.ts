// docs/resume.md names the programs and the files that the tests continue.
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { fixtures } from "../helpers/fixtures.js";

const page = readFileSync(fileURLToPath(new URL("../../docs/resume.md", import.meta.url)), "utf8");
const rows = page.split("\n").filter((line) => line.startsWith("| "));
// The others are files of single dashboards.
const isBeginning = /^peer-(torch|torch-purge-step|tensorboardx|tensorflow|tensorflow-1)$/;
const peers = fixtures.filter(({ name, file }) => file !== undefined && isBeginning.test(name));

test("there are five of them", () => {
  expect(peers).toHaveLength(5);
});

test.each(peers)("docs/resume.md has the file of $name, by $program", ({ program, file }) => {
  const pattern = file!
    .replace(/\.\d{10}\.host/, ".<s>.<host>")
    .replace(/\.\d+\.\d+(\.v2)?$/, ".<pid>.<n>$1");
  const row = rows.filter((line) => line.startsWith(`| ${program} `) && line.includes(`\`${pattern}\``));
  // A second writer of the same program may name its files the same way.
  expect(row.length).toBeGreaterThan(0);
});
