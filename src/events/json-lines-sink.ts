// A run's scalars as JSON lines, for programs that read text.

import { dirname, join, parse, resolve } from "node:path";
import { ArgumentError } from "../errors.js";
import { checkInt64Step } from "../wire/int64.js";
import { wellFormed } from "../wire/text.js";
import { AppendFile, WRITE_AT_BYTES } from "./append-file.js";
import type { EventInit, EventSink, ScalarChannel, ScalarTag } from "./event-sink.js";
import { EVENT_FILE_MARK, isEventFileName } from "./file-name.js";
import { nodeFileSystem } from "./file-system.js";
import { addOpenWriter, removeOpenWriter } from "./open-writers.js";
import { openRunDirectory } from "./run-directory.js";
import type { EventFileWriterOptions } from "./session.js";
import { TextBuffer } from "./text-buffer.js";
import { processPart } from "./worker.js";

/** How a `JsonLinesSink` writes; each as in `EventFileWriterOptions`. */
export type JsonLinesOptions = Pick<
  EventFileWriterOptions,
  "onError" | "durability" | "syncEveryMs" | "clock" | "fileSystem"
>;

/**
 * Writes one line an event: `{"wallTime":1700000000.5,"step":7,"values":{"loss":0.25}}`, the wall time in seconds since 1970.
 *
 * A number is written as it was given, with all the digits of a float64; `NaN`, `Infinity` and `-Infinity`, which JSON lacks, are the strings
 * `"NaN"`, `"Infinity"` and `"-Infinity"`. Of values that are no plain scalars only the tags are written, as `"tags":["image"]` behind `values`.
 *
 * The file is made at the first event, is never appended to by another session, and is handed over, closed when the program ends, and
 * fails by the rules of `EventFileWriter`.
 */
export class JsonLinesSink implements EventSink {
  readonly #file: AppendFile<TextBuffer>;
  #wallTime = Number.NaN;
  #wallTimeText = "";

  /**
   * Writes to `path`, whose directory is made; if it is there already, to the same path with the next number before its ending:
   * `scalars.jsonl`, `scalars.1.jsonl`.
   *
   * Throws an `ArgumentError` when TensorBoard would read a file of that name, and a `LogdirError` when the directory cannot be made or
   * written.
   */
  constructor(path: string, options: JsonLinesOptions = {}) {
    if (typeof path !== "string" || path === "") throw new ArgumentError("path", "a path", path);
    const wanted = parse(resolve(path));
    if (isEventFileName(wanted.base)) {
      throw new ArgumentError(
        "path",
        `the path of a file whose name does not contain ${EVENT_FILE_MARK}`,
        path,
      );
    }
    const { durability, syncEveryMs = 1000, fileSystem = nodeFileSystem } = options;
    const directory = openRunDirectory(dirname(resolve(path)), fileSystem);
    this.#file = new AppendFile({
      directory,
      fileSystem,
      clock: options.clock ?? Date.now,
      buffer: new TextBuffer(WRITE_AT_BYTES + 4096),
      author: processPart(),
      what: "output file",
      onError: options.onError ?? "throw",
      syncEveryMs: durability === "disk" ? syncEveryMs : undefined,
      newPath: (existing) => join(directory.path, nextName(wanted, existing)),
      addHead: () => addOpenWriter(this),
    });
  }

  /** The file; `undefined` until the first event. */
  get path(): string | undefined {
    return this.#file.path;
  }

  /** Events that were lost after a failed write (`onError: "warn"`). */
  get dropped(): number {
    return this.#file.dropped;
  }

  /** Whether `close` was called. */
  get closed(): boolean {
    return this.#file.isClosed;
  }

  write(event: EventInit): boolean {
    const file = this.#file;
    const step = checkInt64Step(event.step ?? 0);
    if (!file.begin(event.wallTime)) return false;
    const summary = event.summary ?? [];
    const scalars = summary.filter(({ simpleValue }) => simpleValue !== undefined);
    const others = summary.filter(({ simpleValue }) => simpleValue === undefined);
    const values = scalars.map(({ tag, simpleValue }) => `${text(tag)}:${number(simpleValue!)}`);
    const tags = others.length === 0 ? "" : `,"tags":[${others.map(({ tag }) => text(tag)).join(",")}]`;
    file.buffer.addText(`${this.#head(step)},"values":{${values.join(",")}}${tags}}\n`);
    file.end();
    return true;
  }

  scalars(tags: readonly ScalarTag[]): ScalarChannel {
    const file = this.#file;
    const names = tags.map(({ tag }) => `${text(tag)}:`);
    const [firstName = ""] = names;
    return {
      write: (step, values, from = 0, wallTime) => {
        if (!file.begin(wallTime)) return;
        let line = `${this.#head(step)},"values":{`;
        for (let i = 0; i < names.length; i++) {
          line += `${i === 0 ? "" : ","}${names[i]!}${number(values[from + i]!)}`;
        }
        file.buffer.addText(`${line}}}\n`);
        file.end();
      },
      writeOne: (step, value, wallTime) => {
        if (!file.begin(wallTime)) return;
        file.buffer.addText(`${this.#head(step)},"values":{${firstName}${number(value)}}}\n`);
        file.end();
      },
    };
  }

  flush(): void {
    this.#file.flush();
  }

  async sync(): Promise<void> {
    await this.#file.sync();
  }

  async close(): Promise<void> {
    this.closeSync();
  }

  closeSync(): void {
    removeOpenWriter(this);
    this.#file.closeSync();
  }

  [Symbol.dispose](): void {
    this.closeSync();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }

  #head(step: number | bigint): string {
    const wallTime = this.#file.wallTime[0]!;
    // Many events have one time, and its digits are a third of the work.
    if (wallTime !== this.#wallTime) {
      this.#wallTime = wallTime;
      this.#wallTimeText = number(wallTime);
    }
    return `{"wallTime":${this.#wallTimeText},"step":${step}`;
  }
}

// The same tag as in the event file: JSON could hold half a surrogate pair, but few of its readers can.
function text(tag: string): string {
  return JSON.stringify(wellFormed(tag));
}

function number(value: number): string {
  if (!Number.isFinite(value)) return `"${value}"`;
  return Object.is(value, -0) ? "-0" : String(value);
}

/** The wanted name, or the one whose number follows the greatest there. */
function nextName(wanted: { name: string; ext: string; base: string }, existing: readonly string[]): string {
  const numbers = existing.map((name) => {
    if (name === wanted.base) return 0;
    if (!name.startsWith(`${wanted.name}.`) || !name.endsWith(wanted.ext)) return -1;
    const middle = name.slice(wanted.name.length + 1, name.length - wanted.ext.length);
    return /^\d{1,15}$/.test(middle) ? Number(middle) : -1;
  });
  const last = numbers.reduce((a, b) => Math.max(a, b), -1);
  return last < 0 ? wanted.base : `${wanted.name}.${last + 1}${wanted.ext}`;
}
