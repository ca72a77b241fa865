// The tests of `npm test`: all but the long ones.
import { configDefaults, defineConfig } from "vitest/config";
import { CompatibilityReporter } from "./test/compatibility/reporter.js";

export default defineConfig({
  plugins: [
    {
      name: "compatibility",
      // Not among `reporters`: those that a command line names take their place.
      configureVitest: ({ vitest }) => void vitest.config.reporters.push(new CompatibilityReporter()),
    },
  ],
  test: {
    include: ["test/**/*.test.ts"],
    exclude: [...configDefaults.exclude, "test/**/*.full.test.ts"],
    globalSetup: ["test/helpers/python.ts", "test/helpers/browser.ts"],
    // Processes, not threads: signals, exit listeners and memory are then the test's own.
    pool: "forks",
    maxWorkers: 2,
    testTimeout: 60_000,
    hookTimeout: 60_000,
  },
});
