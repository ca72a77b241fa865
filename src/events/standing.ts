// Which events of a run's files are not void.

import type { FileScan, StoredStart } from "./file-scan.js";
import type { FileSystem } from "./file-system.js";
import { isOfItsFile } from "./notes.js";
import { addStep, greater, lesser, type Step, type TagSteps } from "./steps.js";
import { storedEvents, type StoredEvent } from "./stored-events.js";

/** A place in one of several files. */
export interface Place {
  readonly file: number;
  readonly offset: number;
}

/** What makes events void. */
interface Voider {
  /** Their first step. */
  readonly step: Step;
  /** Behind it they are void. */
  readonly place: Place;
}

/** What of a file is not void. */
export interface StandingSteps {
  readonly tags: ReadonlyMap<string, TagSteps>;
  /** The last step of anything that a START makes void; -Infinity for none. */
  readonly lastStep: Step;
}

/** What of an event is not void. */
export interface StandingPart {
  /** Tags whose values are void. */
  readonly voidTags: readonly string[];
  /** Where that follows from; `undefined` when nothing is void. */
  readonly place: Place | undefined;
}

/**
 * The events of some files, which are in order, without those that a later place made void: by a START, or by logging the tag again in a later
 * file from an earlier step on, which is what TensorBoard's data server goes by.
 */
export class Standing {
  readonly #scans: readonly FileScan[];
  // Of each file: the STARTs in it, each as one that goes for all behind it too, and then the one of all later files.
  readonly #starts: (readonly (StoredStart & { readonly voider: Voider })[])[] = [];
  readonly #laterStarts: (Voider | undefined)[] = [];
  readonly #laterTags: ReadonlyMap<string, Voider>[] = [];

  /** `purgeStep`: of a START behind all of them. */
  constructor(scans: readonly FileScan[], purgeStep?: number) {
    this.#scans = scans;
    const end = { file: scans.length, offset: 0 };
    let later: Voider | undefined = purgeStep === undefined ? undefined : { step: purgeStep, place: end };
    const tags = new Map<string, Voider>();
    for (let file = scans.length - 1; file >= 0; file--) {
      const scan = scans[file]!;
      this.#laterStarts[file] = later;
      this.#laterTags[file] = new Map(tags);
      const starts: (StoredStart & { voider: Voider })[] = [];
      for (const start of scan.starts.toReversed()) {
        const { step, offset } = start;
        if (later === undefined || step <= later.step) later = { step, place: { file, offset } };
        starts.push({ ...start, voider: later });
      }
      this.#starts[file] = starts.toReversed();
      for (const [tag, { lowest }] of scan.tags) {
        const known = tags.get(tag);
        // Where in the file the lowest is does not matter: behind the file it is.
        if (known === undefined || lowest <= known.step)
          tags.set(tag, { step: lowest, place: { file: file + 1, offset: 0 } });
      }
    }
  }

  /** What of an event of the file of this number is void. */
  partOf(file: number, { event, offset }: StoredEvent): StandingPart | undefined {
    const { step, summary = [] } = event;
    const start = this.#startBehind(file, offset);
    if (start !== undefined && step >= start.step) return { voidTags: [], place: start.place };
    let voidTags: string[] | undefined;
    let place: Place | undefined;
    const later = this.#laterTags[file]!;
    if (later.size === 0) return undefined;
    for (const { tag } of summary) {
      const voider = later.get(tag);
      if (voider === undefined || step < voider.step) continue;
      (voidTags ??= []).push(tag);
      if (place === undefined || isBefore(place, voider.place)) place = voider.place;
    }
    return voidTags && { voidTags, place };
  }

  /** What is left of the file of this number. Reads it again if something in it may be void; throws like `storedEvents`. */
  stepsOf(file: number, fs: FileSystem): StandingSteps {
    const scan = this.#scans[file]!;
    if (!this.#isTouched(file)) return scan;
    const tags = new Map<string, TagSteps>();
    let lastStep: Step = -Infinity;
    for (const stored of storedEvents(scan.path, fs, scan.from, scan.to)) {
      const { event } = stored;
      const { step, summary } = event;
      const isShown =
        summary !== undefined || event.graphDef !== undefined || event.taggedRunMetadata !== undefined;
      if (!isShown || isOfItsFile(event)) continue;
      const part = this.partOf(file, stored);
      if (part !== undefined && isAllVoid(stored, part)) continue;
      lastStep = greater(lastStep, step);
      for (const { tag } of summary ?? [])
        if (part?.voidTags.includes(tag) !== true) addStep(tags, tag, step);
    }
    return { tags, lastStep };
  }

  #startBehind(file: number, offset: number): Voider | undefined {
    for (const start of this.#starts[file]!) if (start.offset > offset) return start.voider;
    return this.#laterStarts[file];
  }

  #isTouched(file: number): boolean {
    const { lastStep, tags, starts } = this.#scans[file]!;
    const first = starts.reduce<Step>(
      (least, { step }) => lesser(least, step),
      this.#laterStarts[file]?.step ?? Infinity,
    );
    if (lastStep >= first) return true;
    const later = this.#laterTags[file]!;
    for (const [tag, { highest }] of tags) if (highest >= (later.get(tag)?.step ?? Infinity)) return true;
    return false;
  }
}

/** Whether nothing of an event is left. */
export function isAllVoid({ event }: StoredEvent, { voidTags }: StandingPart): boolean {
  return voidTags.length === 0 || event.summary!.every(({ tag }) => voidTags.includes(tag));
}

/** Whether `a` comes before `b`. */
export function isBefore(a: Place, b: Place): boolean {
  return a.file < b.file || (a.file === b.file && a.offset < b.offset);
}
