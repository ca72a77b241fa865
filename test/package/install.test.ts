// The packed tarball, installed into an empty project, is what the README promises.
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import manifest from "../../package.json" with { type: "json" };
import {
  addPrograms,
  expectCommands,
  expectImportAndRequire,
  expectNoEffects,
  expectTypes,
} from "./consumer.js";
import { run } from "./process.js";
import { install, installOnly, pack, scratchDirectory, specifiers } from "./project.js";

/** All that a training script loads. To add one here is a decision: everybody pays for it at start-up. */
const loadedByRoot = ["fastest-levenshtein", "long", "picomatch", "protobufjs"];

const lazy = Object.keys(manifest.dependencies).filter((name) => !loadedByRoot.includes(name));
const node = process.execPath;
let project: string;
let bare: string;
let remove: () => Promise<void>;

beforeAll(async () => {
  const scratch = await scratchDirectory();
  remove = scratch.remove;
  project = join(scratch.path, "project");
  bare = join(scratch.path, "bare");
  await install(project, await pack(scratch.path));
  await addPrograms(project);
  await installOnly(bare, project, loadedByRoot, ["archive", "cli", "plot", "tfjs"]);
  await addPrograms(bare);
}, 120_000);

afterAll(() => remove());

describe("the tarball, installed", () => {
  it("can be imported and required", () => expectImportAndRequire(project, node));

  it("has both commands", () => expectCommands(project, node));

  it("has types that a strict program compiles with", () => expectTypes(project));

  it.each(specifiers)("has no effects when %s is imported", (specifier) =>
    expectNoEffects(project, node, specifier),
  );
});

describe("the root", () => {
  it("loads no yargs, no plot, no archive: it works where they are not", async () => {
    const { code, stdout, stderr } = await run(node, ["import.mjs", manifest.name], { cwd: bare });
    expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
    expect(JSON.parse(stdout)).toHaveProperty([manifest.name]);
  });

  it.each(lazy)("was tested where %s cannot be loaded", async (name) => {
    const { code, stderr } = await run(node, ["import.mjs", name], { cwd: bare });
    expect(code).toBe(1);
    expect(stderr).toContain(`Error: ${name} was loaded`);
  });
});
