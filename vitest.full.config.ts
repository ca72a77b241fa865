// The tests of `npm run test:full`: the long ones, and only these.
import { configDefaults, defineConfig } from "vitest/config";
import quick from "./vitest.config.js";

const { projects: _, ...test } = quick.test!;

export default defineConfig({
  test: {
    ...test,
    include: ["test/**/*.full.test.ts"],
    exclude: configDefaults.exclude,
    // One file at a time: they measure memory, drive a browser, and run every step of the main job.
    fileParallelism: false,
    testTimeout: 10 * 60_000,
    hookTimeout: 10 * 60_000,
  },
});
