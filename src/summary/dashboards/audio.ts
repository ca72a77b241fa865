// Logging sound.

import type { EventSink } from "../../events/event-sink.js";
import { encodeAudio } from "../audio.js";
import { toWavFiles, type AudioInput } from "../samples.js";
import { withSameForm } from "./same-form.js";
import { checkCall, writeValues, type DashboardOptions } from "./write.js";

/** Options of `addAudio`. */
export interface AudioOptions extends DashboardOptions {
  /** Hertz; 44100 unless given. */
  readonly sampleRate?: number;
}

/**
 * Logs sound: samples from -1 to 1 of one channel, or of the shape [channels, frames], as WAV with 16 bits; 16-bit samples in an
 * `Int16Array`; or the bytes of a WAV file. A list of clips, or the shape [clips, channels, frames], is several clips, of which a tag has the
 * same number at every step, or TensorBoard fails. TensorBoard keeps 10 steps of a tag, unless it is started with
 * `--samples_per_plugin audio=100`. After torch's `add_audio(tag, snd_tensor, global_step, sample_rate)`, which takes one channel.
 *
 * Throws an `ArgumentError`, or a `WriteError` when the event file cannot be written.
 */
export function addAudio(
  sink: EventSink,
  tag: string,
  audio: AudioInput,
  step: number,
  options: AudioOptions = {},
): void {
  checkCall(tag, step, options);
  const { sampleRate = 44_100 } = options;
  const value = encodeAudio(tag, toWavFiles(audio, sampleRate), options);
  const count = value.tensor?.stringVal?.length ?? 0;
  const form = { audio: count === 1 ? "1 clip" : `${count} clips` };
  withSameForm(sink, tag, form, () => writeValues(sink, [value], step, options.wallTime));
}
