// The layers of src: nothing imports upwards, no folder is unknown, no file is long.
import { readdirSync, readFileSync } from "node:fs";
import { join, relative, sep } from "node:path";
import { describe, expect, it } from "vitest";
import manifest from "../package.json" with { type: "json" };
import { importsOf, layerViolations } from "./layers.js";

const root = join(import.meta.dirname, "..");
const declared = [...Object.keys(manifest.dependencies), ...Object.keys(manifest.peerDependencies)];
const longestFile = 400;

/** The files below a folder that end in one of `endings`, by path from it; nothing installed, nothing hidden. */
function filesBelow(folder: string, endings: RegExp): Map<string, string> {
  const paths = readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && endings.test(entry.name))
    .map((entry) => relative(folder, join(entry.parentPath, entry.name)).split(sep).join("/"))
    .filter((path) => !/(^|\/)(node_modules|\.[^/]*)\//.test(path));
  return new Map(paths.map((path) => [path, readFileSync(join(folder, path), "utf8")]));
}

function violations(sources: Record<string, string>): string[] {
  return layerViolations(new Map(Object.entries(sources)), declared);
}

describe("src", () => {
  const sources = filesBelow(join(root, "src"), /\.[cm]?[jt]sx?$/);

  it("imports only downwards", () => {
    expect(sources.size).toBeGreaterThan(0);
    expect(layerViolations(sources, declared)).toEqual([]);
  });

  it("finds the imports that are there", () => {
    expect([...sources].flatMap(([path, text]) => importsOf(path, text)).length).toBeGreaterThan(5);
  });
});

describe("every folder with code", () => {
  const endings = /\.(ts|mts|js|mjs|cjs|c|py|proto|sh)$/;

  it.each(["src", "test", "scripts", "bench", "examples", "proto"])(
    `%s has no file of more than ${longestFile} lines`,
    (folder) => {
      const isWritten = ([path]: [string, string]) => !path.startsWith("wire/proto/");
      const long = [...filesBelow(join(root, folder), endings)]
        .filter(isWritten)
        .map(([path, text]) => ({ path, lines: text.split("\n").length - 1 }))
        .filter(({ lines }) => lines > longestFile);
      expect(long).toEqual([]);
    },
  );
});

describe("the layer check, on planted sources", () => {
  const below = { "wire/crc.ts": "", "events/file.ts": "", "engine/trial.ts": "", "plot/figure.ts": "" };

  it("passes what builds on what is below, at any depth", () => {
    expect(
      violations({
        ...below,
        "errors.ts": "",
        "math/random.ts": 'import { A } from "../errors.js";',
        "summary/scalars.ts": 'import { a } from "../wire/crc.js"; import b from "../events/file.js";',
        "experiments/run.ts": 'import { f } from "../plot/figure.js"; import "../wire/crc.js";',
        "cli/run.ts": 'import("../experiments/run.js"); import yargs from "yargs";',
        "index.ts": 'export { t } from "./engine/trial.js";',
      }),
    ).toEqual([]);
  });

  it.each([
    ["a static import", 'import { a } from "../events/file.js";'],
    ["an import for its effects", 'import "../events/file.js";'],
    ["a type-only import", 'import type { A } from "../events/file.js";'],
    ["an import of one type", 'import { type A } from "../events/file.js";'],
    ["a dynamic import", 'const load = async () => import("../events/file.js");'],
    ["a dynamic import in a template", "void import(`../events/file.js`);"],
    ["a type in place", 'let a: import("../events/file.js").A;'],
    ["a re-export", 'export { a } from "../events/file.js";'],
    ["a re-export of all", 'export * from "../events/file.js";'],
    ["a re-export of types", 'export type { A } from "../events/file.js";'],
    ["require", 'const a = require("../events/file.js");'],
    ["import =", 'import a = require("../events/file.js");'],
  ])("rejects an upward import: %s", (_, text) => {
    expect(violations({ ...below, "wire/bad.ts": `// One line.\n${text}` })).toEqual([
      "wire/bad.ts:2: wire imports events",
    ]);
  });

  it.each([
    ["events", "engine/trial"],
    ["engine", "plot/figure"],
    ["analysis", "engine/trial"],
    ["archive", "engine/trial"],
    ["tfjs", "plot/figure"],
    ["math", "wire/crc"],
  ])("rejects %s importing %s", (layer, target) => {
    expect(violations({ ...below, [`${layer}/bad.ts`]: `import "../${target}.js";` })).toEqual([
      `${layer}/bad.ts:1: ${layer} imports ${target.split("/")[0]}`,
    ]);
  });

  it("is not fooled by a path that goes round", () => {
    expect(violations({ ...below, "wire/bad.ts": 'import "../wire/../events/file.js";' })).toHaveLength(1);
    expect(violations({ ...below, "wire/bad.ts": 'import "./sub/../../events/file.js";' })).toHaveLength(1);
  });

  it("does not take comments and strings for imports", () => {
    const text = '// import "../events/file.js"\nconst a = \'import "../events/file.js"\';';
    expect(violations({ ...below, "wire/good.ts": text })).toEqual([]);
  });

  it("rejects an unknown folder and an unknown file at the root", () => {
    expect(violations({ "utils/strings.ts": "", "helpers.ts": "" })).toEqual([
      "helpers.ts:1: helpers.ts is not a layer",
      "utils/strings.ts:1: utils is not a layer",
    ]);
  });

  it("lets experiments load tfjs by import() alone", () => {
    const tfjs = { "tfjs/adapter.ts": 'import * as tf from "@tensorflow/tfjs";' };
    expect(violations({ ...tfjs, "experiments/a.ts": 'await import("../tfjs/adapter.js");' })).toEqual([]);
    expect(violations({ ...tfjs, "experiments/a.ts": 'import "../tfjs/adapter.js";' })).toEqual([
      "experiments/a.ts:1: experiments imports tfjs",
    ]);
  });

  it("rejects plot, archive and cli at the root, also by way of experiments", () => {
    expect(violations({ ...below, "index.ts": 'export * from "./plot/figure.js";' })).toEqual([
      "index.ts:1: index.ts imports plot",
      "plot/figure.ts:1: index.ts loads plot",
    ]);
    const experiments = { "experiments/run.ts": 'import "../plot/figure.js";' };
    expect(violations({ ...below, ...experiments, "index.ts": 'import "./experiments/run.js";' })).toContain(
      "plot/figure.ts:1: index.ts loads plot",
    );
  });

  it("rejects a package of another layer, an undeclared one, and what cannot be read off", () => {
    expect(
      violations({
        "events/a.ts": 'import yargs from "yargs/helpers";',
        "events/b.ts": 'import tf from "@tensorflow/tfjs-node";',
        "events/c.ts": 'import _ from "left-pad/lib/a.js";',
        "events/d.ts": 'import fs from "fs";',
        "events/e.ts": "void import(name);",
        "events/f.ts": 'import "../../package.json";',
      }),
    ).toEqual([
      "events/a.ts:1: yargs/helpers belongs to cli",
      "events/b.ts:1: @tensorflow/tfjs-node belongs to tfjs",
      "events/c.ts:1: left-pad/lib/a.js is not declared in package.json",
      "events/d.ts:1: fs is not declared in package.json",
      "events/e.ts:1: imports something that only a run can tell",
      "events/f.ts:1: ../../package.json is no file of src",
    ]);
  });
});
