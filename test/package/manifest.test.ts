// package.json says what the design says.
import { readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import manifest from "../../package.json" with { type: "json" };
import { root } from "./project.js";

const subpaths = Object.entries(manifest.exports).filter(([, target]) => typeof target === "object");

describe("package.json", () => {
  it("supports the lines of Node that are tested", () => {
    expect(manifest.engines).toEqual({ node: "^20.19.0 || ^22.12.0 || >=24" });
  });

  it("depends at run time on this and no more", () => {
    expect(Object.keys(manifest.dependencies)).toEqual([
      "cli-progress",
      "d3-scale",
      "d3-shape",
      "fastest-levenshtein",
      "gifenc",
      "hyparquet",
      "hyparquet-writer",
      "long",
      "picomatch",
      "protobufjs",
      "yargs",
    ]);
  });

  it("has what draws figures, the tfjs packages and what loads TypeScript as peers, every one optional", () => {
    const peers = [
      "@resvg/resvg-js",
      "@tensorflow/tfjs",
      "@tensorflow/tfjs-backend-wasm",
      "@tensorflow/tfjs-node",
      "tsx",
    ];
    expect(Object.keys(manifest.peerDependencies)).toEqual(peers);
    expect(manifest.peerDependenciesMeta).toEqual(
      Object.fromEntries(peers.map((name) => [name, { optional: true }])),
    );
  });

  it("is an ES module without side effects, under the MIT licence", () => {
    expect(manifest).toMatchObject({ type: "module", sideEffects: false, license: "MIT" });
    expect(readFileSync(join(root, "LICENSE"), "utf8")).toMatch(/^MIT License\n/);
  });

  it("runs nothing when it is installed", () => {
    const scripts = Object.keys(manifest.scripts);
    expect(scripts.filter((name) => /^(pre|post)?install$|^prepare$/.test(name))).toEqual([]);
  });
});

describe("exports", () => {
  it("has the root and package.json", () => {
    expect(Object.keys(manifest.exports)).toEqual(expect.arrayContaining([".", "./package.json"]));
    expect(manifest.exports["."]).toEqual({ types: manifest.types, default: manifest.main });
  });

  it.each(subpaths)("%s has types first, and both files are built", (subpath, target) => {
    const folder = subpath === "." ? "./dist" : `./dist/${subpath.slice(2)}`;
    expect(Object.entries(target)).toEqual([
      ["types", `${folder}/index.d.ts`],
      ["default", `${folder}/index.js`],
    ]);
    for (const file of Object.values(target)) expect(statSync(join(root, file)).isFile()).toBe(true);
  });
});

describe("bin", () => {
  it("has the long name and the short one, of one program", () => {
    expect(Object.keys(manifest.bin)).toEqual(["tensorboard-node-logger", "tnl"]);
    expect(new Set(Object.values(manifest.bin)).size).toBe(1);
  });

  it("is a built file that names its interpreter", () => {
    const text = readFileSync(join(root, manifest.bin.tnl), "utf8");
    expect(text.split("\n")[0]).toBe("#!/usr/bin/env node");
  });

  // Windows has no such bits; there npm writes a batch file.
  it.skipIf(process.platform === "win32")("is executable", () => {
    expect(statSync(join(root, manifest.bin.tnl)).mode & 0o111).toBe(0o111);
  });
});
