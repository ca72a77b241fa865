#!/usr/bin/env node
// The program: the only place that reads the arguments and sets the exit code.

import { main } from "./main.js";

// Whoever reads our output may stop before its end, as `head` does.
for (const stream of [process.stdout, process.stderr]) {
  stream.on("error", (error: NodeJS.ErrnoException) => {
    if (error.code !== "EPIPE") throw error;
  });
}

process.exitCode = await main(process.argv.slice(2), {
  stdout: process.stdout,
  stderr: process.stderr,
  signals: process,
  env: process.env,
  exit: (code) => process.exit(code),
});
