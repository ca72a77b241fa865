// Killing trainings at random moments, again and again until they end by themselves.
import { mkdirSync } from "node:fs";
import { dirname, join } from "node:path";
import { expect } from "vitest";
import { PyRandom } from "../../src/index.js";
import type { Ended } from "../cli/child.js";
import {
  filesBelow,
  isPlace,
  isUnfinished,
  linesOf,
  outcomeOf,
  PLACES,
  type Place,
  type Training,
  type Whole,
} from "./trainings.js";

/** Those that a moment of a whole life seldom meets. */
const SELDOM: readonly Place[] = ["at its start", "in a validation", "behind its last step"];

/** A kill, and what it met. */
export interface Kill {
  /** Undefined where the training has said nothing. */
  readonly place: Place | undefined;
  readonly isBeforeCheckpoint: boolean;
  /** Whether a file was being written that was to appear whole. */
  readonly isUnfinished: boolean;
}

/** How trainings are killed. */
export interface KillOptions {
  /** Of it the moments are made. */
  readonly seed: number;
  /** After so many kills a training is left alone, so that it ends on any machine; 12. */
  readonly maxKills?: number;
  /** The first kill comes within a quarter of a life behind this place, so that there is one; drawn as the others are unless given. */
  readonly first?: Place;
}

/** When a process is to be killed. */
interface Moment {
  /** The place that is waited for first; without one it is the start of the process. */
  readonly place: Place | undefined;
  /** Milliseconds behind it. */
  readonly ms: number;
}

/**
 * Kills a training at random moments until it ends by itself, and compares what came out with `whole`. Half of the moments are spread evenly
 * over the life of one that is not killed; the others are shortly behind a place that is seldom met.
 *
 * @throws {Error} When something differs, with the seed.
 */
export async function killUntilEnd(
  training: Training,
  dir: string,
  { lifeMs, ...whole }: Whole,
  { seed, maxKills = 12, first }: KillOptions,
): Promise<Kill[]> {
  mkdirSync(dir, { recursive: true });
  const random = new PyRandom(seed);
  const kills: Kill[] = [];
  const moments: string[] = [];
  let paths: readonly string[] = [];
  try {
    for (;;) {
      const moment =
        first !== undefined && kills.length === 0
          ? { place: training.last === undefined ? first : undefined, ms: (random.random() * lifeMs) / 4 }
          : drawMoment(training, lifeMs, random);
      const { ended, isKilled } = await live(training, dir, kills.length < maxKills ? moment : undefined);
      if (!isKilled) {
        expect(outcomeOf(training, dir, ended)).toEqual(whole);
        return kills;
      }
      moments.push(`${moment.ms.toFixed(1)} ms behind ${moment.place ?? "the start of the process"}`);
      const before = paths;
      paths = filesBelow(dir);
      kills.push(lookAt(training, ended, { before, after: paths }));
    }
  } catch (error) {
    const { message } = error as Error;
    const what = `${training.name}, seed ${seed}, killed ${moments.join(", ") || "never"}`;
    throw new Error(`${what}: ${message}`, { cause: error });
  }
}

function drawMoment({ last }: Training, lifeMs: number, random: PyRandom): Moment {
  if (last !== undefined || random.random() < 0.5) return { place: undefined, ms: random.random() * lifeMs };
  return { place: SELDOM[Math.floor(random.random() * SELDOM.length)]!, ms: random.random() * 20 };
}

/** Starts it, and kills it at that moment unless it has ended by then. */
async function live(
  training: Training,
  dir: string,
  moment: Moment | undefined,
): Promise<{ ended: Ended; isKilled: boolean }> {
  const { child, ended: whenEnded } = training.start(dir);
  let timer: NodeJS.Timeout | undefined;
  let isSent = false;
  const killSoon = (): void => {
    timer ??= setTimeout(() => (isSent = child.kill("SIGKILL")), moment!.ms);
  };
  if (moment !== undefined && moment.place === undefined) killSoon();
  let said = "";
  child.stderr!.on("data", (text: string) => {
    said += text;
    if (moment?.place !== undefined && said.includes(`${moment.place}\n`)) killSoon();
  });
  const ended = await whenEnded;
  clearTimeout(timer);
  const isKilled = ended.signal === "SIGKILL" && isSent;
  if (ended.signal !== null && !isKilled) throw new Error(`it was ended by ${ended.signal}: ${ended.stderr}`);
  return { ended, isKilled };
}

/** `before` and `after`: the files of its directory at its start and behind the kill. */
function lookAt(
  { checkpoints, last }: Training,
  { stderr }: Ended,
  { before, after }: { before: readonly string[]; after: readonly string[] },
): Kill {
  const lines = linesOf(stderr);
  expect(lines.filter((line) => !isPlace(line))).toEqual([]);
  const isSaved = (path: string): boolean => dirname(path) === checkpoints && !isUnfinished(path);
  const saved = after.filter(isSaved);
  let place = lines.at(-1) as Place | undefined;
  if (last !== undefined && saved.includes(join(checkpoints, last))) place = "behind its last step";
  else if (last !== undefined && saved.at(-1) !== before.findLast(isSaved)) place = "in an epoch";
  return {
    place,
    isBeforeCheckpoint: saved.length === 0,
    isUnfinished: after.some((path) => isUnfinished(path) && !before.includes(path)),
  };
}

/** How many kills met what. */
export function countKills(kills: readonly Kill[]): Record<string, number> {
  const count = (is: (kill: Kill) => boolean): number => kills.filter(is).length;
  return {
    "in all": kills.length,
    ...Object.fromEntries(PLACES.map((place) => [place, count((kill) => kill.place === place)])),
    "at an unknown place": count(({ place }) => place === undefined),
    "before the first checkpoint": count(({ isBeforeCheckpoint }) => isBeforeCheckpoint),
    "while a file was written": count(({ isUnfinished }) => isUnfinished),
  };
}
