// The tests of `npm test`: all but the long ones.
import { configDefaults, defineConfig } from "vitest/config";
import { CompatibilityReporter } from "./test/compatibility/reporter.js";

// Tests that share a process from file to file, which saves the third of their time that loading takes.
const SHARING = ["engine", "events", "experiments", "math", "plot", "summary", "wire"].map(
  (folder) => `test/${folder}/**/*.test.ts`,
);
// One that counts the timers of its process.
const ALONE = "test/engine/callbacks/progress-bar.test.ts";
const FULL = "test/**/*.full.test.ts";

export default defineConfig({
  plugins: [
    {
      name: "compatibility",
      // Not among `reporters`: those that a command line names take their place.
      configureVitest: ({ vitest }) => void vitest.config.reporters.push(new CompatibilityReporter()),
    },
  ],
  test: {
    projects: [
      {
        extends: true,
        test: {
          name: "sharing",
          include: SHARING,
          exclude: [...configDefaults.exclude, FULL, ALONE],
          isolate: false,
        },
      },
      {
        extends: true,
        test: {
          name: "apart",
          include: ["test/**/*.test.ts"],
          exclude: [...configDefaults.exclude, FULL, ...SHARING],
        },
      },
      { extends: true, test: { name: "alone", include: [ALONE] } },
    ],
    globalSetup: ["test/helpers/python.ts", "test/helpers/browser.ts"],
    // Processes, not threads: signals, exit listeners and memory are then the test's own.
    pool: "forks",
    maxWorkers: 2,
    testTimeout: 60_000,
    hookTimeout: 60_000,
  },
});
