// A run that is started again and again over months of a scripted clock: it ends by itself, or is killed, or crashes in a loop.
import { readdirSync, statSync } from "node:fs";
import { join } from "node:path";
import { openEventWriter, type EventWriterOptions } from "../../src/events/open-event-writer.js";
import type { EventSink } from "../../src/events/event-sink.js";
import { PyRandom } from "../../src/math/py-random.js";
import { eventFilesIn } from "./events.js";
import { START_S } from "./handmade-runs.js";
import type { ShownPoint } from "./loader-rules.js";
import { NthCallFileSystem } from "./nth-call.js";
import { scriptedClock, type ScriptedClock } from "./scripted-clock.js";

const MINUTE_MS = 60_000;
/** More than any process has on Linux: whoever asks learns that it is gone. */
const GONE_PIDS = 5_000_000;

/** What each event of the run has. */
export const RESTART_TAGS = ["loss", "lr", "load"] as const;
export type RestartTag = (typeof RESTART_TAGS)[number];

/** The value of a spike; all others are below 1000. */
export const SPIKE = 5000;

/** How the run is written, and what its chances are drawn from. */
export interface RestartOptions {
  readonly writer: EventWriterOptions;
  readonly seed: number;
  /** Steps between two spikes, on the average; at least half of it. */
  readonly spikeEvery: number;
  /** Minutes between two starts, on the average, crash loops left out. */
  readonly minutes: number;
}

/** What the run's directory had at a moment. */
export interface Footprint {
  readonly files: number;
  readonly bytes: number;
}

/** The run, and what its files have to mean. */
export class RestartedRun {
  readonly dir: string;
  readonly clock: ScriptedClock = scriptedClock(START_S * 1000);
  /** The points that were flushed and are not void, by tag; each step has one of every tag. */
  readonly points: Readonly<Record<RestartTag, ShownPoint[]>>;
  /** The steps of the spikes among them, of the tag `loss`. */
  readonly spikes: number[] = [];
  starts = 0;
  kills = 0;
  /** Starts within the last minute before the last one. */
  recentStarts = 0;
  /** The most that was there while the last session logged. */
  footprint: Footprint = { files: 0, bytes: 0 };
  /** Whether the last session ended by itself, so that nothing is in the files but `points`. */
  isClean = true;
  readonly #options: RestartOptions;
  readonly #random: PyRandom;
  #startTimes: number[] = [];
  #unflushed: (readonly [step: number, values: readonly number[]])[] = [];
  #lastSpike = -Infinity;
  // Starts of a crash loop that are still to come.
  #loop = 0;

  constructor(dir: string, options: RestartOptions) {
    this.dir = dir;
    this.#options = options;
    this.#random = new PyRandom(options.seed);
    this.points = Object.fromEntries(RESTART_TAGS.map((tag) => [tag, []])) as never;
  }

  /** The step after the last point. */
  get nextStep(): number {
    return (this.points.loss.at(-1)?.step ?? -1) + 1;
  }

  /** One session, and the time until the next start. */
  restart(): void {
    const now = this.clock();
    this.#startTimes = [...this.#startTimes.filter((time) => now - time < MINUTE_MS), now];
    this.recentStarts = this.#startTimes.length - 1;
    this.footprint = { files: 0, bytes: 0 };
    this.#session();
    this.starts++;
    if (this.#loop > 0) this.#loop--;
    else if (this.#chance(0.01)) this.#loop = 1 + this.#upTo(20);
    const pause = -Math.log(1 - this.#random.random()) * this.#options.minutes * MINUTE_MS;
    this.clock.advance(this.#loop > 0 ? 1000 + this.#upTo(9000) : 1000 + MINUTE_MS + Math.floor(pause));
  }

  #session(): void {
    const isKilled = this.#chance(0.3);
    // Most kills in the midst of logging; some at any of the first calls, where files are made and folded.
    const killAt = isKilled && this.#chance(0.4) ? 1 + this.#upTo(80) : Infinity;
    const disk = new NthCallFileSystem(killAt, "killed");
    const first = this.#firstStep();
    const isPurging = first < this.nextStep || !this.isClean;
    try {
      const writer = openEventWriter(this.dir, {
        ...this.#options.writer,
        ...{ clock: this.clock, hostname: "box", pid: GONE_PIDS + this.starts, fileSystem: disk.fileSystem },
        ...(isPurging ? { purgeStep: first } : {}),
      });
      try {
        this.#log(writer, first);
        if (isKilled) disk.kill();
      } finally {
        // To a dead process nothing of this happens but that its hold on the directory is gone.
        writer.closeSync();
      }
      this.#take();
    } catch (error) {
      if (!disk.isDead) throw error;
      this.isClean = false;
      this.kills++;
    }
    this.#unflushed = [];
  }

  // A trainer begins at its last checkpoint, and a bot goes on. After a kill nobody knows what came behind the last flush.
  #firstStep(): number {
    return this.#chance(0.25) ? Math.max(0, this.nextStep - this.#upTo(30)) : this.nextStep;
  }

  #log(writer: EventSink, first: number): void {
    const channel = writer.scalars(RESTART_TAGS.map((tag) => ({ tag })));
    const count = this.#chance(0.2) ? this.#upTo(3) : this.#chance(0.01) ? 2000 : this.#upTo(80);
    const flushes = this.#chance(0.8);
    for (let step = first; step < first + count; step++) {
      // The file's first bytes make void what the session is going to log again.
      if (step === first) this.#voidFrom(first);
      const values = RESTART_TAGS.map((_, i) => this.#upTo(1000) + i / 8);
      if (this.#isSpike(step)) values[0] = SPIKE;
      channel.write(step, values);
      this.#unflushed.push([step, values]);
      this.clock.advance(this.#upTo(2000));
      if (!flushes || !this.#chance(0.2)) continue;
      writer.flush();
      this.#take();
      this.#look();
    }
    // A session that logs nothing makes no file, and tidies nothing up.
    if (count > 0) this.#look();
  }

  // Never two so near to each other that a bounded curve has them in one stride.
  #isSpike(step: number): boolean {
    const { spikeEvery } = this.#options;
    if (step - this.#lastSpike < spikeEvery / 2 || !this.#chance(2 / spikeEvery)) return false;
    this.#lastSpike = step;
    return true;
  }

  #voidFrom(step: number): void {
    while (this.nextStep > step) for (const tag of RESTART_TAGS) this.points[tag].pop();
    while ((this.spikes.at(-1) ?? -1) >= step) this.spikes.pop();
  }

  #take(): void {
    for (const [step, values] of this.#unflushed) {
      for (const [i, tag] of RESTART_TAGS.entries()) this.points[tag].push({ step, value: values[i]! });
      if (values[0] === SPIKE) this.spikes.push(step);
      this.isClean = true;
    }
    this.#unflushed = [];
  }

  #look(): void {
    const paths = eventFilesIn(this.dir);
    const bytes = paths.reduce((sum, path) => sum + statSync(path).size, 0);
    this.footprint = {
      files: Math.max(this.footprint.files, paths.length),
      bytes: Math.max(this.footprint.bytes, bytes),
    };
  }

  #chance(p: number): boolean {
    return this.#random.random() < p;
  }

  #upTo(most: number): number {
    return Math.floor(this.#random.random() * (most + 1));
  }
}

/** The paths of a run's record files, in their order. */
export function recordFilesIn(dir: string): string[] {
  return readdirSync(dir)
    .filter((name) => name.startsWith("records.out."))
    .toSorted()
    .map((name) => join(dir, name));
}
