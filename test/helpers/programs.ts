// Programs that tests start as processes of their own, to see them end: compiled from test/**/programs and src, once a test file.
import { spawn, type ChildProcess } from "node:child_process";
import { cpSync, mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import ts from "typescript";

const project = join(import.meta.dirname, "..", "..");
/** What the programs may import: the layers up to archive. */
const LAYERS = [
  "src/errors.ts",
  "src/version.ts",
  "src/math",
  "src/wire",
  "src/events",
  "src/summary",
  "src/archive",
];

/** Compiles the programs of `folder` (from the project, with `/`) into `directory`, and gives where they are. */
export function compilePrograms(folder: string, directory: string): string {
  for (const path of [...LAYERS, folder].flatMap(filesAt)) {
    const target = join(directory, path);
    mkdirSync(dirname(target), { recursive: true });
    if (!path.endsWith(".ts")) cpSync(join(project, path), target);
    else if (!path.endsWith(".d.ts")) writeFileSync(target.replace(/\.ts$/, ".js"), compiled(path));
  }
  writeFileSync(join(directory, "package.json"), '{ "type": "module" }\n');
  symlinkSync(join(project, "node_modules"), join(directory, "node_modules"), "junction");
  return join(directory, folder);
}

/**
 * Compiles the programs of `folder` into `directory`, and gives where they are. They import the built package by its name, as those of users
 * do, and so do modules that `tnl` is told to load: both have the one that it has.
 */
export function compileUsersPrograms(folder: string, directory: string): string {
  for (const path of filesAt(folder)) {
    writeFileSync(join(directory, basename(path).replace(/\.ts$/, ".js")), compiled(path));
  }
  writeFileSync(join(directory, "package.json"), '{ "type": "module" }\n');
  mkdirSync(join(directory, "node_modules"));
  symlinkSync(project, join(directory, "node_modules", "tensorboard-node-logger"), "junction");
  return directory;
}

function filesAt(path: string): string[] {
  if (path.endsWith(".ts")) return [path];
  return readdirSync(join(project, path), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name).slice(project.length + 1));
}

function compiled(path: string): string {
  const options = {
    module: ts.ModuleKind.ESNext,
    target: ts.ScriptTarget.ES2022,
    verbatimModuleSyntax: true,
  };
  return ts.transpileModule(readFileSync(join(project, path), "utf8"), { compilerOptions: options })
    .outputText;
}

/** How a program ended, and all it wrote. */
export interface End {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Called while a program runs. */
export interface Watch {
  onStart?(child: ChildProcess): void;
  /** With all of its stdout so far, whenever more has come. */
  onOutput?(child: ChildProcess, stdout: string): void;
  /** How long it may run; half a minute. */
  readonly timeoutMs?: number;
}

/**
 * Runs a compiled program to its end. One that does not end in time is killed, which shows in its `signal`.
 */
export async function runProgram(path: string, args: readonly string[], watch: Watch = {}): Promise<End> {
  const child = spawn(process.execPath, [path, ...args], {
    stdio: ["ignore", "pipe", "pipe"],
    timeout: watch.timeoutMs ?? 30_000,
    killSignal: "SIGKILL",
    env: { PATH: process.env["PATH"] ?? "" },
  });
  watch.onStart?.(child);
  let stdout = "";
  let stderr = "";
  child.stdout.setEncoding("utf8").on("data", (text: string) => {
    stdout += text;
    watch.onOutput?.(child, stdout);
  });
  child.stderr.setEncoding("utf8").on("data", (text: string) => (stderr += text));
  return new Promise((resolve, reject) => {
    child.once("error", reject);
    // Not "exit": what it wrote before it was killed may still be in the pipe.
    child.once("close", (code, signal) => resolve({ code, signal, stdout, stderr }));
  });
}
