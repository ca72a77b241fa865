// docs/compatibility.md as Markdown, in the form that the formatter gives it.
import { tableOf } from "../helpers/markdown.js";
import { CALLS, PEERS, type Call } from "./calls.js";
import type { Claim, Column } from "./proves.js";
import { cellOf, type Verdicts } from "./verdicts.js";

const LOADERS = ["rust", "python"] as const;

/** The page; `versions` are programs with their versions, such as `torch 2.15.0`. */
export function pageOf(verdicts: Verdicts, versions: readonly string[]): string {
  const at = (call: Call, program: Claim["program"], column: Column): string | undefined =>
    verdicts.get(cellOf({ call, program, column }));
  const calls = Object.keys(CALLS) as Call[];
  const decodersOf = (call: Call): string => CALLS[call].decoders.map((name) => `\`${name}\``).join(", ");

  const ours = calls.map((call) => {
    const read = at(call, "ours", "read");
    return [
      `\`${call}\``,
      CALLS[call].dashboard,
      at(call, "ours", "written") ?? "–",
      read === "yes" ? decodersOf(call) : (read ?? "–"),
      ...LOADERS.map((loader) => at(call, "ours", loader) ?? "–"),
    ];
  });
  const theirs = calls.flatMap((call) =>
    PEERS.flatMap((peer) => {
      const cells = [...LOADERS, "read" as const].map((column) => at(call, peer, column));
      return cells.every((cell) => cell === undefined)
        ? []
        : [[`\`${call}\``, peer, ...cells.map((cell) => cell ?? "–")]];
    }),
  );

  return `# Compatibility

\`npm test\` makes this page; nobody edits it. A cell is filled by tests that ask the real TensorBoard, in its two loaders, for what was
logged: "yes" or the fact stands there when all of them passed, "no" when one failed, and "–" when none asks.

The rust loader is TensorBoard's data server, its usual one; the Python loader is the one of \`--load_fast false\`.

${versions.map((version) => `- ${version}`).join("\n")}

## What this package writes

"Judged by" says what another program found in it, "Read back" what reads it again as it was logged.

${tableOf(["Call", "Dashboard", "Judged by", "Read back", "Rust loader", "Python loader"], ours)}

## What other programs write for the same call

"Yes" is what is shown of ours, too. The last column is whether this package's decoder reads the file to what was logged.

${tableOf(["As", "Program", "Rust loader", "Python loader", "Our decoder"], theirs)}
`;
}
