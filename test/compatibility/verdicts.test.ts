// What runs of tests say about the cells: all of them, or nothing.
import { describe, expect, it } from "vitest";
import type { Claim } from "./proves.js";
import { verdictsOf, type FileOutcome, type RunOutcome, type TestOutcome } from "./verdicts.js";

const claim = (column: Claim["column"], fact?: string): Claim => ({
  call: "addText",
  program: "ours",
  column,
  ...(fact !== undefined && { fact }),
});
const test = (state: TestOutcome["state"], ...claims: Claim[]): TestOutcome => ({ state, claims });
const file = (path: string, ...tests: TestOutcome[]): FileOutcome => ({
  path,
  isProving: true,
  isBroken: false,
  tests,
});
const run = (...files: FileOutcome[]): RunOutcome => ({
  allPaths: ["a", "b"],
  isInterrupted: false,
  files,
});
const [a, b] = [file("a", test("passed", claim("rust"))), file("b", test("passed"))];
/** The texts of rust, Python and the decoder. */
const cells = (outcome: RunOutcome): (string | undefined)[] | undefined => {
  const verdicts = verdictsOf(outcome);
  return verdicts && ["rust", "python", "read"].map((column) => verdicts.get(`addText ${column} ours`));
};

describe("verdictsOf", () => {
  it("is yes, or the tests' facts in the order of letters, where all of them passed, and no where one did not", () => {
    const more = file(
      "b",
      test("passed", claim("rust"), claim("python", "z"), claim("read")),
      test("passed", claim("python", "a"), claim("python")),
      test("passed", claim("python", "z")),
      test("failed", claim("read", "a fact")),
    );
    expect(cells(run(a, more))).toEqual(["yes", "a; z", "no"]);
    expect(cells(run(more, a))).toEqual(["yes", "a; z", "no"]);
  });

  it("says nothing of cells that no test speaks of", () => {
    expect(cells(run(a, b))).toEqual(["yes", undefined, undefined]);
  });

  it("is there also when tests that prove nothing failed or were skipped", () => {
    expect(cells(run(a, file("b", test("failed"))))).toEqual(["yes", undefined, undefined]);
    const other = { ...file("b", test("skipped")), isProving: false, isBroken: true };
    expect(cells(run(a, other))).toEqual(["yes", undefined, undefined]);
  });

  it.each<[string, RunOutcome]>([
    ["a test file did not run", run(a)],
    ["the run was interrupted", { ...run(a, b), isInterrupted: true }],
    ["a file that proves something broke", run(a, { ...b, isBroken: true })],
    ["a test of such a file was skipped", run(a, file("b", test("skipped")))],
    ["a test of such a file did not end", run(a, file("b", test("pending")))],
    ["no test proves anything", run({ ...a, isProving: false }, { ...b, isProving: false })],
  ])("is nothing when %s", (_, outcome) => {
    expect(verdictsOf(outcome)).toBeUndefined();
  });
});
