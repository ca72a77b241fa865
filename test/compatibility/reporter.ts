// After a run of all tests, docs/compatibility.md is what they found; with CI=true a page that is not fails the run. It reports nothing else.
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Reporter, TestModule, TestRunEndReason, TestSpecification, Vitest } from "vitest/node";
import { isCi } from "../helpers/ci.js";
import { pageOf } from "./page.js";
import { verdictsOf, type RunOutcome } from "./verdicts.js";
import { programVersions } from "./versions.js";

/** What the reporter asks of vitest. */
type Tests = Pick<Vitest, "globTestSpecifications">;

export class CompatibilityReporter implements Reporter {
  readonly #path: string;
  #tests: Tests | undefined;

  /** `path` is the page's, unless it is that of the documentation. */
  constructor(path = join(import.meta.dirname, "..", "..", "docs", "compatibility.md")) {
    this.#path = path;
  }

  onInit(tests: Tests): void {
    this.#tests = tests;
  }

  async onTestRunEnd(
    modules: readonly TestModule[],
    _errors: unknown,
    reason: TestRunEndReason,
  ): Promise<void> {
    const all = await this.#tests!.globTestSpecifications();
    const verdicts = verdictsOf(outcomeOf(all, modules, reason));
    if (verdicts === undefined) return;
    const page = pageOf(verdicts, programVersions());
    if (page === readOptional(this.#path)) return;
    if (isCi()) {
      say("docs/compatibility.md is not what these tests found. They make it: run `npm test` and commit it.");
      process.exitCode = 1;
    } else {
      writeFileSync(this.#path, page);
      say("docs/compatibility.md has changed: these tests made it anew. Look at it and commit it.");
    }
  }
}

function say(line: string): void {
  process.stderr.write(`${line}\n`);
}

function outcomeOf(
  all: readonly Pick<TestSpecification, "moduleId">[],
  modules: readonly TestModule[],
  reason: TestRunEndReason,
): RunOutcome {
  return {
    allPaths: all.map(({ moduleId }) => moduleId),
    isInterrupted: reason === "interrupted",
    files: modules.map((module) => ({
      path: module.moduleId,
      isProving: readFileSync(module.moduleId, "utf8").includes("compatibility/proves.js"),
      isBroken: [module, ...module.children.allSuites()].some((each) => each.errors().length > 0),
      tests: Array.from(module.children.allTests(), (test) => {
        const { proves = [] } = test.meta();
        return { state: test.result().state, claims: proves };
      }),
    })),
  };
}

function readOptional(path: string): string | undefined {
  try {
    return readFileSync(path, "utf8");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return undefined;
    throw error;
  }
}
