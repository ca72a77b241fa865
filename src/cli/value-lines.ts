// The lines of tnl tail: of each value its time, run, tag, step and what it is.

import { cells, cut, plain } from "../plot/cells.js";
import type { LoggedValue } from "../summary/logged-value.js";
import { valueText } from "./value-text.js";

/** No run or tag gets more columns. */
const MOST_CELLS = 40;

/** Lines whose columns stand below one another; they become wider when they must. */
export class ValueLines {
  #runs = 0;
  #tags = 0;
  #steps = 0;

  /** The lines of several values, with columns that are wide enough for all of them. */
  of(values: readonly LoggedValue[]): string {
    const rows = values.map((logged) => ({
      time: dateOf(logged.wallTime),
      run: cut(plain(logged.run), MOST_CELLS),
      tag: cut(plain(logged.tag), MOST_CELLS),
      step: String(logged.step),
      value: plain(valueText(logged)),
    }));
    for (const { run, tag, step } of rows) {
      this.#runs = Math.max(this.#runs, cells(run));
      this.#tags = Math.max(this.#tags, cells(tag));
      this.#steps = Math.max(this.#steps, step.length);
    }
    return rows
      .map(({ time, run, tag, step, value }) => {
        const columns = [
          time,
          padded(run, this.#runs),
          padded(tag, this.#tags),
          step.padStart(this.#steps),
          value,
        ];
        return `${columns.join("  ")}\n`;
      })
      .join("");
  }
}

/** An object of JSON, on one line; docs/following.md is its schema. */
export function valueJson(logged: LoggedValue): string {
  const { run, tag, step, wallTime, kind } = logged;
  const object = {
    ...{ run, tag },
    // A reader of JSON makes a number of it, which would not be exact.
    step: typeof step === "bigint" ? String(step) : step,
    wallTime: Number.isFinite(wallTime) ? wallTime : null,
    ...{ kind, text: valueText(logged) },
    value: logged.kind === "scalar" ? numberJson(logged.value) : null,
  };
  return `${JSON.stringify(object)}\n`;
}

function numberJson(value: number): number | string {
  return Number.isFinite(value) ? value : String(value);
}

function padded(text: string, width: number): string {
  return text + " ".repeat(Math.max(0, width - cells(text)));
}

// In the machine's time zone.
function dateOf(wallTime: number): string {
  const date = new Date(wallTime * 1000);
  if (Number.isNaN(date.getTime())) return "-".padEnd(19);
  const two = (part: number): string => String(part).padStart(2, "0");
  const day = `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())}`;
  return `${day} ${two(date.getHours())}:${two(date.getMinutes())}:${two(date.getSeconds())}`;
}
