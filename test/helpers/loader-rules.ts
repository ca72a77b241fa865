// What TensorBoard's two loaders make of a run's files, written down from their sources, to compare files by what they mean.
import { expect } from "vitest";
import { findRuns } from "../../src/events/index.js";
import type { Event } from "../../src/wire/event.js";
import type { SummaryValue } from "../../src/wire/summary.js";
import { DataType } from "../../src/wire/tensor.js";
import { eventFilesIn, readEventFile } from "./events.js";

/** A point of a curve as a loader has it. */
export interface ShownPoint {
  readonly step: number;
  readonly value: number;
}

/** The curves of a run, by tag; a tag without points is not in it. */
export type Curves = Readonly<Record<string, readonly ShownPoint[]>>;

/** The events of a run's files, file by file, torn tails left out. */
export function filesOfRun(dir: string): Event[][] {
  return eventFilesIn(dir).map((path) => [...readEventFile(path).events]);
}

/**
 * By the data server's rule: a point makes void what was kept of its tag with its step or a later one. Nothing else does
 * (tensorboard/data/server/reservoir.rs).
 */
export function byRustRule(files: readonly (readonly Event[])[]): Curves {
  return curvesOf(files, voidByPoints);
}

function voidByPoints(curves: Kept, event: Event): void {
  for (const { tag } of event.summary ?? []) keepBelow(curves, Number(event.step), [tag]);
}

/**
 * By the Python loader's rule: a START makes void what was kept of all tags with its step or a later one, but for the first START of the
 * run. Nothing else does (plugin_event_accumulator.py, `_CheckForRestartAndMaybePurge`).
 */
export function byPythonRule(files: readonly (readonly Event[])[]): Curves {
  return curvesOf(files, voidByStarts());
}

function voidByStarts(): (curves: Kept, event: Event) => void {
  let starts = 0;
  return (curves, event) => {
    if (event.sessionLog?.status === 1 && ++starts > 1) {
      keepBelow(curves, Number(event.step), [...curves.keys()]);
    }
  };
}

/** By tag, step and what `decode` makes of the values of any dashboard that both loaders show. Throws where they do not show the same. */
export function valuesByBoth<T>(
  files: readonly (readonly Event[])[],
  decode: (value: SummaryValue) => T | undefined,
): Record<string, [step: number, value: T][]> {
  const [rust, python] = [voidByPoints, voidByStarts()].map((makeVoid) => {
    const decoded = [...keptOf(files, makeVoid)].map(([tag, { points }]) => {
      const values = points.flatMap(({ step, summary }): [number, T][] => {
        const value = decode(summary);
        return value === undefined ? [] : [[step, value]];
      });
      return [tag, values] as const;
    });
    return Object.fromEntries(decoded.filter(([, values]) => values.length > 0));
  });
  expect(python).toEqual(rust);
  return rust!;
}

/** The curves of every run in `logdir`, by name; by the data server's rule unless another is given. */
export function curvesIn(logdir: string, rule = byRustRule): Record<string, Curves> {
  return Object.fromEntries(findRuns(logdir).map(({ name, dir }) => [name, rule(filesOfRun(dir))]));
}

/** What both loaders have to show of every run in `logdir`; they must agree. */
export function shownCurves(logdir: string): Record<string, Curves> {
  const curves = curvesIn(logdir);
  expect(curvesIn(logdir, byPythonRule)).toEqual(curves);
  return curves;
}

/** By both rules at once: what the writers of the files said, and what followed from their points. */
export function byBothRules(files: readonly (readonly Event[])[]): Curves {
  return curvesOf(files, (curves, event) => {
    const step = Number(event.step);
    if (event.sessionLog?.status === 1) keepBelow(curves, step, [...curves.keys()]);
    for (const { tag } of event.summary ?? []) keepBelow(curves, step, [tag]);
  });
}

interface KeptPoint extends ShownPoint {
  readonly summary: SummaryValue;
  /** Whether it is one in a form that the data server can show. */
  readonly isScalar: boolean;
}

interface KeptCurve {
  points: KeptPoint[];
  /** No point has a later step: most events need not look at any. */
  lastStep: number;
}
type Kept = Map<string, KeptCurve>;

function curvesOf(
  files: readonly (readonly Event[])[],
  makeVoid: (curves: Kept, event: Event) => void,
): Curves {
  const shown = [...keptOf(files, makeVoid)].map(([tag, { points }]) => {
    const scalars = points.filter(({ isScalar }) => isScalar);
    return [tag, scalars.map(({ step, value }): ShownPoint => ({ step, value }))] as const;
  });
  return Object.fromEntries(shown.filter(([, points]) => points.length > 0));
}

function keptOf(files: readonly (readonly Event[])[], makeVoid: (curves: Kept, event: Event) => void): Kept {
  const curves: Kept = new Map();
  for (const event of files.flat()) {
    makeVoid(curves, event);
    const step = Number(event.step);
    for (const summary of event.summary ?? []) {
      const { tag, simpleValue, tensor } = summary;
      if (!curves.has(tag)) curves.set(tag, { points: [], lastStep: -Infinity });
      const curve = curves.get(tag)!;
      const isScalar =
        simpleValue !== undefined || (tensor !== undefined && tensor.dtype !== DataType.STRING);
      curve.points.push({ step, value: simpleValue ?? Number.NaN, isScalar, summary });
      curve.lastStep = Math.max(curve.lastStep, step);
    }
  }
  return curves;
}

function keepBelow(curves: Kept, step: number, tags: readonly string[]): void {
  for (const tag of tags) {
    const curve = curves.get(tag);
    if (curve === undefined || curve.lastStep < step) continue;
    curve.points = curve.points.filter((point) => point.step < step);
    curve.lastStep = curve.points.reduce((last, point) => Math.max(last, point.step), -Infinity);
  }
}
