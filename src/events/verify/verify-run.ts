// Goes through the files of one run and says what is wrong with them.

import { EventParser } from "../../wire/event-parser.js";
import { LogdirError } from "../../errors.js";
import { compareNames, eventFileNameOf } from "../file-name.js";
import { FileSource, type ByteSource } from "../reading/byte-source.js";
import { filesBeside, type Run } from "../runs.js";
import { DefectList, effectsOf, type Defect, type DefectCode } from "./defect.js";
import { TagChecks } from "./tag-checks.js";
import { verifyFile, type FileCount } from "./verify-file.js";
import { basename } from "node:path";

/** Of more defects of a file only how many there are is told. */
const MOST_OF_A_FILE = 100;

/** What is in a run's files, and what is wrong with them. */
export interface RunReport {
  readonly run: string;
  /** Its event files in TensorBoard's order, then the record files of a bounded run. */
  readonly files: readonly FileCount[];
  /** The first ones of each file, then those of tags. */
  readonly defects: readonly Defect[];
  /** How many more there are, by code. */
  readonly more: Readonly<Partial<Record<DefectCode, number>>>;
  /** The files that could not be read. */
  readonly errors: readonly LogdirError[];
}

/** The record files of a run, in their order. Throws a `LogdirError` when its directory cannot be read. */
export function recordFilesOf(run: Run): string[] {
  return filesBeside(run.dir)
    .filter((path) => eventFileNameOf(basename(path)) !== undefined)
    .toSorted(compareNames);
}

/**
 * Goes through a run's event files, and `records`, its record files. `onBytes` is called now and then with the bytes that were read since; what it
 * throws ends the check.
 */
export function verifyRun(
  run: Run,
  records: readonly string[],
  onBytes: (bytes: number) => void = () => {},
): RunReport {
  const steps = verifySteps(run, records);
  try {
    for (let step = steps.next(); ; step = steps.next()) {
      if (step.done === true) return step.value;
      onBytes(step.value);
    }
  } finally {
    steps.return(undefined as never);
  }
}

/** As `verifyRun`, step by step: yields now and then the bytes that were read since. `open`: where the files are. */
export function* verifySteps(
  run: Run,
  records: readonly string[],
  open: (path: string) => ByteSource = (path) => new FileSource(path),
): Generator<number, RunReport> {
  const parser = new EventParser();
  const tags = new TagChecks(run.name, parser);
  const files: FileCount[] = [];
  const lists: DefectList[] = [];
  const errors: LogdirError[] = [];
  for (const path of [...run.files, ...records]) {
    const isRead = !records.includes(path);
    const defects = new DefectList(MOST_OF_A_FILE);
    lists.push(defects);
    try {
      const check = { run: run.name, source: open(path), defects };
      const its = isRead ? { parser, tags } : { parser: new EventParser(), tags: undefined };
      files.push(yield* verifyFile({ ...check, ...its }));
    } catch (error) {
      if (!(error instanceof LogdirError)) throw error;
      errors.push(error);
    }
  }
  const ofRun = new DefectList(MOST_OF_A_FILE);
  lists.push(ofRun);
  if (errors.length === 0 && !files.slice(0, run.files.length).some(({ events }) => events > 0)) {
    const message = "there is no event in the run";
    ofRun.add({
      code: "NO_EVENTS",
      run: run.name,
      path: run.files[0]!,
      offset: 0,
      message,
      ...effectsOf("NO_EVENTS"),
    });
  }
  for (const defect of tags.defects()) ofRun.add(defect);
  return { run: run.name, files, defects: lists.flatMap(({ kept }) => kept), more: sumOf(lists), errors };
}

function sumOf(lists: readonly DefectList[]): Partial<Record<DefectCode, number>> {
  const sum: Partial<Record<DefectCode, number>> = {};
  for (const { more } of lists) {
    for (const [code, count] of Object.entries(more)) {
      sum[code as DefectCode] = (sum[code as DefectCode] ?? 0) + count;
    }
  }
  return sum;
}
