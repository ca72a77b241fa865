// The way of scalars into a file: encoded straight into its buffer, with the tags' metadata once a file.

import { encodeEvent } from "../wire/event.js";
import type { RecordBuffer } from "../wire/record-buffer.js";
import { ScalarEventEncoder } from "../wire/scalar-event.js";
import type { AppendFile } from "./append-file.js";
import type { ScalarChannel, ScalarTag } from "./event-sink.js";

/** By tag, the number of the last file in which a value carries the tag's metadata. */
export type DescribedTags = Map<string, number>;

/** Scalars straight into the file's buffer. */
export class FileChannel implements ScalarChannel {
  readonly #file: AppendFile<RecordBuffer>;
  readonly #tags: readonly ScalarTag[];
  readonly #encoder: ScalarEventEncoder;
  readonly #described: DescribedTags;
  // The file in which all of the tags have their metadata.
  #describedIn = -1;

  /** `described` is shared by the channels of one file. */
  constructor(file: AppendFile<RecordBuffer>, tags: readonly ScalarTag[], described: DescribedTags) {
    this.#file = file;
    this.#tags = tags;
    this.#described = described;
    this.#encoder = new ScalarEventEncoder(tags.map(({ tag }) => tag));
    if (tags.every(({ metadata }) => metadata === undefined)) this.#describedIn = Infinity;
  }

  /** As `ScalarChannel` has it; `false` when the event was dropped. */
  write(step: number, values: ArrayLike<number>, from = 0, wallTime?: number): boolean {
    const file = this.#file;
    if (!file.begin(wallTime)) return false;
    if (this.#describedIn >= file.fileNumber) {
      this.#encoder.write(file.buffer, file.wallTime, step, values, from);
    } else {
      this.#describe(step, values, from);
    }
    file.end();
    return true;
  }

  /** As `ScalarChannel` has it; `false` when the event was dropped. */
  writeOne(step: number, value: number, wallTime?: number): boolean {
    const file = this.#file;
    if (!file.begin(wallTime)) return false;
    if (this.#describedIn >= file.fileNumber) {
      this.#encoder.writeOne(file.buffer, file.wallTime, step, value);
    } else {
      this.#describe(step, [value], 0);
    }
    file.end();
    return true;
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
