// The reporter in runs of vitest itself, on the tests of ./project.
import { execFile } from "node:child_process";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { describe, expect, it } from "vitest";
import { useTempDir } from "../helpers/temp-dir.js";

const tempDir = useTempDir("compatibility");
const vitest = join(dirname(createRequire(import.meta.url).resolve("vitest/package.json")), "vitest.mjs");
const project = join(import.meta.dirname, "project");

interface Run {
  readonly code: number;
  readonly output: string;
  readonly page: string | undefined;
}

function run(path: string, args: readonly string[], env: Record<string, string> = {}): Promise<Run> {
  const all = ["run", "--config", join(project, "vitest.config.ts"), ...args];
  const options = {
    cwd: project,
    env: { ...process.env, CI: "", NO_COLOR: "1", FORCE_COLOR: undefined, PAGE: path, ...env },
  };
  return new Promise((resolve) => {
    execFile(process.execPath, [vitest, ...all], options, (error, stdout, stderr) =>
      resolve({
        code: error === null ? 0 : Number(error.code),
        output: stdout + stderr,
        page: existsSync(path) ? readFileSync(path, "utf8") : undefined,
      }),
    );
  });
}

/** The cells of the rows that begin with this. */
const rowsOf = (page: string, start: string): string[][] =>
  page
    .split("\n")
    .filter((line) => line.startsWith(`| ${start}`))
    .map((line) =>
      line
        .slice(1, -1)
        .split("|")
        .map((cell) => cell.trim()),
    );

describe("docs/compatibility.md", () => {
  it("is made by a run of all tests, whatever its other reporters; then CI has nothing to say", async () => {
    const path = join(tempDir(), "page.md");
    const first = await run(path, ["--reporter=dot"]);
    expect(first.code, first.output).toBe(0);
    expect(first.output).toContain("made it anew");
    expect(rowsOf(first.page!, "`addText`")).toEqual([
      ["`addText`", "Text", "another program", "`decodeText`", "yes", "yes"],
      ["`addText`", "torch", "otherwise", "–", "–"],
    ]);
    const second = await run(path, [], { CI: "true" });
    expect(second.code, second.output).toBe(0);
    expect(second.output).not.toContain("compatibility.md");
    expect(second.page).toBe(first.page);
  });

  it("fails the run with CI=true where it is another one, and is left as it is", async () => {
    const path = join(tempDir(), "page.md");
    writeFileSync(path, "edited");
    const { code, output, page } = await run(path, [], { CI: "true" });
    expect([code, page]).toEqual([1, "edited"]);
    expect(output).toContain("5 passed | 1 skipped");
    expect(output).toContain("docs/compatibility.md is not what these tests found");
  });

  it("says no where one of several tests failed", async () => {
    const { code, page } = await run(join(tempDir(), "page.md"), [], { FAULT: "failed" });
    expect(code).toBe(1);
    expect(rowsOf(page!, "`addText`")[0]).toEqual(["`addText`", "Text", "no", "`decodeText`", "no", "no"]);
  });

  it.each<[string, string[], Record<string, string>, number]>([
    ["one file alone", ["proving"], {}, 0],
    ["some tests alone", ["-t", "text is shown"], {}, 0],
    ["a part of the files", ["--shard=1/2"], {}, 0],
    ["a test that proves something skipped", [], { FAULT: "skipped" }, 0],
    ["a suite that broke", [], { FAULT: "broken" }, 1],
  ])("is not touched by a run with %s", async (_, args, env, expected) => {
    const { code, output, page } = await run(join(tempDir(), "page.md"), args, env);
    expect([code, page], output).toEqual([expected, undefined]);
    expect(output).not.toContain("compatibility.md");
  });
});
