// The case read: scalars a second of this package's reader and of TensorBoard's data server, on one file.
import { type Case, ratio, spread } from "../figures.js";
import { check, interleave, runProcess, withTemporaryDirectory } from "../harness.js";
import { benchPython, pythonVersions } from "../python.js";
import { compileWorkload, runNode } from "../workloads.js";

const ROUNDS = 7;
const SCALARS = 6_000_000;

export const read: Case = {
  name: "read",
  run() {
    const writer = compileWorkload("add-scalar");
    const reader = compileWorkload("read-scalars");
    const loader = compileWorkload("load-cycle");
    const server = dataServer();
    return withTemporaryDirectory((logdir) => {
      runNode([writer, logdir, String(SCALARS)]);
      const ours = (): number => {
        const { scalars, seconds } = result(runNode([reader, `${logdir}/run`]).stdout);
        check("scalars that were read", scalars, SCALARS, 0);
        return SCALARS / seconds;
      };
      const theirs = (...options: readonly string[]): number => {
        const args = [
          "--logdir",
          `${logdir}/run`,
          "--reload",
          "once",
          "--port",
          "0",
          "--verbose",
          ...options,
        ];
        return SCALARS / result(runNode([loader, server, ...args]).stdout).seconds;
      };
      const rates = interleave(ROUNDS, {
        ours,
        theirs: () => theirs(),
        theirsChecked: () => theirs("--checksum"),
      });
      return {
        figures: [
          { what: "`SummaryReader.scalars`, checksums on", value: spread(rates.ours), unit: "a second" },
          { what: "TensorBoard's data server, checksums off", value: spread(rates.theirs), unit: "a second" },
          {
            what: "TensorBoard's data server, checksums on",
            value: spread(rates.theirsChecked),
            unit: "a second",
          },
          {
            what: "this package over the data server with checksums off",
            value: ratio(rates.ours, rates.theirs),
            unit: "times",
            bound: { atLeast: 2 },
          },
        ],
        notes: [
          `${ROUNDS} rounds in turn over one file of ${SCALARS.toLocaleString("en")} scalars of one tag, in the system's cache. ` +
            "This package gives every point in columns, the data server keeps 1,000 of them; its time is what it logs of a load cycle.",
          `${pythonVersions()}.`,
        ],
      };
    });
  },
};

/** The path of the data server that TensorBoard starts. */
function dataServer(): string {
  const program = "import tensorboard_data_server as s; print(s.server_binary())";
  return runProcess(benchPython(), ["-c", program]).stdout.trim();
}

function result(stdout: string): { readonly scalars: number; readonly seconds: number } {
  return JSON.parse(stdout) as { scalars: number; seconds: number };
}
