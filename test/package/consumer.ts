// What a user's project does with the installed package; the same checks for every version of Node.
import { cp, mkdir, mkdtemp, readdir, writeFile } from "node:fs/promises";
import { delimiter, dirname, join } from "node:path";
import { expect } from "vitest";
import manifest from "../../package.json" with { type: "json" };
import { run, runOrThrow } from "./process.js";
import { root, specifiers } from "./project.js";

/** Puts the programs of `consumer/` into a project that has the package installed. */
export async function addPrograms(project: string): Promise<void> {
  await cp(join(import.meta.dirname, "consumer"), project, { recursive: true });
}

/** `import` and `require` give the same names for every subpath. */
export async function expectImportAndRequire(project: string, node: string): Promise<void> {
  const imported = await runOrThrow(node, ["import.mjs", ...specifiers], { cwd: project });
  const names = JSON.parse(imported.stdout) as Record<string, string[]>;
  for (const specifier of specifiers) expect(names[specifier], specifier).not.toEqual([]);
  expect(names[manifest.name]).toContain("version");
  expect(imported.stderr).toBe("");
  const required = await runOrThrow(node, ["require.cjs", ...specifiers], { cwd: project });
  expect(JSON.parse(required.stdout)).toEqual(names);
}

/** Both commands answer `--version`, started by the links that npm makes. */
export async function expectCommands(project: string, node: string): Promise<void> {
  const path = `${dirname(node)}${delimiter}${process.env["PATH"] ?? ""}`;
  for (const name of ["tnl", "tensorboard-node-logger"]) {
    const command = join(project, "node_modules", ".bin", name);
    const outcome = await run(command, ["--version"], { cwd: project, env: { PATH: path } });
    expect(outcome, name).toEqual({ code: 0, stdout: `${manifest.version}\n`, stderr: "" });
  }
}

/** The main job, short: four runs, with every tenth step, read back by the package itself. */
export async function expectMainJob(project: string, node: string): Promise<void> {
  const logdir = await mkdtemp(join(project, "logs-"));
  const bin = join(project, "node_modules", manifest.name, manifest.bin.tnl);
  const job = [bin, "run", "--steps", "1000", "--logdir", logdir];
  await runOrThrow(node, job, { cwd: project });
  const { stdout } = await runOrThrow(node, ["read.mjs", logdir], { cwd: project });
  const runs = JSON.parse(stdout) as Record<string, Record<string, number[]>>;
  const names = ["Online_adam", "Online_amsgrad", "Stochastic_adam", "Stochastic_amsgrad"];
  expect(Object.keys(runs)).toEqual(names.flatMap((name) => [name, `${name}/epoch-0`]));
  const steps = Array.from({ length: 100 }, (_, i) => i * 10);
  for (const name of names) expect(runs[`${name}/epoch-0`]!["batch/est"]).toEqual(steps);
}

/** Importing changes nothing in the process, prints nothing, writes no file and keeps nothing running. */
export async function expectNoEffects(project: string, node: string, specifier: string): Promise<void> {
  const empty = join(project, "empty");
  await mkdir(empty, { recursive: true });
  const outcome = await run(node, [join(project, "effects.mjs"), specifier], { cwd: empty });
  expect(outcome).toEqual({ code: 0, stdout: "[]", stderr: "" });
  expect(await readdir(empty)).toEqual([]);
}

/** A strict NodeNext program compiles, with the declarations of the package and its dependencies checked too. */
export async function expectTypes(project: string): Promise<void> {
  const settings = {
    strict: true,
    exactOptionalPropertyTypes: true,
    noUncheckedIndexedAccess: true,
    module: "NodeNext",
    target: "ES2022",
    lib: ["ES2022"],
    skipLibCheck: false,
    noEmit: true,
    types: ["node"],
    typeRoots: [join(root, "node_modules", "@types")],
  };
  await writeFile(
    join(project, "tsconfig.json"),
    JSON.stringify({ compilerOptions: settings, files: ["consumer.ts"] }),
  );
  await writeFile(join(project, "consumer.ts"), consumerProgram());
  const tsc = join(root, "node_modules", "typescript", "bin", "tsc");
  const outcome = await run(process.execPath, [tsc, "-p", project], { cwd: project, timeout: 60_000 });
  expect(outcome).toEqual({ code: 0, stdout: "", stderr: "" });
}

/** Every subpath, and one wrong use: were a module typed `any`, the expected error would be missing. */
function consumerProgram(): string {
  const imports = specifiers.map((specifier, i) => `import * as module${i} from "${specifier}";`);
  const uses = specifiers.flatMap((_, i) => [
    `export type Names${i} = keyof typeof module${i};`,
    `// @ts-expect-error no module has this name`,
    `module${i}.isMissing;`,
  ]);
  const version = `export const version: "${manifest.version}" = module0.version;`;
  return [...imports, ...uses, version, ""].join("\n");
}
