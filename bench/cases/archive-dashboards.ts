// The case archive-dashboards: texts, pictures and histograms of torch and tensorboardX, beside `zstd -19`.
import { statSync } from "node:fs";
import { join } from "node:path";

import { archive, checkRestored, compress, eventFileIn, restore, versionOf } from "../archives.js";
import { type Case, type Figure, spread } from "../figures.js";
import { withTemporaryDirectory } from "../harness.js";
import { pythonVersions, runPython } from "../python.js";

const WRITERS = ["torch", "tensorboardX"] as const;
/** So many that the log has some ten megabytes. */
const KINDS = [
  { kind: "text", count: 16_000 },
  { kind: "image", count: 2000 },
  { kind: "histogram", count: 150 },
] as const;

export const archiveDashboards: Case = {
  name: "archive-dashboards",
  run() {
    const zstd = versionOf("zstd");
    const figures = KINDS.flatMap(({ kind, count }) =>
      WRITERS.flatMap((writer) => figuresOf(kind, writer, count)),
    );
    return {
      figures,
      notes: [
        "Sampled sentences and tables of metrics; pictures of 64 x 64 pixels, photographs and plots; the weights of 16 layers. Once each; what came " +
          `back is compared byte for byte. ${zstd}.`,
        `${pythonVersions()}.`,
      ],
    };
  },
};

function figuresOf(kind: string, writer: string, count: number): Figure[] {
  return withTemporaryDirectory((directory) => {
    const logdir = join(directory, "logs");
    const args = ["--kind", kind, "--writer", writer, "--count", String(count), "--directory", logdir];
    runPython("make_logs.py", args);
    const { path, bytes } = eventFileIn(logdir);
    const file = join(directory, "run.parquet");
    const { seconds } = archive(logdir, file);
    const target = join(directory, "restored");
    restore(file, target);
    checkRestored(path, eventFileIn(target).path);
    const other = compress("zstd", path, join(directory, "zstd"));
    const size = statSync(file).size;
    const what = `${kind}s of ${writer}`;
    return [
      { what: `${what}: event file`, value: spread([bytes / 1e6]), unit: "MB" },
      { what: `${what}: archive`, value: spread([size / 1e6]), unit: "MB" },
      {
        what: `${what}: archive over \`zstd -19\``,
        value: spread([size / other.bytes]),
        unit: "times",
        bound: { atMost: 1.05 },
      },
      {
        what: `${what}: time over that of \`zstd -19\``,
        value: spread([seconds / other.seconds]),
        unit: "times",
      },
    ];
  });
}
