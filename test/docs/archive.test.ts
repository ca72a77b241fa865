// docs/archive.md: its program prints what its files are, and its commands do what they are said to.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { startTnl } from "../cli/child.js";
import { filesBelow } from "../archive/logdirs.js";
import { compilerErrors } from "../helpers/compiler.js";
import { root } from "../package/project.js";
import { programsIn, runProgram, useProgramFiles } from "./programs.js";

const programFile = useProgramFiles();
const page = readFileSync(join(root, "docs/archive.md"), "utf8");

/** The commands of the page, without `npx`. */
const COMMANDS = [...page.matchAll(/^npx tnl (.*?) *(?:#.*)?$/gm)].map((match) => match[1]!);

it("its program runs, and its commands behind it", async () => {
  const [program] = programsIn("docs/archive.md");
  const file = programFile(program!);
  expect(compilerErrors(file)).toEqual([]);
  expect(runProgram(file)).toEqual({ status: 0, stdout: "new 1\n1 0\nadam loss 1000\n", stderr: "" });
  const cwd = join(file, "..");
  expect(filesBelow(join(cwd, "logs-again"))).toEqual(filesBelow(join(cwd, "logs")));

  const codes: Record<string, number | null> = {};
  for (const command of COMMANDS) {
    const args = command.split(" ").map((word) => word.replaceAll("'", ""));
    codes[command] = (await startTnl(args, { cwd }).ended).code;
  }
  expect(codes).toEqual({
    // They are there by now.
    "archive logs -o runs.parquet --verify": 3,
    "restore runs.parquet -o logs-again": 3,
    "inspect runs.parquet": 0,
    // The event file's writer has ended.
    "archive logs -o runs.parquet --append --delete": 0,
    "restore runs.parquet -o some --run 'adam*'": 0,
    // There is no tag of that name.
    "restore runs.parquet -o some-loss --run adam --tag 'loss/*'": 2,
  });
  expect(filesBelow(join(cwd, "logs"))).toEqual({});
  expect(filesBelow(join(cwd, "some"))).toEqual(filesBelow(join(cwd, "logs-again")));
});

it("every code of its table has its exit code", () => {
  const rows = [...page.matchAll(/^\| ([\d, ]*?) +\| (.*) \|$/gm)];
  const codes = rows.flatMap(([, , text]) => [...text!.matchAll(/`([A-Z_]+)`/g)].map((match) => match[1]));
  expect(codes.toSorted()).toEqual([
    ...["ARCHIVE_DAMAGED", "BUSY", "HASH_MISMATCH", "NOT_AN_ARCHIVE", "OTHER_ARCHIVE_VERSION"],
    ...["SOURCE_CHANGED", "TARGET_EXISTS", "UNSAFE_PATH", "WRITE_FAILED"],
  ]);
});
