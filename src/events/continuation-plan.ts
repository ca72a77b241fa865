// What a session writes first that continues a run from a position, so that nothing behind the position is shown.

import { encodeVoiding } from "../wire/event.js";
import type { SummaryMetadata } from "../wire/summary.js";
import type { FileScan } from "./file-scan.js";
import type { FileSystem } from "./file-system.js";
import { Standing, type StandingSteps } from "./standing.js";
import { lesser, type Step, type TagSteps } from "./steps.js";

/** From where on a tag is void, and what TensorBoard takes it for. */
export interface VoidTag {
  readonly tag: string;
  readonly step: Step;
  readonly form: SummaryMetadata;
}

/** How the void events are made so in both loaders. */
export interface ContinuationPlan {
  /** What stands before the position. */
  readonly scans: readonly FileScan[];
  readonly standing: Standing;
  /** The first of them that is written anew, by its number; their count for none. */
  readonly from: number;
  /** Of the STARTs: before them nothing has to stay that has this step or a later one. Infinity when nothing is void. */
  readonly step: Step;
  /** What no later point of its tag makes void in the data server. */
  readonly voidTags: readonly VoidTag[];
  /** By tag, the highest step before the position. */
  readonly highest: ReadonlyMap<string, number>;
}

/** Whether something would be shown of what stands behind a position. */
export function isSomething({ tags, graphs, starts }: FileScan): boolean {
  return tags.size > 0 || graphs.size > 0 || starts.length > 0;
}

/**
 * The plan with the fewest files that are written anew: those that must be, and those from the number `wanted` on where that takes no others.
 *
 * `before`: what stands before the position, in order; `behind`: what is void. Throws like `scanFile`.
 */
export function planContinuation(
  before: readonly FileScan[],
  behind: readonly FileScan[],
  fs: FileSystem,
  wanted: number,
): ContinuationPlan {
  const standing = new Standing(before);
  const left = before.map((_, file) => standing.stepsOf(file, fs));
  const steps = firstSteps(before, behind);
  const needed = lastBegin(left, steps, before.length);
  const from = wanted < needed && lastBegin(left, steps, wanted) === wanted ? wanted : needed;
  return {
    ...{ scans: before, standing, from, step: steps[from]! },
    voidTags: voidTagsOf(before.slice(from), left.slice(from), behind),
    highest: highestOf(left),
  };
}

// Of each file: the first step of anything that it, a later one, or what is void has.
function firstSteps(before: readonly FileScan[], behind: readonly FileScan[]): Step[] {
  const steps: Step[] = Array.from({ length: before.length + 1 });
  steps[before.length] = behind.reduce<Step>((least, scan) => lesser(least, firstOf(scan)), Infinity);
  for (let file = before.length - 1; file >= 0; file--) {
    steps[file] = lesser(before[file]!.firstStep, steps[file + 1]!);
  }
  return steps;
}

function firstOf({ firstStep, graphs }: FileScan): Step {
  return [...graphs.values()].reduce<Step>((least, { lowest }) => lesser(least, lowest), firstStep);
}

// STARTs go for all tags, so what has to stay before them must end before their step.
function lastBegin(left: readonly StandingSteps[], steps: readonly Step[], last: number): number {
  for (let from = last; from > 0; from--) {
    const step = steps[from]!;
    if (left.slice(0, from).every(({ lastStep }) => lastStep < step)) return from;
  }
  return 0;
}

function voidTagsOf(
  copied: readonly FileScan[],
  left: readonly StandingSteps[],
  behind: readonly FileScan[],
): VoidTag[] {
  const firstLeft = new Map<string, Step>();
  for (const { tags } of left) {
    for (const [tag, { first }] of tags) if (!firstLeft.has(tag)) firstLeft.set(tag, first);
  }
  const scans = [...copied, ...behind];
  const lowest = lowestOf([...scans.map(({ tags }) => tags), ...behind.map(({ graphs }) => graphs)]);
  const forms = formsOf(scans);
  return [...lowest].flatMap(([tag, step]): VoidTag[] => {
    const form = forms.get(tag);
    const first = firstLeft.get(tag);
    // What is written anew makes void what its tag has from there on.
    if (form === undefined || (first !== undefined && first <= step)) return [];
    return canBeVoid(form, first !== undefined || copied.length === 0) ? [{ tag, step, form }] : [];
  });
}

/** By tag, the lowest step of any. */
export function lowestOf(all: readonly ReadonlyMap<string, TagSteps>[]): Map<string, Step> {
  const least = new Map<string, Step>();
  for (const tags of all) {
    for (const [tag, { lowest }] of tags) least.set(tag, lesser(lowest, least.get(tag) ?? Infinity));
  }
  return least;
}

/** What TensorBoard takes each tag for. */
export function formsOf(scans: readonly FileScan[]): Map<string, SummaryMetadata> {
  const forms = new Map<string, SummaryMetadata>();
  for (const scan of scans) for (const [tag, form] of scan.forms) if (!forms.has(tag)) forms.set(tag, form);
  return forms;
}

/**
 * Whether an event may say that a tag of this form is void: of hyperparameters the metadata are all there is. The Python loader fails at pictures
 * all of which are void, as long as it finds any; `isFound`: it does anyway, or some are left.
 */
export function canBeVoid({ pluginName }: SummaryMetadata, isFound: boolean): boolean {
  return pluginName !== "hparams" && (pluginName !== "images" || isFound);
}

/** Events that make tags void in the data server. `wallTime` in seconds. */
export function voidings(tags: readonly VoidTag[], wallTime: number): Uint8Array[] {
  return tags.map(({ tag, step, form }) => encodeVoiding(tag, form, step, wallTime));
}

function highestOf(left: readonly StandingSteps[]): Map<string, number> {
  const highest = new Map<string, number>();
  for (const { tags } of left) {
    for (const [tag, its] of tags) {
      highest.set(tag, Math.max(Number(its.highest), highest.get(tag) ?? -Infinity));
    }
  }
  return highest;
}
