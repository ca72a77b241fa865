// GIF: frames of pixels to an animation's bytes.

import { createRequire } from "node:module";
import { indexColors } from "./palette.js";
import { withChannels, type Pixels } from "./pixels.js";

/** What is used of gifenc, which has no types. */
interface GifEnc {
  GIFEncoder(): {
    writeFrame(
      indices: Uint8Array,
      width: number,
      height: number,
      options: {
        readonly delay: number;
        readonly colorDepth: number;
        readonly palette?: readonly (readonly number[])[];
      },
    ): void;
    finish(): void;
    bytes(): Uint8Array;
  };
}

const require = createRequire(import.meta.url);

/**
 * An animation that is played for ever, `fps` frames a second. All frames have one size, at least one pixel and at most 65535 either
 * way; what is not opaque is shown on white. The format has 256 colours for all of them, and times in hundredths of a second, of which
 * the frames get as many as make the animation as long as it should be.
 */
export function encodeGif(frames: readonly Pixels[], fps: number): Uint8Array {
  // Loaded at the first animation, since few programs have one.
  const { GIFEncoder } = require("gifenc") as GifEnc;
  const { palette, pictures } = indexColors(frames.map(toRgb));
  const colorDepth = Math.max(1, Math.ceil(Math.log2(palette.length)));
  const encoder = GIFEncoder();
  for (const [i, indices] of pictures.entries()) {
    const { width, height } = frames[i]!;
    const hundredths = Math.round((100 * (i + 1)) / fps) - Math.round((100 * i) / fps);
    encoder.writeFrame(indices, width, height, {
      delay: 10 * hundredths,
      colorDepth,
      // Without one, a frame has that of the first.
      ...(i === 0 && { palette }),
    });
  }
  encoder.finish();
  return encoder.bytes();
}

function toRgb(pixels: Pixels): Uint8Array {
  if (pixels.channels % 2 === 1) return withChannels(pixels, 3).data;
  const { data } = withChannels(pixels, 4);
  const rgb = new Uint8Array((data.length / 4) * 3);
  for (let from = 0, to = 0; from < data.length; from += 4, to += 3) {
    const alpha = data[from + 3]! / 255;
    for (let channel = 0; channel < 3; channel++) {
      rgb[to + channel] = Math.round(255 + (data[from + channel]! - 255) * alpha);
    }
  }
  return rgb;
}
