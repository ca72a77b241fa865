// The case verify: megabytes a second of `verifyLogdir`, beside sha256sum on the same file.
import { readdirSync, statSync } from "node:fs";
import { join } from "node:path";

import { type Case, ratio, spread } from "../figures.js";
import { check, interleave, runProcess, withTemporaryDirectory } from "../harness.js";
import { compileWorkload, runNode } from "../workloads.js";

const ROUNDS = 7;
const SCALARS = 6_000_000;
const MEGABYTE = 1e6;

interface Result {
  readonly bytes: number;
  readonly seconds: number;
  readonly defects: number;
}

export const verify: Case = {
  name: "verify",
  run() {
    const writer = compileWorkload("add-scalar");
    const program = compileWorkload("verify");
    return withTemporaryDirectory((directory) => {
      const logdir = join(directory, "logs");
      for (const run of ["a", "b"]) runNode([writer, join(logdir, run), String(SCALARS)]);
      const one = join(logdir, "a", "run");
      const [name = ""] = readdirSync(one);
      const size = statSync(join(one, name)).size;
      const ours = (path: string, ...threads: readonly string[]): number => {
        const { bytes, seconds, defects } = JSON.parse(runNode([program, path, ...threads]).stdout) as Result;
        check("defects of a good file", defects, 0, 0);
        return bytes / MEGABYTE / seconds;
      };
      const rates = interleave(ROUNDS, {
        one: () => ours(one, "0"),
        sum: () => size / MEGABYTE / runProcess("sha256sum", [join(one, name)]).seconds,
        threads: () => ours(logdir),
      });
      return {
        figures: [
          {
            what: "`verifyLogdir`, one file, one thread",
            value: spread(rates.one),
            unit: "MB a second",
            bound: { atLeast: 500 },
          },
          { what: "`sha256sum` of that file", value: spread(rates.sum), unit: "MB a second" },
          { what: "`verifyLogdir` over `sha256sum`", value: ratio(rates.one, rates.sum), unit: "times" },
          {
            what: "`verifyLogdir`, two such runs, a thread a core",
            value: spread(rates.threads),
            unit: "MB a second",
          },
        ],
        notes: [
          `${ROUNDS} rounds in turn over files of ${SCALARS.toLocaleString("en")} scalars of one tag, ${Math.round(size / MEGABYTE)} MB each, in the ` +
            "system's cache: all checksums, all messages, steps and times. The start of Node is not counted, that of sha256sum and of the threads is.",
        ],
      };
    });
  },
};
