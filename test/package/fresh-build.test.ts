// What the other tests of this folder look at, dist, was built from the sources as they are now.
import { join } from "node:path";
import { expect, it } from "vitest";
import { run } from "./process.js";
import { root } from "./project.js";

it("is not stale: else run npm run build", async () => {
  const outcome = await run(process.execPath, [join(root, "scripts", "build.mjs"), "--check"], { cwd: root });
  expect(outcome).toEqual({ code: 0, stdout: "", stderr: "" });
});
