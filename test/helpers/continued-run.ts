// A run that is killed and continued from positions again and again, beside what its files have to mean.
import { basename, join } from "node:path";
import { statSync, truncateSync } from "node:fs";
import { LogdirError, WriteError } from "../../src/errors.js";
import { openEventWriter, type EventWriterOptions } from "../../src/events/open-event-writer.js";
import type { LogPosition } from "../../src/events/log-position.js";
import { recordsOf } from "./events.js";
import type { Curves, ShownPoint } from "./loader-rules.js";
import { NthCallFileSystem, type Fault } from "./nth-call.js";
import { scriptedClock, type ScriptedClock } from "./scripted-clock.js";
import { OpenLoader } from "./open-loader.js";

/** What a session does: it logs a value of a tag, takes a position, or waits for so many milliseconds. */
export type Deed = string | "position" | number;

/** How a session ends: by itself; by a kill that leaves so many bytes less of its file; by what goes wrong at a file call, a kill unless given. */
export type End = "close" | { readonly torn: number } | { readonly call: number; readonly fault?: Fault };

/** A position that was taken, and what the log was then. */
export interface Saved {
  readonly position: LogPosition;
  readonly points: ReadonlyMap<string, readonly ShownPoint[]>;
  /** The one before it on its way. */
  readonly parent: Saved | undefined;
}

let values = 0;

/** The run of a directory. Each tag has steps of its own, from 0 on. */
export class ContinuedRun {
  readonly clock: ScriptedClock = scriptedClock(1_700_000_000_000);
  readonly dir: string;
  readonly open: OpenLoader;
  /** What the log means now, by tag. */
  points = new Map<string, readonly ShownPoint[]>();
  readonly saved: Saved[] = [];
  /** The last position on the way to where the log is. */
  last: Saved | undefined;
  /** Calls of the last session. */
  calls = 0;
  readonly #options: EventWriterOptions;

  constructor(dir: string, options: EventWriterOptions = {}) {
    this.dir = join(dir, "run");
    this.open = new OpenLoader(this.dir);
    this.#options = options;
  }

  /** The curves that both loaders have to show. */
  get curves(): Curves {
    return Object.fromEntries([...this.points].filter(([, points]) => points.length > 0));
  }

  /**
   * One session. With `from` it continues from there, else it goes on. Gives whether it logged anything, and was not killed before that.
   *
   * @throws What the writer throws, but for what follows from a kill or a fault.
   */
  session(deeds: readonly Deed[], { from, end = "close", options = {} }: SessionOptions = {}): boolean {
    const { call = Infinity, fault = "killed" }: { call?: number; fault?: Fault } = isAtCall(end) ? end : {};
    const disk = new NthCallFileSystem(call, fault);
    let hasLogged = false;
    try {
      const writer = openEventWriter(this.dir, {
        ...{ clock: this.clock, hostname: "box", pid: 7, fileSystem: disk.fileSystem },
        ...this.#options,
        ...options,
        ...(from && { continueFrom: JSON.parse(JSON.stringify(from.position)) as LogPosition }),
      });
      try {
        if (from !== undefined) {
          this.points = new Map(from.points);
          this.last = from;
        }
        for (const deed of deeds) {
          if (typeof deed === "number") this.clock.advance(deed);
          else if (deed === "position") this.#save(writer.position());
          else {
            const points = this.points.get(deed) ?? [];
            const point = { step: points.length, value: values++ % 2 ** 20 };
            writer.write({ step: point.step, summary: [{ tag: deed, simpleValue: point.value }] });
            this.points.set(deed, [...points, point]);
            hasLogged = true;
          }
        }
        if (end !== "close" && "torn" in end) writer.flush();
        if (end !== "close" && fault === "killed") disk.kill();
      } finally {
        this.#close(writer, end);
      }
      const path = "recordPath" in writer ? writer.recordPath : writer.path;
      if (typeof end === "object" && "torn" in end && path !== undefined && hasLogged) {
        const { size } = statSync(path);
        // What a position says was handed over.
        const most = size - (this.saved.at(-1)?.position.files[basename(path)] ?? 0);
        truncateSync(path, size - Math.min(end.torn, most, recordsOf(path).at(-1)!.length));
      }
    } catch (error) {
      if (end === "close" || !isExpected(error)) throw error;
      hasLogged = false;
    }
    this.calls = disk.calls.length;
    return hasLogged;
  }

  // To a dead process nothing of this happens but that its hold on the directory is gone.
  #close(writer: { closeSync(): void }, end: End): void {
    try {
      writer.closeSync();
    } catch (error) {
      if (end === "close" || !isExpected(error)) throw error;
    }
  }

  #save(position: LogPosition): void {
    const saved = { position, points: new Map(this.points), parent: this.last };
    this.saved.push(saved);
    this.last = saved;
  }
}

function isAtCall(end: End): end is Extract<End, { call: number }> {
  return typeof end === "object" && "call" in end;
}

// What a caller hears of a system that fails.
function isExpected(error: unknown): boolean {
  return error instanceof WriteError || (error instanceof LogdirError && error.code !== "POSITION_LOST");
}

/** How a session of a `ContinuedRun` begins and ends. */
export interface SessionOptions {
  readonly from?: Saved;
  readonly end?: End;
  readonly options?: EventWriterOptions;
}
