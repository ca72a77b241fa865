// docs/reading.md: its blocks, one after the other, are one program that compiles and prints what the page says; the page has every kind.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, describe, expect, test } from "vitest";
import { LOGGED_KINDS } from "../../src/summary/value-decoder.js";
import { compilerErrors } from "../helpers/compiler.js";
import { root } from "../package/project.js";
import { programsIn, runProgram, useProgramFiles } from "./programs.js";

const programFile = useProgramFiles();

describe("docs/reading.md", () => {
  let page: string;
  let file: string;
  beforeAll(() => {
    page = readFileSync(join(root, "docs/reading.md"), "utf8");
    file = programFile(programsIn("docs/reading.md").join("\n"));
  });

  test("compiles", () => {
    expect(compilerErrors(file)).toEqual([]);
  });

  test("prints what it says", () => {
    const said = [...page.matchAll(/^```text\n(.*?)^```$/gms)].map((match) => match[1]!);
    expect(said.length).toBeGreaterThan(4);
    expect(runProgram(file)).toEqual({ status: 0, stdout: said.join(""), stderr: "" });
  });

  test("has every kind", () => {
    const rows = page.split("\n").flatMap((line) => /^\| `(\w+)` +\|/.exec(line)?.[1] ?? []);
    expect(new Set(rows.filter((name) => name !== "kind"))).toEqual(LOGGED_KINDS);
  });
});
