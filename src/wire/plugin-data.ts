// What the plugins of single dashboards say of a tag, in the metadata's content. Those that only have a version have no content.

import { tensorboard } from "./proto/messages.js";

/** The content for a tag of WAV clips: TensorBoard serves clips of an unknown encoding as bytes that no browser plays. */
export function encodeWavData(): Uint8Array {
  const { AudioPluginData } = tensorboard;
  return Uint8Array.from(AudioPluginData.encode({ encoding: AudioPluginData.Encoding.WAV }).finish());
}

/** The content for a tag of PR curves with so many thresholds. */
export function encodePrCurveData(numThresholds: number): Uint8Array {
  return Uint8Array.from(tensorboard.PrCurvePluginData.encode({ numThresholds }).finish());
}
