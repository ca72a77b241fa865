// WAV: samples of 16 bits to a file's bytes, and what a file's header says (RIFF, Microsoft and IBM 1991).

/** What the header of a WAV file says. */
export interface WavHeader {
  /** Hertz. */
  readonly sampleRate: number;
  readonly channels: number;
  /** Samples of one channel. */
  readonly frames: number;
}

const HEADER_BYTES = 44;
const BYTES_PER_SAMPLE = 2;
const PCM = 1;

/** A file of samples from -32768 to 32767, those of all channels at one time side by side. */
export function encodeWav(samples: Int16Array, sampleRate: number, channels: number): Uint8Array {
  const size = samples.length * BYTES_PER_SAMPLE;
  const file = new Uint8Array(HEADER_BYTES + size);
  const view = new DataView(file.buffer);
  const text = (at: number, name: string): void => file.set(Buffer.from(name, "latin1"), at);
  text(0, "RIFF");
  view.setUint32(4, HEADER_BYTES - 8 + size, true);
  text(8, "WAVEfmt ");
  view.setUint32(16, 16, true);
  view.setUint16(20, PCM, true);
  view.setUint16(22, channels, true);
  view.setUint32(24, sampleRate, true);
  view.setUint32(28, sampleRate * channels * BYTES_PER_SAMPLE, true);
  view.setUint16(32, channels * BYTES_PER_SAMPLE, true);
  view.setUint16(34, 8 * BYTES_PER_SAMPLE, true);
  text(36, "data");
  view.setUint32(40, size, true);
  for (let i = 0; i < samples.length; i++)
    view.setInt16(HEADER_BYTES + i * BYTES_PER_SAMPLE, samples[i]!, true);
  return file;
}

/** Reads the header of a WAV file of any encoding; `undefined` for every other bytes. A file that is cut off has the frames it has. */
export function readWavHeader(file: Uint8Array): WavHeader | undefined {
  const view = new DataView(file.buffer, file.byteOffset, file.byteLength);
  const name = (at: number): string => Buffer.from(file.subarray(at, at + 4)).toString("latin1");
  if (file.length < 12 || name(0) !== "RIFF" || name(8) !== "WAVE") return undefined;
  let format: { sampleRate: number; channels: number; frameBytes: number } | undefined;
  for (let at = 12; at + 8 <= file.length;) {
    const size = view.getUint32(at + 4, true);
    const body = at + 8;
    if (name(at) === "fmt " && size >= 16 && body + 16 <= file.length) {
      format = {
        channels: view.getUint16(body + 2, true),
        sampleRate: view.getUint32(body + 4, true),
        frameBytes: view.getUint16(body + 12, true),
      };
    } else if (name(at) === "data") {
      if (format === undefined || format.frameBytes === 0) return undefined;
      const { sampleRate, channels, frameBytes } = format;
      const frames = Math.floor(Math.min(size, file.length - body) / frameBytes);
      return { sampleRate, channels, frames };
    }
    // Chunks begin at even places.
    at = body + size + (size % 2);
  }
  return undefined;
}
