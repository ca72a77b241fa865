// Audio, encode and decode (tensorboard/plugins/audio/metadata.py, audio_plugin.py).

import { ArgumentError } from "../errors.js";
import { encodeWavData } from "../wire/plugin-data.js";
import { DataClass, type SummaryMetadata, type SummaryValue } from "../wire/summary.js";
import { DataType } from "../wire/tensor.js";
import type { TagDescription } from "./scalar.js";
import { isOfPlugin, tagMetadata } from "./tag-metadata.js";
import { readWavHeader, type WavHeader } from "./wav.js";

const PLUGIN = "audio";

/** A sound clip as it stands in an event file. */
export interface AudioClip extends Partial<WavHeader> {
  /** A file's bytes: WAV, if `sampleRate`, `channels` and `frames` are known from its header. */
  readonly encoded: Uint8Array;
  /** Markdown that TensorFlow writes beside a clip; TensorBoard does not show it. */
  readonly label?: string;
}

/**
 * Sound clips of one tag and one step, WAV files, as a summary value. TensorBoard shows a tag only if it has the same number of clips
 * at every step.
 *
 * Throws an `ArgumentError` when there is none.
 */
export function encodeAudio(
  tag: string,
  clips: readonly Uint8Array[],
  description?: TagDescription,
): SummaryValue {
  if (clips.length === 0) throw new ArgumentError("audio", "at least one clip", clips);
  return {
    tag,
    metadata: tagMetadata(PLUGIN, DataClass.BLOB_SEQUENCE, description, encodeWavData()),
    // Rank 1: where there are labels, as TensorFlow writes it, one loader counts them as clips.
    tensor: { dtype: DataType.STRING, shape: [clips.length], stringVal: clips },
  };
}

/**
 * The clips of a value in any of its forms: a list of files, TensorFlow's table of files and labels, or one clip in the old form.
 * `metadata` are those of the tag's first value, for one that has none. `undefined` for everything else.
 */
export function decodeAudio(value: SummaryValue, metadata?: SummaryMetadata): AudioClip[] | undefined {
  if (value.audio !== undefined) {
    const { encoded, sampleRate, numChannels, lengthFrames } = value.audio;
    return [{ sampleRate, channels: numChannels, frames: Number(lengthFrames), ...toClip(encoded) }];
  }
  if (!isOfPlugin(value, PLUGIN, metadata)) return undefined;
  const { tensor } = value;
  if (tensor?.dtype !== DataType.STRING) return undefined;
  const { shape, stringVal = [] } = tensor;
  if (shape.length === 1) return stringVal.map((encoded) => toClip(encoded));
  if (shape.length !== 2 || shape[1] !== 2) return undefined;
  return stringVal.flatMap((encoded, i) => (i % 2 === 0 ? [toClip(encoded, stringVal[i + 1])] : []));
}

function toClip(encoded: Uint8Array, label?: Uint8Array): AudioClip {
  return {
    ...readWavHeader(encoded),
    encoded,
    ...(label !== undefined && label.length > 0 && { label: Buffer.from(label).toString() }),
  };
}
