// The JSON of tnl inspect; docs/terminal.md is its schema.

import type { Step, TagSummary } from "../events/inspect/file-summary.js";
import type { RunInspection } from "../events/inspect/run-inspection.js";

/** One line: an object with the path and its runs. */
export function inspectionJson(path: string, runs: readonly RunInspection[]): string {
  return `${JSON.stringify({ path, runs: runs.map(runJson) })}\n`;
}

function runJson(run: RunInspection): object {
  return {
    run: run.run,
    directory: run.dir,
    bytes: run.bytes,
    recordBytes: run.recordBytes,
    events: run.events,
    values: run.values,
    stepsBack: run.stepsBack,
    firstWallTime: finite(run.firstWallTime),
    lastWallTime: finite(run.lastWallTime),
    writers: run.writers,
    bounded: run.isBounded,
    sessionStarts: run.starts,
    sessionStops: run.stops,
    checkpoints: run.checkpoints,
    graphs: run.graphs,
    runMetadata: run.runMetadata,
    metaGraphs: run.metaGraphs,
    logMessages: run.logMessages,
    damageCount: run.damageCount,
    damage: run.damages.map(({ code, path, offset, length }) => ({ code, path, offset, length })),
    files: run.files.map((file) => ({
      path: file.path,
      bytes: file.bytes,
      pendingBytes: file.pendingBytes,
      events: file.events,
      firstWallTime: finite(file.firstWallTime),
      lastWallTime: finite(file.lastWallTime),
      writers: file.writers,
    })),
    tags: run.tags.map(tagJson),
  };
}

function tagJson({ tag, dashboard, count, bytes, scalar, ...rest }: TagSummary): object {
  return {
    tag,
    dashboard: dashboard ?? null,
    count,
    bytes,
    firstStep: stepJson(rest.firstStep),
    lastStep: stepJson(rest.lastStep),
    minStep: stepJson(rest.minStep),
    maxStep: stepJson(rest.maxStep),
    stepsBack: rest.stepsBack,
    firstWallTime: finite(rest.firstWallTime),
    lastWallTime: finite(rest.lastWallTime),
    scalar: scalar === undefined ? null : scalarJson(scalar),
  };
}

function scalarJson({ count, min, max, last, nonFinite }: NonNullable<TagSummary["scalar"]>): object {
  const isNumber = Number.isFinite(last);
  return { count, min: finite(min), max: finite(max), last: isNumber ? last : String(last), nonFinite };
}

// A reader of JSON makes a number of it, which would not be exact.
function stepJson(step: Step): number | string {
  return typeof step === "bigint" ? String(step) : step;
}

function finite(number: number): number | null {
  return Number.isFinite(number) ? number : null;
}
