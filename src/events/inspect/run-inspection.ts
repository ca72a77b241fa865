// What is in a run: its files' summaries as one.

import { statSync } from "node:fs";
import { basename } from "node:path";
import { eventFileNameOf } from "../file-name.js";
import type { Damage } from "../reading/damage.js";
import { filesBeside, type Run } from "../runs.js";
import {
  greatest,
  least,
  type EventCounts,
  type FileSummary,
  type ScalarRange,
  type TagSummary,
} from "./file-summary.js";

/** An event file, without its tags. */
export interface FileInspection {
  readonly path: string;
  readonly bytes: number;
  /** Bytes at its end that are no whole record: its writer is at it, or was ended in the midst of a write. */
  readonly pendingBytes: number;
  readonly events: number;
  /** The programs that wrote it, as it says, such as `tensorboard-node-logger 0.1.0`. */
  readonly writers: readonly string[];
  /** The least and the greatest wall time of its events in seconds since 1970; NaN where none is finite. */
  readonly firstWallTime: number;
  readonly lastWallTime: number;
}

/** A run, as its event files have it: what a restart made void is counted too. */
export interface RunInspection extends Readonly<EventCounts> {
  /** Its name, and its directory. */
  readonly run: string;
  readonly dir: string;
  readonly files: readonly FileInspection[];
  /** Of its event files. */
  readonly bytes: number;
  /** Of its record files, which TensorBoard does not read. */
  readonly recordBytes: number;
  /** Whether it has bounded curves in its event files. */
  readonly isBounded: boolean;
  readonly events: number;
  /** All values of all tags. */
  readonly values: number;
  /** By name. */
  readonly tags: readonly TagSummary[];
  /** How often the steps of the tag where they did so most often went back. */
  readonly stepsBack: number;
  readonly writers: readonly string[];
  /** The least and the greatest wall time of its events in seconds since 1970; NaN where none is finite. */
  readonly firstWallTime: number;
  readonly lastWallTime: number;
  /** Stretches of its files that are no event, the first ones one by one, and how many there are. `tnl verify` looks closer. */
  readonly damages: readonly Damage[];
  readonly damageCount: number;
}

/** A file that was read. */
export interface ScannedFile {
  readonly path: string;
  readonly bytes: number;
  readonly summary: FileSummary;
}

/** A run of these files, which are in TensorBoard's order, and of record files with so many bytes. */
export function inspectionOf(run: Run, files: readonly ScannedFile[], recordBytes: number): RunInspection {
  const summaries = files.map(({ summary }) => summary);
  const sum = (count: (summary: FileSummary) => number): number =>
    summaries.reduce((total, summary) => total + count(summary), 0);
  const tags = mergedTags(summaries);
  return {
    run: run.name,
    dir: run.dir,
    files: files.map(({ path, bytes, summary }) => ({
      path,
      bytes,
      pendingBytes: Math.max(0, bytes - summary.end),
      events: summary.events,
      writers: summary.writers,
      firstWallTime: summary.firstWallTime,
      lastWallTime: summary.lastWallTime,
    })),
    bytes: files.reduce((total, { bytes }) => total + bytes, 0),
    recordBytes,
    isBounded: summaries.some(({ isBounded }) => isBounded),
    events: sum(({ events }) => events),
    values: tags.reduce((total, { count }) => total + count, 0),
    tags,
    stepsBack: tags.reduce((most, { stepsBack }) => Math.max(most, stepsBack), 0),
    writers: [...new Set(summaries.flatMap(({ writers }) => writers))],
    firstWallTime: summaries.reduce((time, { firstWallTime }) => least(time, firstWallTime), NaN),
    lastWallTime: summaries.reduce((time, { lastWallTime }) => greatest(time, lastWallTime), NaN),
    damages: summaries.flatMap(({ damages }) => damages),
    damageCount: sum(({ damageCount }) => damageCount),
    starts: sum(({ starts }) => starts),
    stops: sum(({ stops }) => stops),
    checkpoints: sum(({ checkpoints }) => checkpoints),
    graphs: sum(({ graphs }) => graphs),
    runMetadata: sum(({ runMetadata }) => runMetadata),
    metaGraphs: sum(({ metaGraphs }) => metaGraphs),
    logMessages: sum(({ logMessages }) => logMessages),
  };
}

function mergedTags(summaries: readonly FileSummary[]): TagSummary[] {
  const byTag = new Map<string, TagSummary>();
  for (const { tags } of summaries) {
    for (const summary of tags) {
      const before = byTag.get(summary.tag);
      byTag.set(summary.tag, before === undefined ? summary : merged(before, summary));
    }
  }
  return [...byTag.values()].toSorted((a, b) => (a.tag < b.tag ? -1 : 1));
}

function merged(before: TagSummary, after: TagSummary): TagSummary {
  return {
    tag: before.tag,
    dashboard: before.dashboard,
    count: before.count + after.count,
    bytes: before.bytes + after.bytes,
    firstStep: before.firstStep,
    lastStep: after.lastStep,
    minStep: after.minStep < before.minStep ? after.minStep : before.minStep,
    maxStep: after.maxStep > before.maxStep ? after.maxStep : before.maxStep,
    stepsBack: before.stepsBack + after.stepsBack + (after.firstStep < before.lastStep ? 1 : 0),
    firstWallTime: least(before.firstWallTime, after.firstWallTime),
    lastWallTime: greatest(before.lastWallTime, after.lastWallTime),
    scalar: mergedScalar(before.scalar, after.scalar),
  };
}

function mergedScalar(
  before: ScalarRange | undefined,
  after: ScalarRange | undefined,
): ScalarRange | undefined {
  if (before === undefined || after === undefined) return before ?? after;
  return {
    count: before.count + after.count,
    min: least(before.min, after.min),
    max: greatest(before.max, after.max),
    last: after.last,
    nonFinite: before.nonFinite + after.nonFinite,
  };
}

/** Of the record files of a run on the disk. */
export function recordBytesOf(run: Run): number {
  try {
    return filesBeside(run.dir)
      .filter((path) => eventFileNameOf(basename(path)) !== undefined && !run.files.includes(path))
      .reduce((total, path) => total + (statSync(path, { throwIfNoEntry: false })?.size ?? 0), 0);
  } catch {
    // It went away, or may not be listed: then one of its files was named.
    return 0;
  }
}
