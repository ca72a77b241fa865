// docs/damage.md says of damage what the loaders showed of it, and has every code.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { DEFECT_CODES } from "../../src/events/verify/defect.js";
import { damageTable } from "./damage.js";

const page = readFileSync(join(import.meta.dirname, "..", "..", "docs", "damage.md"), "utf8");

test("the table is that of the runs in test/tensorboard/damage.test.ts", () => {
  expect(page).toContain(`\n${damageTable()}\n`);
});

test("every code has a line that says where it comes from", () => {
  const lines = page.split("\n").filter((line) => line.startsWith("- **`"));
  expect(lines.map((line) => /^- \*\*`([A-Z_0-9]+)`\*\*/.exec(line)?.[1])).toEqual([...DEFECT_CODES]);
});
