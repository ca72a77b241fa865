// What there is to know of a file before some of its events are copied.

import { CorruptFileError, errnoOf } from "../errors.js";
import { SessionStatus, type Event } from "../wire/event.js";
import type { SummaryMetadata } from "../wire/summary.js";
import { parseWriter, type Coverage } from "./coverage.js";
import { kindOfWriter, type FileKind } from "./file-kind.js";
import type { FileSystem } from "./file-system.js";
import { placesIn } from "./notes.js";
import type { PlaceMap } from "./place-map.js";
import { addStep, greater, lesser, type Step, type TagSteps } from "./steps.js";
import { storedEvents, type StoredEvent } from "./stored-events.js";
import { formOf, graphTagOf } from "./tag-forms.js";

/** A part of a file of a run. */
export interface FilePart {
  readonly name: string;
  readonly path: string;
  /** Its first byte and the one behind its last. */
  readonly from: number;
  readonly to: number;
}

/** A START in a file. */
export interface StoredStart {
  readonly step: Step;
  /** Where its record begins. */
  readonly offset: number;
}

/** What a part of a file has. */
export interface FileScan extends FilePart {
  /** Whether it could not be read further than `to`. */
  readonly isDamaged: boolean;
  /** Wall time of its first event, in seconds. */
  readonly startedAt: number | undefined;
  /** `undefined` when it is empty. */
  readonly kind: FileKind | undefined;
  /** Of a bounded file, how far it goes in a record file, and whether it has values behind the mark that says so. */
  readonly coverage: Coverage | undefined;
  readonly hasMore: boolean;
  readonly starts: readonly StoredStart[];
  /** The first step of any summary or START; Infinity for none. */
  readonly firstStep: Step;
  /** The first step of a START. */
  readonly startStep: Step;
  /** The last step of anything that a START makes void; -Infinity for none. */
  readonly lastStep: Step;
  /** By tag, void or not. */
  readonly tags: ReadonlyMap<string, TagSteps>;
  /** Of what has no values and is shown under a tag. */
  readonly graphs: ReadonlyMap<string, TagSteps>;
  /** The first that are given, by tag. */
  readonly metadata: ReadonlyMap<string, SummaryMetadata>;
  /** What TensorBoard takes each tag for that comes first in this file. */
  readonly forms: ReadonlyMap<string, SummaryMetadata>;
  /** Where what it has stood before. */
  readonly places: PlaceMap | undefined;
}

/**
 * Reads a part of a file to its end; with `isLenient` as far as it can be read, as both loaders do, and if there is such a file.
 *
 * Throws a `CorruptFileError` unless it is lenient, and the system's errors.
 */
export function scanFile(part: FilePart, fs: FileSystem, { isLenient = false } = {}): FileScan {
  let end = part.from;
  let isDamaged = false;
  const scan = scanEvents(part, events());
  return isDamaged ? { ...scan, to: end, isDamaged } : scan;

  function* events(): IterableIterator<StoredEvent> {
    try {
      for (const stored of storedEvents(part.path, fs, part.from, part.to)) {
        yield stored;
        end = stored.end;
      }
    } catch (error) {
      if (!isLenient || !(error instanceof CorruptFileError || errnoOf(error) === "ENOENT")) throw error;
      isDamaged = true;
    }
  }
}

function scanEvents(part: FilePart, events: Iterable<StoredEvent>): FileScan {
  let startedAt: number | undefined;
  let kind: FileScan["kind"];
  let coverage: Coverage | undefined;
  let hasMore = false;
  let firstStep: Step = Infinity;
  let startStep: Step = Infinity;
  let lastStep: Step = -Infinity;
  let places: PlaceMap | undefined;
  const starts: StoredStart[] = [];
  const tags = new Map<string, TagSteps>();
  const graphs = new Map<string, TagSteps>();
  const metadata = new Map<string, SummaryMetadata>();
  const forms = new Map<string, SummaryMetadata>();
  for (const { event, offset } of events) {
    const { step, summary, sessionLog } = event;
    startedAt ??= event.wallTime;
    if (kind === undefined || event.sourceMetadata !== undefined) {
      const writer = parseWriter(event.sourceMetadata?.writer);
      kind ??= kindOfWriter(writer);
      if (writer?.coverage !== undefined) {
        coverage = writer.coverage;
        hasMore = false;
      }
    }
    if (sessionLog?.status === SessionStatus.START) {
      starts.push({ step, offset });
      startStep = lesser(startStep, step);
      continue;
    }
    if (event.fileVersion !== undefined) continue;
    if (event.logMessage !== undefined) places = placesIn(event) ?? places;
    const graph = graphTagOf(event);
    if (graph !== undefined) {
      lastStep = greater(lastStep, step);
      addStep(graphs, graph[0], step);
      if (!forms.has(graph[0])) forms.set(...graph);
    }
    if (summary === undefined || summary.length === 0) continue;
    hasMore = true;
    firstStep = lesser(firstStep, step);
    lastStep = greater(lastStep, step);
    addSummary(step, summary);
  }
  return {
    ...{ ...part, isDamaged: false, startedAt, kind, coverage, hasMore, starts, startStep, lastStep },
    ...{ firstStep: lesser(firstStep, startStep), tags, graphs, metadata, forms, places },
  };

  function addSummary(step: Step, summary: NonNullable<Event["summary"]>): void {
    for (const value of summary) {
      const { tag } = value;
      if (!tags.has(tag)) {
        const form = formOf(value);
        if (form !== undefined && !forms.has(tag)) forms.set(tag, form);
      }
      addStep(tags, tag, step);
      if (value.metadata !== undefined && !metadata.has(tag)) metadata.set(tag, value.metadata);
    }
  }
}
