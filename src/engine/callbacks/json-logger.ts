// Writes metrics as JSON lines.

import type { LineFile } from "../line-file.js";
import type { State } from "../state.js";
import { MetricLog } from "./metric-log.js";

/**
 * Writes a line an epoch, `{"epoch":0,"metrics":{"loss":0.25,"val_loss":0.5}}`, and with `batchGranularity` a line a training step too,
 * `{"epoch":0,"batch":7,"metrics":{"loss":0.25}}`. Numbers have all digits of a float64; `NaN`, `Infinity` and `-Infinity`, which JSON
 * lacks, are strings.
 *
 * Throws a `WriteError`, and a `CheckpointError` when a continued training does not find the file as it was.
 */
export class JSONLogger extends MetricLog {
  protected override writeStep(file: LineFile, { epoch, batch, metrics }: State): void {
    file.add(`{"epoch":${epoch},"batch":${batch},"metrics":${text(metrics)}}\n`);
  }

  protected override writeEpoch(file: LineFile, { epoch, metrics }: State): void {
    file.add(`{"epoch":${epoch},"metrics":${text(metrics)}}\n`);
  }
}

// Not by JSON.stringify, which loses the sign of -0.
function text(metrics: Readonly<Record<string, number>>): string {
  const members = Object.entries(metrics).map(([tag, value]) => `${JSON.stringify(tag)}:${number(value)}`);
  return `{${members.join(",")}}`;
}

function number(value: number): string {
  if (!Number.isFinite(value)) return `"${value}"`;
  return Object.is(value, -0) ? "-0" : String(value);
}
