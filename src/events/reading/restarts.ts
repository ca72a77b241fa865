// What restarts left void, in streams: a run that went back and logged its steps again has both in its files, and TensorBoard shows the later ones.

import { lesser, type Step } from "../steps.js";

/** A value of a tag, or a START that goes for all tags, in the order of files and records. */
export interface Point {
  /** `undefined` for a START. */
  readonly tag: string | undefined;
  readonly step: Step;
  /** Which block of the files it stands in (`blockOf`). */
  readonly block: number;
}

/** What is looked at together: so much of a file is held as values, and so much has one place for all that goes back in it. */
const BLOCK_BYTES = 256 * 1024;
/** More than a file has. */
const BLOCKS_OF_FILE = 2 ** 32;

/** The number of the block in which the record at `offset` of the run's file number `file` begins; it rises from record to record. */
export function blockOf(file: number, offset: number): number {
  return file * BLOCKS_OF_FILE + Math.floor(offset / BLOCK_BYTES);
}

/** Of one tag: the blocks that make void something before them, and from which step on. Both rise; a later, lower one makes an earlier one needless. */
interface TagRewinds {
  readonly blocks: number[];
  readonly steps: Step[];
  /** No step before the present block is higher, of those that are not void. */
  before: Step;
  /** The present block, and the highest step in it. */
  block: number;
  highest: Step;
}

/**
 * Where the steps of each tag go back. Memory grows with the tags and, for each, with the blocks before which something is void: with restarts, not
 * with points.
 */
export class Rewinds {
  readonly #tags = new Map<string, TagRewinds>();
  #isNeeded = false;

  /** Takes the next point of the run. */
  add(tag: Point["tag"], step: Step, block: number): void {
    if (tag === undefined) {
      for (const known of this.#tags.values()) {
        if (step <= known.before || step <= known.highest) this.#isNeeded = true;
        rewind(known, step, block);
      }
      return;
    }
    let known = this.#tags.get(tag);
    if (known === undefined) {
      known = { blocks: [], steps: [], before: -Infinity, block, highest: -Infinity };
      this.#tags.set(tag, known);
    }
    if (step <= known.before || step <= known.highest) this.#isNeeded = true;
    rewind(known, step, block);
    if (step > known.highest) known.highest = step;
  }

  /** The step from which on what a block has of a tag is void by what stands in later blocks; Infinity for none. */
  voidFrom(tag: string, block: number): Step {
    const known = this.#tags.get(tag);
    if (known === undefined) return Infinity;
    const { blocks, steps } = known;
    let first = 0;
    for (let end = blocks.length; first < end;) {
      const middle = (first + end) >> 1;
      if (blocks[middle]! > block) end = middle;
      else first = middle + 1;
    }
    return steps[first] ?? Infinity;
  }

  /** Whether anything may be void. */
  get isNeeded(): boolean {
    return this.#isNeeded;
  }

  /** How many places it remembers. */
  get size(): number {
    let size = 0;
    for (const { blocks } of this.#tags.values()) size += blocks.length;
    return size;
  }
}

function rewind(tag: TagRewinds, step: Step, block: number): void {
  if (block !== tag.block) {
    if (tag.highest > tag.before) tag.before = tag.highest;
    tag.block = block;
    tag.highest = -Infinity;
  }
  if (step > tag.before) return;
  // What is left before the block is lower; the next one that is not goes back too, or says the same once more.
  tag.before = step;
  const { blocks, steps } = tag;
  while (steps.length > 0 && steps.at(-1)! >= step) {
    blocks.pop();
    steps.pop();
  }
  blocks.push(block);
  steps.push(step);
}

/** The points that are not void, in their order, without the STARTs. `rewinds` has taken the same points before. Holds one block of them. */
export function* standing<T extends Point>(points: Iterable<T>, rewinds: Rewinds): IterableIterator<T> {
  let held: T[] = [];
  for (const point of points) {
    if (held.length > 0 && held[0]!.block !== point.block) {
      for (const kept of standingOf(held, rewinds)) yield kept;
      held = [];
    }
    held.push(point);
  }
  for (const kept of standingOf(held, rewinds)) yield kept;
}

// Of one block: from its end, since what comes later makes void.
function standingOf<T extends Point>(points: readonly T[], rewinds: Rewinds): T[] {
  const kept: T[] = [];
  const lowest = new Map<string, Step>();
  let start: Step = Infinity;
  for (let i = points.length - 1; i >= 0; i--) {
    const point = points[i]!;
    const { tag, step, block } = point;
    if (tag === undefined) {
      start = lesser(start, step);
      continue;
    }
    const end = lesser(lowest.get(tag) ?? rewinds.voidFrom(tag, block), start);
    if (step < end) kept.push(point);
    lowest.set(tag, lesser(end, step));
  }
  return kept.toReversed();
}
