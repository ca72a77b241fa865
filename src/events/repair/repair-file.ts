// Copies one file of a run without what is damaged.

import { closeSync } from "node:fs";
import { dirname } from "node:path";
import { errnoOf, LogdirError, TnlError, WriteError } from "../../errors.js";
import { encodeEvent } from "../../wire/event.js";
import { EventField } from "../../wire/event-fields.js";
import { encodeTfRecord } from "../../wire/tfrecord.js";
import type { FileSystem } from "../file-system.js";
import { RecordCursor } from "../reading/record-cursor.js";
import { openRunDirectory } from "../run-directory.js";
import { authorHere, UnfinishedFile } from "../whole-file.js";
import { drop, type EventRepair, type Notes } from "./event-repair.js";
import { Kept, type FileRepair } from "./repair-report.js";
import type { PlacesOfFile } from "./record-places.js";
import type { RunSurvey } from "./run-survey.js";
import { VoidValues } from "./void-values.js";

const CHUNK_BYTES = 256 * 1024;

/** How a file is copied. */
export interface CopyPlan {
  readonly path: string;
  readonly copy: string;
  /** Its number in the run, in the order in which they are read. */
  readonly file: number;
  readonly survey: RunSurvey;
  readonly events: EventRepair;
  readonly dropVoid: boolean;
  /** Of a record file: told where in the copy what stands. */
  readonly places?: PlacesOfFile | undefined;
  /** A wall time in seconds, for a file in which there is none. */
  readonly wallTime: number;
  readonly fileSystem: FileSystem;
  /** Awaited about every 8 MiB with the bytes that were read since; what it throws ends the copy. */
  readonly onBytes: (bytes: number) => Promise<void>;
}

const REPORT_BYTES = 8 * 1024 * 1024;

/**
 * Writes the copy, which appears when it is whole. Throws a `LogdirError` when the file cannot be read or the directory cannot be written, a
 * `WriteError`, and what `onBytes` throws; then there is no copy.
 */
export async function repairFile(plan: CopyPlan): Promise<FileRepair> {
  const { path, survey, onBytes } = plan;
  const notes: Notes = { dropped: new Kept(), changed: new Kept(), file: plan.file, isHurt: false };
  const cursor = new RecordCursor(path, {
    onDamage: (damage) => {
      notes.dropped.add(damage);
      notes.isHurt = true;
    },
  });
  const voids = plan.dropVoid ? new VoidValues(survey, path, plan.file) : undefined;
  const out = new Copy(plan);
  let wallTime = survey.firstTimes.get(path) ?? plan.wallTime;
  let reported = 0;
  let voidValues = 0;
  try {
    cursor.finish();
    while (cursor.next()) {
      if (cursor.offset - reported > REPORT_BYTES) {
        const bytes = cursor.offset - reported;
        reported = cursor.offset;
        await onBytes(bytes);
      }
      plan.places?.tell(cursor.offset, out.position);
      copyRecord();
    }
    plan.places?.tell(Infinity, out.position);
    await onBytes(Math.max(0, cursor.recordEnd - reported));
    const bytes = out.finish();
    const { dropped, changed } = notes;
    return {
      ...{ path, copy: out.events > 0 ? plan.copy : undefined, bytes, events: out.events },
      ...{
        dropped: dropped.list,
        moreDropped: dropped.more,
        changed: changed.list,
        moreChanged: changed.more,
      },
      voidValues,
    };
  } catch (error) {
    out.discard();
    throw error;
  } finally {
    cursor.close();
    voids?.close();
  }

  function copyRecord(): void {
    const { parser } = survey;
    // It uses the parser too.
    const values = voids?.at(cursor.offset);
    if (!parser.parse(cursor.bytes, cursor.start, cursor.end)) {
      drop(notes, cursor, "BAD_EVENT", "a record's data are no Event");
      return;
    }
    voidValues += values?.size ?? 0;
    const isVoid = values !== undefined && values.size > 0 ? (i: number) => values.has(i) : undefined;
    const record = plan.events.record(cursor, notes, wallTime, isVoid);
    if (Number.isFinite(parser.wallTime)) wallTime = parser.wallTime;
    if (record === undefined) return;
    if (out.events === 0 && parser.what !== EventField.FILE_VERSION) {
      out.add(encodeTfRecord(encodeEvent({ wallTime, fileVersion: "brain.Event:2" })));
      const message = "the version of the format stands before it now";
      notes.changed.add({ code: "NO_FILE_VERSION", path, offset: cursor.offset, message });
    }
    out.add(record);
  }
}

/** The copy while it is written: it is made with its first bytes. */
class Copy {
  events = 0;
  /** How many bytes were added. */
  position = 0;
  readonly #plan: CopyPlan;
  readonly #chunk = new Uint8Array(CHUNK_BYTES);
  #filled = 0;
  #file: UnfinishedFile | undefined;

  constructor(plan: CopyPlan) {
    this.#plan = plan;
  }

  add(record: Uint8Array): void {
    if (this.#filled + record.length > CHUNK_BYTES) this.#flush();
    this.events++;
    this.position += record.length;
    if (record.length > CHUNK_BYTES) return this.#write(record);
    this.#chunk.set(record, this.#filled);
    this.#filled += record.length;
  }

  /** Gives it its name. Returns its size; of one without an event, that is 0 and there is none. */
  finish(): number {
    if (this.events === 0) return 0;
    this.#flush();
    const { copy, fileSystem } = this.#plan;
    const file = this.#file!;
    return this.#try(() => {
      const { fd, size } = file.finish(() => {
        checkFree(copy, fileSystem);
        return copy;
      });
      this.#file = undefined;
      closeSync(fd);
      return size;
    });
  }

  discard(): void {
    this.#file?.discard();
    this.#file = undefined;
  }

  #flush(): void {
    this.#write(this.#chunk.subarray(0, this.#filled));
    this.#filled = 0;
  }

  #write(bytes: Uint8Array): void {
    const { copy, fileSystem } = this.#plan;
    if (this.#file === undefined) {
      const { path } = openRunDirectory(dirname(copy), fileSystem);
      this.#file = this.#try(() => new UnfinishedFile(fileSystem, path, authorHere()));
    }
    const file = this.#file;
    this.#try(() => file.write(bytes));
  }

  #try<T>(call: () => T): T {
    try {
      return call();
    } catch (error) {
      throw error instanceof TnlError ? error : new WriteError(this.#plan.copy, error);
    }
  }
}

/** Throws a `LogdirError` with code `RUN_EXISTS` when there is something at `path`. */
export function checkFree(path: string, fs: FileSystem): void {
  try {
    fs.statSync(path);
  } catch (error) {
    if (errnoOf(error) === "ENOENT" || errnoOf(error) === "ENOTDIR") return;
    throw new LogdirError("LOGDIR_NOT_WRITABLE", path, `Cannot write ${path}: ${String(error)}`, error);
  }
  throw new LogdirError("RUN_EXISTS", path, `${path} exists already: a repair overwrites nothing`);
}
