// The programs in the project's pages: found, run as they stand there, and what they logged.
import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll } from "vitest";
import { EventFileReader, findRuns } from "../../src/events/index.js";
import { root } from "../package/project.js";

/** The TypeScript blocks of a page, which is named from the project's directory. */
export function programsIn(page: string): string[] {
  const text = readFileSync(join(root, page), "utf8");
  return [...text.matchAll(/^```ts\n(.*?)^```$/gms)].map((match) => match[1]!);
}

/**
 * Call at the top of a test file. The function it returns writes a program into a new directory inside the project, so that the package finds
 * itself by its name, and gives its path.
 */
export function useProgramFiles(): (program: string) => string {
  let dir: string;
  let count = 0;
  beforeAll(() => {
    mkdirSync(join(root, ".cache"), { recursive: true });
    dir = mkdtempSync(join(root, ".cache", "docs-"));
  });
  afterAll(() => rmSync(dir, { recursive: true, force: true }));
  return (program) => {
    const file = join(dir, String(count++), "program.ts");
    mkdirSync(join(file, ".."));
    writeFileSync(file, program);
    return file;
  };
}

/** Runs a program in its own directory. */
export function runProgram(file: string): { status: number | null; stdout: string; stderr: string } {
  const tsx = join(root, "node_modules", "tsx", "dist", "cli.mjs");
  const { status, stdout, stderr } = spawnSync(process.execPath, [tsx, file], {
    cwd: join(file, ".."),
    encoding: "utf8",
    timeout: 50_000,
  });
  return { status, stdout, stderr };
}

/** The steps of each tag of each run of a logdir, in the order of the files. */
export function stepsIn(logdir: string): Record<string, Record<string, (number | bigint)[]>> {
  const byRun: Record<string, Record<string, (number | bigint)[]>> = {};
  for (const run of findRuns(logdir)) {
    const byTag: Record<string, (number | bigint)[]> = (byRun[run.name] = {});
    for (const file of run.files) {
      using reader = new EventFileReader(file);
      for (const { step, summary = [] } of reader) {
        for (const { tag } of summary) (byTag[tag] ??= []).push(step);
      }
    }
  }
  return byRun;
}

/** How many points each tag of each run of a logdir has. */
export function countsIn(logdir: string): Record<string, Record<string, number>> {
  const count = (byTag: Record<string, unknown[]>) =>
    Object.fromEntries(Object.entries(byTag).map(([tag, steps]) => [tag, steps.length]));
  return Object.fromEntries(Object.entries(stepsIn(logdir)).map(([run, byTag]) => [run, count(byTag)]));
}
