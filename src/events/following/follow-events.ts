// Following logs that grow: every event of a logdir, once, as it comes.

import { dirname } from "node:path";
import { setImmediate as turn, setTimeout as wait } from "node:timers/promises";
import { ArgumentError, errnoOf, LogdirError } from "../../errors.js";
import { unreadable } from "../unreadable.js";
import { EventParser } from "../../wire/event-parser.js";
import { findRuns, type Run } from "../runs.js";
import { throwDamage, type Damage } from "../reading/damage.js";
import { isFileAt } from "../reading/runs-at.js";
import { FollowedRun, type FollowedEvent } from "./followed-run.js";
import { HeldFiles } from "./held-files.js";

const POLL_MS = 500;
/** Files held open; a system may allow a process no more than 256. */
const MOST_HELD = 100;
/** Steps of a run in a row, most of them events, while others have some too. */
const IN_A_ROW = 500;
/** A pause is so many times as long as the look before it, where that takes long. */
const PAUSE = 4;
/** The thread is not kept from signals and timers for longer. */
const LONGEST_MS = 20;
const MOST_STEPS = 50;

/** What is followed, and how. */
export interface FollowOptions {
  /** Ends it: the iteration is over then, without an error. */
  readonly signal?: AbortSignal;
  /** Milliseconds between two looks at the file system, from 10; 500 unless given. Where a look takes long they are more: four times as many as it takes. */
  readonly pollMilliseconds?: number;
  /** `start`, unless given: what is there comes first. `end`: only what is added, and what new files have. */
  readonly from?: "start" | "end";
  /** Which runs, by name; also of those that come later. Every one unless given. */
  readonly runs?: (run: string) => boolean;
  /** Only events with a value under a tag for which it returns true. Every one unless given. */
  readonly tags?: (tag: string) => boolean;
  /** Told once of each stretch of a file that is no event. Without it damage is an error. */
  readonly onDamage?: (damage: Damage) => void;
  /** Told once of each directory and file that cannot be read; it is tried again. Without it that is an error. */
  readonly onWarning?: (error: LogdirError) => void;
  /** Called each time when all that there is was given, and before more is waited for. */
  readonly onIdle?: () => void;
}

/**
 * The events of the runs at `path`, a logdir, a run's directory or one event file: what is there, and then for ever what is added. It asks the
 * file system again and again, since network file systems tell nobody. New runs and files are found. The events of a file come in its
 * order, those of several runs by turns. All files are closed when the iteration ends.
 *
 * Each event comes once: also when its file is written in pieces, cut, replaced by a copy or by something else, or deleted and made again; when
 * a later session of this package's writers copies it to its own file (`fold`); and of a bounded run, whose record file is followed. A
 * record that is not complete is waited for. Memory grows with the number of files, not of events.
 *
 * Throws an `ArgumentError`, and a `LogdirError` with code `LOGDIR_NOT_READABLE` when there is nothing at `path`. What is deleted later is waited
 * for. The iteration throws a `CorruptFileError` for damage without `onDamage`, and a `LogdirError` without `onWarning`.
 */
export function followEvents(
  path: string,
  options: FollowOptions = {},
): AsyncIterableIterator<FollowedEvent> {
  return followEventsBy(path, options, pause);
}

/** `followEvents` with another way to wait; it has to come back when the signal is aborted. */
export function followEventsBy(
  path: string,
  options: FollowOptions,
  pauses: (ms: number, signal: AbortSignal | undefined) => Promise<void>,
): AsyncIterableIterator<FollowedEvent> {
  checkOptions(options);
  const isOneFile = isFileAt(path);
  return new Follower(path, isOneFile, options).events(pauses);
}

class Follower {
  readonly #path: string;
  readonly #isOneFile: boolean;
  readonly #options: FollowOptions;
  readonly #runs = new Map<string, FollowedRun>();
  readonly #held = new HeldFiles(MOST_HELD);
  readonly #parser = new EventParser();
  #isFirst = true;
  #warned = new Set<string>();
  #lastTurn = performance.now();
  #steps = 0;

  constructor(path: string, isOneFile: boolean, options: FollowOptions) {
    this.#path = path;
    this.#isOneFile = isOneFile;
    this.#options = options;
  }

  async *events(
    pauses: (ms: number, signal: AbortSignal | undefined) => Promise<void>,
  ): AsyncGenerator<FollowedEvent, void, undefined> {
    const { signal, pollMilliseconds = POLL_MS, onIdle } = this.#options;
    const looks = new Map<FollowedRun, ReturnType<FollowedRun["look"]>>();
    try {
      while (!isAborted(signal)) {
        const begunAt = performance.now();
        let isIdle = looks.size === 0;
        const listed = this.#list();
        for (const [run, where] of listed) if (!looks.has(run)) looks.set(run, run.look(where));
        while (looks.size > 0) {
          for (const [run, look] of looks) {
            for (let i = 0; i < IN_A_ROW; i++) {
              const { value, done } = look.next();
              if (done === true) {
                looks.delete(run);
                break;
              }
              isIdle = false;
              if (value === undefined) await this.#turn();
              else yield value;
              if (isAborted(signal)) return;
            }
            await this.#turn();
            if (isAborted(signal)) return;
          }
          // Whoever has much to give keeps nobody waiting who is new.
          if (performance.now() - begunAt > pollMilliseconds) break;
        }
        if (looks.size > 0) continue;
        onIdle?.();
        const tookMs = isIdle ? performance.now() - begunAt : 0;
        if (!isAborted(signal)) await pauses(Math.max(pollMilliseconds, PAUSE * tookMs), signal);
      }
    } finally {
      for (const run of this.#runs.values()) run.close();
    }
  }

  /** The runs to look at, and where they are now. */
  #list(): Map<FollowedRun, Run | undefined> {
    const { runs: isWanted = () => true, from = "start" } = this.#options;
    const listed = new Map<FollowedRun, Run | undefined>();
    for (const run of this.#find()) {
      if (!isWanted(run.name)) continue;
      let followed = this.#runs.get(run.name);
      if (followed === undefined) {
        followed = new FollowedRun(run.name, this.#parts(), {
          isSilent: from === "end" && this.#isFirst,
          isOneFile: this.#isOneFile,
        });
        this.#runs.set(run.name, followed);
      }
      listed.set(followed, run);
    }
    for (const run of this.#runs.values()) if (!listed.has(run) && run.isOpen) listed.set(run, undefined);
    this.#isFirst = false;
    return listed;
  }

  #find(): readonly Run[] {
    if (this.#isOneFile) return [{ name: ".", dir: dirname(this.#path), files: [this.#path] }];
    const errors: LogdirError[] = [];
    let found: readonly Run[] = [];
    try {
      found = findRuns(this.#path, { onError: (error) => void errors.push(error) });
    } catch (error) {
      errors.push(error instanceof LogdirError ? error : unreadable(this.#path, error));
    }
    // What is deleted is waited for.
    const told = errors.filter(({ cause }) => errnoOf(cause) !== "ENOENT");
    for (const error of told) if (!this.#warned.has(error.message)) this.#warn(error);
    this.#warned = new Set(told.map(({ message }) => message));
    return found;
  }

  #parts(): ConstructorParameters<typeof FollowedRun>[1] {
    const { tags, onDamage = throwDamage } = this.#options;
    const onWarning = (error: LogdirError): void => this.#warn(error);
    return { held: this.#held, parser: this.#parser, tags, onDamage, onWarning };
  }

  #warn(error: LogdirError): void {
    const { onWarning } = this.#options;
    if (onWarning === undefined) throw error;
    onWarning(error);
  }

  async #turn(): Promise<void> {
    if (++this.#steps % MOST_STEPS !== 0 && performance.now() - this.#lastTurn < LONGEST_MS) return;
    await turn();
    this.#lastTurn = performance.now();
  }
}

// Asked anew each time: it changes while something is awaited.
function isAborted(signal: AbortSignal | undefined): boolean {
  return signal?.aborted === true;
}

async function pause(ms: number, signal: AbortSignal | undefined): Promise<void> {
  try {
    await wait(ms, undefined, { signal });
  } catch (error) {
    if (!isAborted(signal)) throw error;
  }
}

function checkOptions({ pollMilliseconds, from, runs, tags }: FollowOptions): void {
  if (pollMilliseconds !== undefined && !(pollMilliseconds >= 10 && pollMilliseconds <= 2 ** 31 - 1)) {
    throw new ArgumentError("pollMilliseconds", "a number of milliseconds from 10", pollMilliseconds);
  }
  if (from !== undefined && from !== "start" && from !== "end") {
    throw new ArgumentError("from", '"start" or "end"', from);
  }
  for (const [name, value] of Object.entries({ runs, tags })) {
    if (value !== undefined && typeof value !== "function") {
      throw new ArgumentError(name, "a function that says whether a name is wanted", value);
    }
  }
}
