// The table of docs/damage.md, from the runs that the tests show to both loaders.
import { EFFECTS } from "../../src/events/verify/defect.js";
import { DAMAGED_RUNS, type DamagedRun } from "../helpers/damaged-runs.js";
import { tableOf } from "../helpers/markdown.js";
import { eachTag } from "../helpers/shown-points.js";

const HEADER = ["What is wrong", "Code", "The data server", "The Python loader", "After `tnl repair`"];
const EVERY_POINT = JSON.stringify(eachTag("0-7"));

/** A row for each kind of damage. */
export function damageTable(): string {
  const rows = DAMAGED_RUNS.map((run) => [
    run.name,
    `\`${run.code}\``,
    EFFECTS[run.effects.rust],
    EFFECTS[run.effects.python],
    afterRepair(run),
  ]);
  return tableOf(HEADER, rows);
}

function afterRepair({ after, code }: DamagedRun): string {
  if (after === "as before") return "as before: values stay as they are";
  if (after === undefined) return "there is nothing to copy";
  if (code === "STEPS_GO_BACK" || code === "REPEATED_STEPS") return "with `--drop-void`, both show one curve";
  return JSON.stringify(after) === EVERY_POINT
    ? "both show every point"
    : "both show every point but those in it";
}
