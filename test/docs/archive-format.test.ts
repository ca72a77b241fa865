// docs/archive-format.md: its logs are made and archived, and its queries in Python print what the page says.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { COLUMNS } from "../../src/archive/parquet/schema.js";
import { startTnl } from "../cli/child.js";
import { compilerErrors } from "../helpers/compiler.js";
import { describeWithPython, runPython } from "../helpers/python.js";
import { root } from "../package/project.js";
import { programsIn, runProgram, useProgramFiles } from "./programs.js";

const programFile = useProgramFiles();
const page = readFileSync(join(root, "docs/archive-format.md"), "utf8");

/** The blocks of a language. */
function blocks(language: string): string[] {
  return [...page.matchAll(new RegExp(`^\`\`\`${language}\\n(.*?)^\`\`\`$`, "gms"))].map(
    (match) => match[1]!,
  );
}

describeWithPython("docs/archive-format.md", () => {
  it("prints what it says", async () => {
    const file = programFile(programsIn("docs/archive-format.md").join("\n"));
    expect(compilerErrors(file)).toEqual([]);
    expect(runProgram(file)).toEqual({ status: 0, stdout: "", stderr: "" });
    const cwd = join(file, "..");
    const [command] = blocks("sh");
    const { code, stderr } = await startTnl(command!.trim().split(" ").slice(2), { cwd }).ended;
    expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
    const said = blocks("text");
    expect(said.length).toBeGreaterThan(5);
    const script = ["import os, sys", "os.chdir(sys.argv[1])", ...blocks("python")].join("\n");
    expect(await runPython(script, [cwd])).toBe(said.join(""));
  });

  it("has every column, in order", () => {
    const [, table = ""] = page.split("\n## Columns\n");
    const rows = [...table.split("\n## ")[0]!.matchAll(/^\| `(\w+)` +\|/gm)].map((match) => match[1]);
    expect(rows).toEqual(Object.keys(COLUMNS));
  });
});
