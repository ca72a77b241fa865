// What publint and are-the-types-wrong say about the tarball: nothing.
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { publint } from "publint";
import { formatMessage } from "publint/utils";
import { afterAll, beforeAll, expect, it } from "vitest";
import manifest from "../../package.json" with { type: "json" };
import { run } from "./process.js";
import { pack, root, scratchDirectory } from "./project.js";

let directory: string;
let tarball: string;
let remove: () => Promise<void>;

beforeAll(async () => {
  ({ path: directory, remove } = await scratchDirectory());
  tarball = await pack(directory);
}, 60_000);

afterAll(() => remove());

it("passes publint without as much as a suggestion", async () => {
  const { buffer } = new Uint8Array(await readFile(tarball));
  const { messages, pkg } = await publint({ pack: { tarball: buffer } });
  expect(messages.map((message) => formatMessage(message, pkg, { color: false }))).toEqual([]);
});

it("passes are-the-types-wrong as an ESM-only package, at every subpath", async () => {
  const attw = join(root, "node_modules", "@arethetypeswrong", "cli", "dist", "index.js");
  const args = [attw, tarball, "--profile", "esm-only", "--no-definitely-typed", "--no-color", "--no-emoji"];
  const { code, stdout, stderr } = await run(process.execPath, args, { cwd: directory, timeout: 60_000 });
  expect({ code, stderr }, stdout).toEqual({ code: 0, stderr: "" });
  for (const subpath of Object.keys(manifest.exports)) {
    expect(stdout).toContain(`"${manifest.name}${subpath.slice(1)}"`);
  }
});
