// The build script, in a project of three files.
import { existsSync, statSync } from "node:fs";
import { cp, mkdir, readFile, rename, rm, symlink, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Outcome, run } from "./process.js";
import { root, scratchDirectory } from "./project.js";

let project: string;
let remove: () => Promise<void>;

const files = {
  "package.json": '{ "type": "module" }\n',
  "tsconfig.json":
    '{ "compilerOptions": { "strict": true, "module": "NodeNext", "lib": ["ES2022"], "types": [], "skipLibCheck": true } }\n',
  "tsconfig.build.json": `{
    "extends": "./tsconfig.json",
    "compilerOptions": { "rootDir": "src", "outDir": "dist", "declaration": true },
    "include": ["src"]
  }\n`,
  "proto/event.proto": 'syntax = "proto3";\n',
  "src/index.ts": 'export { one } from "./wire/proto/messages.js";\n',
  "src/wire/proto/messages.js": "export const one = 1;\n",
  "src/wire/proto/messages.d.ts": "export const one: number;\n",
  "src/cli/bin.ts": "#!/usr/bin/env node\nexport {};\n",
};

beforeAll(async () => {
  const scratch = await scratchDirectory();
  project = scratch.path;
  remove = scratch.remove;
  for (const [path, text] of Object.entries(files)) await write(path, text);
  await cp(join(root, "scripts", "build.mjs"), join(project, "scripts", "build.mjs"));
  await symlink(join(root, "node_modules"), join(project, "node_modules"), "junction");
});

afterAll(() => remove());

async function write(path: string, text: string): Promise<void> {
  await mkdir(dirname(join(project, path)), { recursive: true });
  await writeFile(join(project, path), text);
}

function build(...args: string[]): Promise<Outcome> {
  return run(process.execPath, [join(project, "scripts", "build.mjs"), ...args], { cwd: project });
}

async function isStale(): Promise<boolean> {
  const { code, stderr } = await build("--check");
  expect(stderr).toBe(code === 0 ? "" : "dist is stale; run npm run build\n");
  return code !== 0;
}

describe("scripts/build.mjs", () => {
  it("takes a project that was never built for stale, and does not build it with --check", async () => {
    expect(await isStale()).toBe(true);
    expect(existsSync(join(project, "dist"))).toBe(false);
  });

  it("compiles, and copies the generated codecs", async () => {
    expect(await build()).toEqual({ code: 0, stdout: "", stderr: "" });
    expect(await readFile(join(project, "dist/index.js"), "utf8")).toContain("./wire/proto/messages.js");
    for (const name of ["messages.js", "messages.d.ts"]) {
      const copy = await readFile(join(project, "dist/wire/proto", name), "utf8");
      expect(copy).toBe(await readFile(join(project, "src/wire/proto", name), "utf8"));
    }
    expect(await isStale()).toBe(false);
  });

  it.skipIf(process.platform === "win32")("makes the program executable", () => {
    expect(statSync(join(project, "dist/cli/bin.js")).mode & 0o111).toBe(0o111);
  });

  it("does nothing when nothing changed, and begins from nothing when something did", async () => {
    await write("dist/planted.js", "");
    expect((await build()).code).toBe(0);
    expect(existsSync(join(project, "dist/planted.js"))).toBe(true);
    await write("src/index.ts", "export const two = 2;\n");
    expect((await build()).code).toBe(0);
    expect(existsSync(join(project, "dist/planted.js"))).toBe(false);
    expect(await readFile(join(project, "dist/index.js"), "utf8")).toContain("two = 2");
  });

  it.each([
    "src/index.ts",
    "src/wire/proto/messages.js",
    "proto/event.proto",
    "package.json",
    "tsconfig.json",
    "tsconfig.build.json",
    "scripts/build.mjs",
  ])("takes a changed %s for stale", async (path) => {
    const text = await readFile(join(project, path), "utf8");
    await write(path, `${text}\n`);
    expect(await isStale()).toBe(true);
    await write(path, text);
    expect(await isStale()).toBe(false);
  });

  it("takes an added, a removed and a renamed file for stale", async () => {
    await write("src/extra.ts", "export {};\n");
    expect(await isStale()).toBe(true);
    await rm(join(project, "src/extra.ts"));
    expect(await isStale()).toBe(false);
    await rename(join(project, "src/cli/bin.ts"), join(project, "src/cli/bim.ts"));
    expect(await isStale()).toBe(true);
    await rename(join(project, "src/cli/bim.ts"), join(project, "src/cli/bin.ts"));
    expect(await isStale()).toBe(false);
  });

  it("ends with the compiler's message and code, and leaves no stamp", async () => {
    await write("src/index.ts", 'export const one: number = "one";\n');
    const { code, stdout } = await build();
    const tsc = join(root, "node_modules", "typescript", "bin", "tsc");
    const args = [tsc, "-p", "tsconfig.build.json", "--noEmitOnError"];
    const compiler = await run(process.execPath, args, { cwd: project });
    expect(code).not.toBe(0);
    expect({ code, stdout }).toEqual({ code: compiler.code, stdout: compiler.stdout });
    expect(stdout).toContain("src/index.ts(1,14): error TS2322");
    expect(await isStale()).toBe(true);
  });
});
