// What a run of tests says about the cells of docs/compatibility.md: all of them, or nothing.
import type { Claim } from "./proves.js";

/** What is to be known of a test that ran. */
export interface TestOutcome {
  readonly state: "passed" | "failed" | "skipped" | "pending";
  readonly claims: readonly Claim[];
}

export interface FileOutcome {
  readonly path: string;
  /** It has tests that prove something, and say so when they run. */
  readonly isProving: boolean;
  /** It broke outside of its tests, so that some of them may not be known. */
  readonly isBroken: boolean;
  readonly tests: readonly TestOutcome[];
}

export interface RunOutcome {
  /** Every test file that there is. */
  readonly allPaths: readonly string[];
  readonly isInterrupted: boolean;
  readonly files: readonly FileOutcome[];
}

/** Of one call and program what stands in the columns. */
export type Verdicts = ReadonlyMap<string, string>;

/** The key of a cell. */
export function cellOf({ call, program, column }: Claim): string {
  return `${call} ${column} ${program}`;
}

/**
 * The text of each cell that tests speak of: "yes" or their facts when all of them passed, else "no". Nothing at all when only a part of the
 * test files ran, or a test was skipped that may prove something.
 */
export function verdictsOf({ allPaths, isInterrupted, files }: RunOutcome): Verdicts | undefined {
  const ran = new Set(files.map(({ path }) => path));
  const proving = files.filter(({ isProving }) => isProving);
  const tests = proving.flatMap((file) => file.tests);
  const isWhole =
    !isInterrupted &&
    allPaths.every((path) => ran.has(path)) &&
    proving.every(({ isBroken }) => !isBroken) &&
    tests.every(({ state }) => state === "passed" || state === "failed");
  if (!isWhole || tests.length === 0) return undefined;

  const cells = new Map<string, { passed: boolean; facts: Set<string> }>();
  for (const { state, claims } of tests) {
    for (const claim of claims) {
      const key = cellOf(claim);
      const cell = cells.get(key) ?? { passed: true, facts: new Set() };
      cells.set(key, cell);
      if (state !== "passed") cell.passed = false;
      if (claim.fact !== undefined) cell.facts.add(claim.fact);
    }
  }
  // The order in which files end is another each time.
  const textOf = ({ passed, facts }: { passed: boolean; facts: Set<string> }): string =>
    passed ? [...facts].toSorted().join("; ") || "yes" : "no";
  return new Map([...cells].map(([key, cell]) => [key, textOf(cell)]));
}
