// A project whose tests reporter.test.ts runs: what the reporter makes of whole runs, of parts and of failures.
import { defineConfig } from "vitest/config";
import { CompatibilityReporter } from "../reporter.js";

export default defineConfig({
  plugins: [
    {
      name: "compatibility",
      configureVitest: ({ vitest }) =>
        void vitest.config.reporters.push(new CompatibilityReporter(process.env["PAGE"])),
    },
  ],
  test: { include: ["*.case.ts"], root: import.meta.dirname, pool: "forks" },
});
