#!/usr/bin/env node
// The program: the only place that reads the arguments and sets the exit code.

import { errnoOf, explainErrno } from "../errors.js";
import { ExitCode } from "./exit-codes.js";
import { main } from "./main.js";

process.stdout.on("error", (error: NodeJS.ErrnoException) => {
  // Whoever reads our output may stop before its end, as `head` does.
  if (error.code === "EPIPE") return;
  process.stderr.write(`tnl: Cannot write the output: ${explainErrno(errnoOf(error), error)}\n`);
  process.exitCode = ExitCode.FAILED;
});
// There is nowhere left to say so.
process.stderr.on("error", () => {});

const code = await main(process.argv.slice(2), {
  stdout: process.stdout,
  stderr: process.stderr,
  signals: process,
  env: process.env,
  command: ["tnl", ...process.argv.slice(2)],
  exit: (code) => process.exit(code),
});
process.exitCode ??= code;
