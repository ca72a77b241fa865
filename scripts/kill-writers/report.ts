// The tables of docs/kills.md.
import { spread, type Spread } from "../../bench/figures.js";
import { table } from "../../bench/generated.js";
import type { Faults } from "./count.js";
import type { Killed, Resumed } from "./kill.js";
import type { Pair } from "./others.js";

/** What was found of a writer at a rate. */
export interface Finding {
  readonly writer: string;
  readonly rate: string;
  /** Whether TensorBoard is to show every point. */
  readonly showsAll: boolean;
  readonly killed: readonly Killed[];
  readonly resumed: readonly Resumed[];
  /** What each of TensorBoard's loaders shows, of some of the continued runs. */
  readonly shown: { readonly rust: readonly Faults[]; readonly python: readonly Faults[] };
}

/** One row a writer and rate: what a kill at a random moment took. */
export function killTable(findings: readonly Finding[]): string {
  const header = [
    ...["writer", "rate", "kills", "steps a second", "acknowledged and lost: median", "largest"],
    ...["flushed and lost: kills", "largest", "torn tails", "damaged files"],
  ];
  const rows = findings.map(({ writer, rate, killed }) => {
    const unflushed = killed.filter(({ flushes }) => !flushes);
    // A run that was killed at once says nothing about its speed.
    const rates = unflushed
      .filter(({ afterMs }) => afterMs > 200)
      .map(({ logged, afterMs }) => (logged / afterMs) * 1000);
    const perSecond = rates.length === 0 ? undefined : spread(rates).median;
    const lost = spread(unflushed.map((one) => one.lost.acknowledged));
    const flushed = killed.filter(({ flushes }) => flushes).map((one) => one.lost.flushed);
    return [
      ...[writer, rate, format(killed.length), perSecond === undefined ? "" : format(perSecond, 3)],
      ...[format(lost.median), perSecond === undefined ? format(lost.max) : withTime(lost.max, perSecond)],
      `${count(flushed, (points) => points > 0)} of ${format(flushed.length)}`,
      format(spread(flushed).max),
      format(count(killed, ({ torn }) => torn > 0)),
      format(count(killed, ({ damaged }) => damaged > 0)),
    ];
  });
  return table(header, rows);
}

/** One row a writer and rate: what is wrong with the runs after they were continued. */
export function resumeTable(findings: readonly Finding[]): string {
  const header = [
    ...["writer", "rate", "continued", "points missing", "damaged files", "in TensorBoard"],
    ...["default loader: runs that go back", "steps shown twice", "points missing"],
    ...["Python loader: runs that go back", "steps shown twice", "points missing"],
  ];
  const rows = findings.map(({ writer, rate, showsAll, resumed, shown }) => [
    ...[writer, rate, format(resumed.length)],
    format(sum(resumed.map(({ missing }) => missing))),
    format(count(resumed, ({ damaged }) => damaged > 0)),
    format(shown.rust.length),
    ...faultCells(shown.rust, showsAll),
    ...faultCells(shown.python, showsAll),
  ]);
  return table(header, rows);
}

function faultCells(faults: readonly Faults[], showsAll: boolean): readonly string[] {
  return [
    format(count(faults, ({ backward }) => backward > 0)),
    format(sum(faults.map(({ twice }) => twice))),
    showsAll ? format(sum(faults.map(({ missing }) => missing))) : "",
  ];
}

/** One row a writer: of `points` logged, what was there after standing still and a kill. */
export function idleTable(found: ReadonlyMap<string, readonly number[]>, points: number): string {
  const header = ["writer", "kills", `of ${format(points)} points on the disk: median`, "smallest"];
  return table(
    header,
    [...found].map(([writer, counts]) => {
      const { median, min }: Spread = spread(counts);
      return [writer, format(counts.length), format(median), format(min)];
    }),
  );
}

/** One row a writer: what two programs left that began in the same second; `points` are those of both. */
export function pairTable(found: ReadonlyMap<string, readonly Pair[]>, points: number): string {
  const header = [
    ...["writer", "pairs", "with two files", "with a broken file"],
    `of ${format(points)} points on the disk: median`,
    "smallest",
  ];
  return table(
    header,
    [...found].map(([writer, pairs]) => {
      const { median, min } = spread(pairs.map((pair) => pair.points));
      return [
        ...[writer, format(pairs.length), format(count(pairs, ({ files }) => files === 2))],
        ...[format(count(pairs, ({ broken }) => broken > 0)), format(median), format(min)],
      ];
    }),
  );
}

/** A number of points, and how long it takes to log them. */
function withTime(points: number, perSecond: number): string {
  return `${format(points)} (${format((points / perSecond) * 1000, 2)} ms)`;
}

function count<T>(values: readonly T[], is: (value: T) => boolean): number {
  return values.filter(is).length;
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}

function format(value: number, digits?: number): string {
  return value.toLocaleString("en", digits === undefined ? {} : { maximumSignificantDigits: digits });
}
