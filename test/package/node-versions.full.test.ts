// The packed tarball on every other supported line of Node, each from npm.
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import {
  addPrograms,
  expectCommands,
  expectImportAndRequire,
  expectMainJob,
  expectNoEffects,
} from "./consumer.js";
import { runOrThrow } from "./process.js";
import { install, pack, scratchDirectory, specifiers } from "./project.js";

const lines = [20, 22, 24];
const platform = process.platform === "win32" ? "win" : process.platform;
const program = process.platform === "win32" ? "node.exe" : "node";

let project: string;
let nodes: string;
let remove: () => Promise<void>;

beforeAll(async () => {
  const scratch = await scratchDirectory();
  remove = scratch.remove;
  project = join(scratch.path, "project");
  nodes = join(scratch.path, "nodes");
  await install(project, await pack(scratch.path));
  await addPrograms(project);
  // What npm's `node` package unpacks, by alias: three lines side by side, and no install script has to run.
  await install(nodes, ...lines.map((line) => `node${line}@npm:node-${platform}-${process.arch}@${line}`));
}, 300_000);

afterAll(() => remove());

describe.each(lines)("Node %i", (line) => {
  const node = () => join(nodes, "node_modules", `node${line}`, "bin", program);

  it("is what runs", async () => {
    const { stdout } = await runOrThrow(node(), ["--version"], { cwd: project });
    expect(stdout).toMatch(new RegExp(`^v${line}\\.`));
  });

  it("imports and requires every subpath", () => expectImportAndRequire(project, node()));

  it("runs both commands", () => expectCommands(project, node()));

  it("does the main job", () => expectMainJob(project, node()));

  it.each(specifiers)("sees no effects when %s is imported", (specifier) =>
    expectNoEffects(project, node(), specifier),
  );
});
