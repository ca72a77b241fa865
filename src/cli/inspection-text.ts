// What tnl inspect says: a table of the runs, and one of the tags of each.

import type { Step, TagSummary } from "../events/inspect/file-summary.js";
import type { RunInspection } from "../events/inspect/run-inspection.js";
import { plain } from "../plot/cells.js";
import { table } from "./table.js";

/** The sums and a line a run; with `showsTags` also what is to be noted of each, and a line for each tag. */
export function inspectionText(path: string, runs: readonly RunInspection[], showsTags: boolean): string {
  const header = showsTags ? RUN_HEADER : [...RUN_HEADER, "notes"];
  const rows = runs.map((run) => (showsTags ? runRow(run) : [...runRow(run), wordsOf(run)]));
  return [`${sums(path, runs)}\n`, table(header, rows), ...(showsTags ? runs.map(tagsOf) : [])].join("\n");
}

function sums(path: string, runs: readonly RunInspection[]): string {
  const sum = (number: (run: RunInspection) => number): number =>
    runs.reduce((total, run) => total + number(run), 0);
  const tags = new Set(runs.flatMap((run) => run.tags.map(({ tag }) => tag))).size;
  const parts = [
    several(runs.length, "run"),
    several(
      sum(({ files }) => files.length),
      "event file",
    ),
    sizeOf(sum(({ bytes }) => bytes)),
    several(
      sum(({ events }) => events),
      "event",
    ),
    several(tags, "tag"),
  ];
  return `${plain(path)}: ${parts.join(", ")}`;
}

const RUN_HEADER = ["run", "files", "size", "events", "tags", "steps", "first event", "last event"];

function runRow(run: RunInspection): string[] {
  return [
    plain(run.run),
    String(run.files.length),
    sizeOf(run.bytes),
    grouped(run.events),
    String(run.tags.length),
    stepsOf(run.tags),
    dateOf(run.firstWallTime),
    dateOf(run.lastWallTime),
  ];
}

// What a table has room for.
function wordsOf(run: RunInspection): string {
  const words = [
    ...(run.damageCount > 0 ? ["damaged"] : []),
    ...(pendingOf(run) > 0 ? ["torn end"] : []),
    ...(run.stepsBack > 0 ? [`back ${run.stepsBack}x`] : []),
    ...(run.isBounded ? ["bounded"] : []),
  ];
  return words.join(", ");
}

function notesOf(run: RunInspection): string[] {
  const { damageCount, stepsBack, recordBytes, starts, graphs } = run;
  const pending = pendingOf(run);
  return [
    ...(run.writers.length > 0 ? [`written by ${run.writers.map(plain).join(", ")}`] : []),
    ...(damageCount > 0 ? [`damaged at ${several(damageCount, "place")}: see tnl verify`] : []),
    ...(pending > 0 ? [`${several(pending, "byte")} at the end of a file are no whole record`] : []),
    ...(stepsBack > 0 ? [`steps went back ${stepsBack === 1 ? "once" : `${grouped(stepsBack)} times`}`] : []),
    ...(starts > 0 ? [several(starts, "session start")] : []),
    ...(run.isBounded ? ["bounded: the event files have a part of the points"] : []),
    ...(recordBytes > 0 ? [`${sizeOf(recordBytes)} in record files`] : []),
    ...(graphs > 0 ? [several(graphs, "graph")] : []),
  ];
}

function pendingOf({ files }: RunInspection): number {
  return files.reduce((sum, { pendingBytes }) => sum + pendingBytes, 0);
}

const TAG_HEADER = ["tag", "dashboard", "values", "size", "steps", "min", "max", "last", "not finite"];

function tagsOf(run: RunInspection): string {
  const notes = notesOf(run).map((note) => `  ${note}\n`);
  const tags = run.tags.length === 0 ? "no values\n" : table(TAG_HEADER, run.tags.map(tagRow), 2);
  return `${plain(run.run)}\n${notes.join("")}\n${tags}`;
}

function tagRow(summary: TagSummary): string[] {
  const { scalar } = summary;
  const number = (value: number | undefined): string => (value === undefined ? "" : short(value));
  return [
    plain(summary.tag),
    summary.dashboard ?? "-",
    grouped(summary.count),
    sizeOf(summary.bytes),
    range(summary.minStep, summary.maxStep),
    number(scalar && (Number.isNaN(scalar.min) ? undefined : scalar.min)),
    number(scalar && (Number.isNaN(scalar.max) ? undefined : scalar.max)),
    number(scalar?.last),
    scalar === undefined || scalar.nonFinite === 0 ? "" : grouped(scalar.nonFinite),
  ];
}

function stepsOf(tags: readonly TagSummary[]): string {
  if (tags.length === 0) return "-";
  const min = tags.reduce((step, { minStep }) => (minStep < step ? minStep : step), tags[0]!.minStep);
  const max = tags.reduce((step, { maxStep }) => (maxStep > step ? maxStep : step), tags[0]!.maxStep);
  return range(min, max);
}

function range(min: Step, max: Step): string {
  return min === max ? String(min) : `${min}..${max}`;
}

/** The local time, to the second: `2026-11-25 13:33:38`. */
function dateOf(wallTime: number): string {
  const date = new Date(wallTime * 1000);
  if (Number.isNaN(date.getTime())) return "-";
  const two = (part: number): string => String(part).padStart(2, "0");
  const day = `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())}`;
  return `${day} ${two(date.getHours())}:${two(date.getMinutes())}:${two(date.getSeconds())}`;
}

/** Four digits. */
function short(value: number): string {
  return String(Number(value.toPrecision(4)));
}

const UNITS = ["B", "kB", "MB", "GB", "TB"];

function sizeOf(bytes: number): string {
  const unit = bytes < 1000 ? 0 : Math.min(Math.floor(Math.log10(bytes) / 3), UNITS.length - 1);
  return `${(bytes / 1000 ** unit).toFixed(unit === 0 ? 0 : 1)} ${UNITS[unit]}`;
}

function grouped(count: number): string {
  return count.toLocaleString("en");
}

function several(count: number, noun: string): string {
  return `${grouped(count)} ${noun}${count === 1 ? "" : "s"}`;
}
