// Writes metrics to a CSV file (torchbearer/callbacks/csv_logger.py).

import { ArgumentError, ContextError } from "../../errors.js";
import type { LineFile } from "../line-file.js";
import type { State } from "../state.js";
import { MetricLog, type MetricLogOptions } from "./metric-log.js";

/** Torchbearer's options, in camelCase. */
export interface CSVLoggerOptions extends MetricLogOptions {
  /** What stands between two fields, one character; a comma. */
  readonly separator?: string;
  /** Begin the file with the names of the columns; true. */
  readonly writeHeader?: boolean;
}

/**
 * Writes a row an epoch, or a row a training step with `batchGranularity`: epoch, batch, and the metrics of the first row, whose names are the
 * header. The form is that of RFC 4180, with all digits of a float64, and `NaN`, `Infinity` and `-Infinity`. A metric that a later row has
 * not got is an empty field.
 *
 * Throws a `WriteError`; a `ContextError` when a row has a metric that the header has not, or when a file that is appended to has another
 * header; a `CheckpointError` when a continued training does not find the file as it was.
 */
export class CSVLogger extends MetricLog {
  readonly #separator: string;
  readonly #writeHeader: boolean;

  /** Throws an `ArgumentError`. */
  constructor(path: string, options: CSVLoggerOptions = {}) {
    super(path, options);
    const { separator = ",", writeHeader = true } = options;
    if (typeof separator !== "string" || [...separator].length !== 1 || /["\r\n]/.test(separator)) {
      throw new ArgumentError(
        "separator",
        "one character, no quotation mark and no end of a line",
        separator,
      );
    }
    this.#separator = separator;
    this.#writeHeader = writeHeader;
  }

  protected override writeStep(file: LineFile, state: State): void {
    this.#write(file, state, ["epoch", "batch"], [state.epoch, state.batch], state.metricTags.step);
  }

  protected override writeEpoch(file: LineFile, state: State): void {
    // Steps and epochs have not the same metrics, and a file has one header.
    if (!this.batchGranularity)
      this.#write(file, state, ["epoch"], [state.epoch], Object.keys(state.metrics));
  }

  #write(
    file: LineFile,
    { metrics }: State,
    names: readonly string[],
    places: readonly number[],
    tags: readonly string[],
  ): void {
    const columns = (this.memory ??= this.#begin(file, names, tags)) as readonly string[];
    const unknown = tags.find((tag) => !columns.includes(tag));
    if (unknown !== undefined) {
      throw new ContextError(`${this.path} has no column ${unknown}, because its first row had none`);
    }
    file.add(this.#row([...places, ...columns.map((tag) => metrics[tag])]));
  }

  #begin(file: LineFile, names: readonly string[], tags: readonly string[]): readonly string[] {
    const header = this.#row([...names, ...tags]);
    if (!this.#writeHeader) return tags;
    if (file.isEmpty) file.add(header);
    else if (file.start(Buffer.byteLength(header)) !== header) {
      throw new ContextError(`${this.path} does not begin with the header ${header.trimEnd()}`);
    }
    return tags;
  }

  #row(fields: readonly (string | number | undefined)[]): string {
    return `${fields.map((field) => this.#field(field)).join(this.#separator)}\r\n`;
  }

  #field(field: string | number | undefined): string {
    if (field === undefined) return "";
    const text = Object.is(field, -0) ? "-0" : String(field);
    return text.includes(this.#separator) || /["\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
  }
}
