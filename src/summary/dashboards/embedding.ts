// Embeddings: points for the projector, in files beside the run's events.

import { closeSync, mkdirSync, openSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { threadId } from "node:worker_threads";
import { ArgumentError, errnoOf, LogdirError, WriteError } from "../../errors.js";
import type { EventSink } from "../../events/event-sink.js";
import { UNFINISHED } from "../../events/whole-file.js";
import type { ArrayInput } from "../arrays.js";
import { checkOptions, checkStep, checkTag, checkWallTime } from "../checks.js";
import { encodeLabels, encodeVectors, toVectors, type EmbeddingLabels } from "../embedding-files.js";
import {
  decodeProjectorConfig,
  encodeProjectorConfig,
  type EmbeddingInfo,
  type ProjectorConfig,
} from "../projector-config.js";
import { encodeSprite, spriteExtension, type LabelImages, type SpriteOptions } from "../sprite.js";

/** What belongs to the points of an embedding. */
export interface EmbeddingOptions extends SpriteOptions {
  /**
   * A label for each point, an object of properties for each, or a table `{ header, rows }`. Tabs and line ends become spaces.
   */
  readonly metadata?: EmbeddingLabels;
  /** A picture for each point, all of one size, or one encoded picture that has all of them. */
  readonly labelImages?: LabelImages;
  /** `default` unless given. */
  readonly tag?: string;
  /** An integer from 0; 0 unless given. */
  readonly step?: number;
  /** Seconds since 1970; now unless given. */
  readonly wallTime?: number;
}

/** The name of the file that TensorBoard looks for in a run's directory. */
export const PROJECTOR_CONFIG = "projector_config.pbtxt";

/**
 * Writes points for the projector, one row of `matrix` each, into the run's directory `dir`, as `<step>/<tag>/tensors.tsv` and files
 * beside it, and adds them to `projector_config.pbtxt`; those of the same tag and step are replaced. Numbers are written as float32, which
 * the projector shows. It takes the first 100,000 points, and looks for the embeddings of a run once: one that is added while
 * TensorBoard is open is seen when a run is added, or after a restart. After torch's
 * `add_embedding(mat, metadata, label_img, global_step, tag, metadata_header)`. Without `dir` only the arguments are checked.
 *
 * Throws an `ArgumentError`, a `WriteError` when a file cannot be written, and a `LogdirError` when there is a `projector_config.pbtxt`
 * that cannot be read.
 */
export function addEmbedding(
  sink: EventSink,
  dir: string | undefined,
  matrix: ArrayInput,
  options: EmbeddingOptions = {},
): void {
  checkOptions(options);
  const { tag = "default", step = 0, wallTime, metadata, labelImages } = options;
  checkTag(tag);
  checkStep(step);
  if (step < 0) throw new ArgumentError("step", "an integer from 0", step);
  checkWallTime(wallTime);
  const vectors = toVectors(matrix);
  const labels = metadata === undefined ? undefined : encodeLabels(metadata, vectors.rows);
  const sprite = labelImages === undefined ? undefined : encodeSprite(labelImages, vectors.rows, options);
  if (dir === undefined) return;

  const config = readConfig(dir);
  const paddedStep = String(step).padStart(5, "0");
  const folder = `${paddedStep}/${folderName(tag)}`;
  const paths = {
    vectors: `${folder}/tensors.tsv`,
    labels: `${folder}/metadata.tsv`,
    sprite: sprite && `${folder}/sprite.${spriteExtension(sprite)}`,
  };
  makeDirectory(join(dir, paddedStep));
  makeDirectory(join(dir, folder));
  replaceFile(dir, paths.vectors, encodeVectors(vectors));
  if (labels !== undefined) replaceFile(dir, paths.labels, [Buffer.from(labels)]);
  if (sprite !== undefined) replaceFile(dir, paths.sprite!, [sprite.sprite]);
  const info: EmbeddingInfo = {
    tensorName: `${tag}:${paddedStep}`,
    tensorPath: paths.vectors,
    tensorShape: [vectors.rows, vectors.columns],
    ...(labels !== undefined && { metadataPath: paths.labels }),
    ...(sprite !== undefined && {
      sprite: { imagePath: paths.sprite!, singleImageDim: [sprite.width, sprite.height] },
    }),
  };
  const others = config.embeddings.filter(({ tensorName }) => tensorName !== info.tensorName);
  const text = encodeProjectorConfig({ ...config, embeddings: [...others, info] });
  replaceFile(dir, PROJECTOR_CONFIG, [Buffer.from(text)]);
  // The projector looks in runs only, and what has no events is no run.
  sink.write({ step, summary: [], ...(wallTime !== undefined && { wallTime }) });
}

function readConfig(dir: string): ProjectorConfig {
  const path = join(dir, PROJECTOR_CONFIG);
  let text: string;
  try {
    text = readFileSync(path, "utf8");
  } catch (error) {
    if (errnoOf(error) === "ENOENT") return { embeddings: [] };
    throw new LogdirError("LOGDIR_NOT_READABLE", path, `Cannot read ${path}`, error);
  }
  try {
    return decodeProjectorConfig(text);
  } catch (error) {
    const message = `${path} is no configuration of the projector: ${(error as Error).message}`;
    throw new LogdirError("LOGDIR_NOT_READABLE", path, message, error);
  }
}

/** A name that no other tag has, for files, from any text. */
function folderName(tag: string): string {
  const bytes = [...new TextEncoder().encode(tag)];
  return bytes
    .map((byte, i) => {
      const character = String.fromCharCode(byte);
      if (/[A-Za-z0-9_-]/.test(character) || (character === "." && i > 0)) return character;
      return `%${byte.toString(16).toUpperCase().padStart(2, "0")}`;
    })
    .join("");
}

function makeDirectory(path: string): void {
  try {
    mkdirSync(path);
  } catch (error) {
    if (errnoOf(error) !== "EEXIST") throw new WriteError(path, error, "Cannot make");
  }
}

/** A reader sees the whole old file or the whole new one. */
function replaceFile(dir: string, name: string, pieces: Iterable<Uint8Array>): void {
  const path = join(dir, name);
  const unfinished = join(dir, `${UNFINISHED}${process.pid}.${threadId}.embedding`);
  try {
    const fd = openSync(unfinished, "w");
    try {
      for (const piece of pieces) writeFileSync(fd, piece);
    } finally {
      closeSync(fd);
    }
    renameSync(unfinished, path);
  } catch (error) {
    try {
      rmSync(unfinished, { force: true });
    } catch {
      // The first error is the one to tell.
    }
    throw new WriteError(path, error);
  }
}
