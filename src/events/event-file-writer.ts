// Writes the event file of one session of a run.

import { hostname } from "node:os";
import { join } from "node:path";
import { ArgumentError } from "../errors.js";
import { version } from "../version.js";
import { encodeEvent, SessionStatus } from "../wire/event.js";
import { RecordBuffer } from "../wire/record-buffer.js";
import { ScalarEventEncoder } from "../wire/scalar-event.js";
import { AppendFile, WRITE_AT_BYTES } from "./append-file.js";
import type { EventInit, EventSink, ScalarChannel, ScalarTag } from "./event-sink.js";
import { nextFileName } from "./file-name.js";
import { nodeFileSystem, type FileSystem } from "./file-system.js";
import { addOpenWriter, removeOpenWriter } from "./open-writers.js";
import { holdRunDirectory, type RunDirectory } from "./run-directory.js";

/** How an `EventFileWriter` writes. */
export interface EventFileWriterOptions {
  /**
   * The first step of a session that continues a run, as a safe integer: points of earlier files at this step and later are void in
   * both of TensorBoard's loaders. Without it nothing is void.
   */
  readonly purgeStep?: number;
  /** Added to the end of the file's name. */
  readonly filenameSuffix?: string;
  /**
   * What an end of the program may cost. `"process"` (default): nothing when the program ends by itself or by an error, the last 200 ms
   * when it is killed; when the machine goes down, what the system had not put on the disk. `"disk"`: the file and its directory entries are
   * also synced, every `syncEveryMs` and at `close`, so that a machine that goes down costs at most the last two such times.
   */
  readonly durability?: "process" | "disk";
  /** Milliseconds between two syncs with `durability: "disk"`, from 1; 1000. */
  readonly syncEveryMs?: number;
  /**
   * What a failed write does to the calls that add events. `"throw"` (default): the next one throws a `WriteError` and takes nothing; what was
   * taken before is kept and tried again first at each call. `"warn"`: events are dropped and counted (`dropped`), one process warning is
   * emitted per failure, and the program goes on; `close` throws if any event was lost. `flush` and `sync` throw in both.
   */
  readonly onError?: "throw" | "warn";
  /** Milliseconds since 1970-01-01 UTC; `Date.now` unless given. */
  readonly clock?: () => number;
  /** Part of the file's name; the machine's unless given. */
  readonly hostname?: string;
  /** Part of the file's name; the process's unless given. */
  readonly pid?: number;
  /** For tests that let the operating system fail. */
  readonly fileSystem?: FileSystem;
}

/**
 * Writes the events of one session of a run into a new file of its directory.
 *
 * The directory is made and tried for writing at construction; the file is made at the first event, with a name that sorts after every
 * other one there. No file is ever appended to or cut. Events are handed to the operating system when 128 KiB are full, when 200 ms
 * have passed since the last time, and by a timer (which does not keep the process alive) when the program is idle; so a program that
 * is killed loses at most the last 200 ms.
 */
export class EventFileWriter implements EventSink {
  readonly #directory: RunDirectory;
  readonly #file: AppendFile<RecordBuffer>;
  readonly #described: DescribedTags = new Map();

  /**
   * Throws a `LogdirError` when `dir` cannot be made or written or this process already has a writer on it, and an
   * `ArgumentError` when an option is not what it must be.
   */
  constructor(dir: string, options: EventFileWriterOptions = {}) {
    checkOptions(options);
    const fileSystem = options.fileSystem ?? nodeFileSystem;
    this.#directory = holdRunDirectory(dir, fileSystem);
    const { filenameSuffix, purgeStep, durability, syncEveryMs = 1000 } = options;
    const buffer = new RecordBuffer(WRITE_AT_BYTES + 4096);
    this.#file = new AppendFile({
      directory: this.#directory,
      fileSystem,
      clock: options.clock ?? Date.now,
      buffer,
      what: "event file",
      onError: options.onError ?? "throw",
      syncEveryMs: durability === "disk" ? syncEveryMs : undefined,
      newPath: (existing, now) => {
        const name = nextFileName(existing, {
          now,
          hostname: options.hostname ?? hostname(),
          pid: options.pid ?? process.pid,
          ...(filenameSuffix !== undefined && { suffix: filenameSuffix }),
        });
        return join(this.dir, name);
      },
      addHead: (wallTime) => {
        addOpenWriter(this);
        for (const event of headOf(wallTime, purgeStep)) buffer.append(event);
      },
    });
  }

  /** The run's directory, absolute. */
  get dir(): string {
    return this.#directory.path;
  }

  /** The session's file; `undefined` until the first event. */
  get path(): string | undefined {
    return this.#file.path;
  }

  /** Bytes accepted and not yet handed to the operating system. */
  get pendingBytes(): number {
    return this.#file.pendingBytes;
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
    if (!file.begin(event.wallTime)) return false;
    file.buffer.append(encodeEvent({ ...event, wallTime: file.wallTime[0]! }));
    file.end();
    return true;
  }

  scalars(tags: readonly ScalarTag[]): ScalarChannel {
    return new FileChannel(this.#file, tags, this.#described);
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
    if (this.closed) return;
    removeOpenWriter(this);
    this.#directory.release();
    this.#file.closeSync();
  }

  [Symbol.dispose](): void {
    this.closeSync();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }
}

/** By tag, the number of the last file in which a value carries the tag's metadata. */
type DescribedTags = Map<string, number>;

/** Scalars straight into the file's buffer. */
class FileChannel implements ScalarChannel {
  readonly #file: AppendFile<RecordBuffer>;
  readonly #tags: readonly ScalarTag[];
  readonly #encoder: ScalarEventEncoder;
  readonly #described: DescribedTags;
  // The file in which all of the tags have their metadata.
  #describedIn = -1;

  constructor(file: AppendFile<RecordBuffer>, tags: readonly ScalarTag[], described: DescribedTags) {
    this.#file = file;
    this.#tags = tags;
    this.#described = described;
    this.#encoder = new ScalarEventEncoder(tags.map(({ tag }) => tag));
    if (tags.every(({ metadata }) => metadata === undefined)) this.#describedIn = Infinity;
  }

  write(step: number, values: ArrayLike<number>, from = 0, wallTime?: number): void {
    const file = this.#file;
    if (!file.begin(wallTime)) return;
    if (this.#describedIn >= file.fileNumber) {
      this.#encoder.write(file.buffer, file.wallTime, step, values, from);
    } else {
      this.#describe(step, values, from);
    }
    file.end();
  }

  writeOne(step: number, value: number, wallTime?: number): void {
    const file = this.#file;
    if (!file.begin(wallTime)) return;
    if (this.#describedIn >= file.fileNumber) {
      this.#encoder.writeOne(file.buffer, file.wallTime, step, value);
    } else {
      this.#describe(step, [value], 0);
    }
    file.end();
  }

  #describe(step: number, values: ArrayLike<number>, from: number): void {
    const file = this.#file;
    const { fileNumber } = file;
    const summary = this.#tags.map(({ tag, metadata }, i) => ({
      tag,
      simpleValue: values[from + i]!,
      ...(metadata && this.#described.get(tag) !== fileNumber && { metadata }),
    }));
    file.buffer.append(encodeEvent({ wallTime: file.wallTime[0]!, step, summary }));
    for (const { tag } of this.#tags) this.#described.set(tag, fileNumber);
    this.#describedIn = fileNumber;
  }
}

// START twice, because the Python loader passes over the first one it sees in a run.
function headOf(wallTime: number, purgeStep: number | undefined): Uint8Array[] {
  const sourceMetadata = { writer: `tensorboard-node-logger ${version}` };
  const head = encodeEvent({ wallTime, fileVersion: "brain.Event:2", sourceMetadata });
  if (purgeStep === undefined) return [head];
  const start = encodeEvent({ wallTime, step: purgeStep, sessionLog: { status: SessionStatus.START } });
  return [head, start, start];
}

function checkOptions({ purgeStep, syncEveryMs, durability, onError }: EventFileWriterOptions): void {
  if (purgeStep !== undefined && !Number.isSafeInteger(purgeStep)) {
    throw new ArgumentError("purgeStep", "a safe integer", purgeStep);
  }
  if (syncEveryMs !== undefined && !(syncEveryMs >= 1 && syncEveryMs < 2 ** 31)) {
    throw new ArgumentError("syncEveryMs", "a number of milliseconds from 1", syncEveryMs);
  }
  if (durability !== undefined && durability !== "process" && durability !== "disk") {
    throw new ArgumentError("durability", '"process" or "disk"', durability);
  }
  if (onError !== undefined && onError !== "throw" && onError !== "warn") {
    throw new ArgumentError("onError", '"throw" or "warn"', onError);
  }
}
