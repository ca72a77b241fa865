// Pictures as Pillow reads them: another program's judgement of what was encoded.
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { runPython } from "./python.js";

/** A picture that Pillow decoded. */
export interface Picture {
  /** `PNG`, `JPEG`, `GIF`. */
  readonly format: string;
  /** `L`, `LA`, `RGB`, `RGBA`; of a GIF what its frames became, `RGB`. */
  readonly mode: string;
  readonly width: number;
  readonly height: number;
  readonly frames: readonly Frame[];
  /** Of an animation: how often it is played, 0 for ever. */
  readonly loop?: number;
}

/** The pixels of one frame, row by row, and of an animation how long it is shown. */
export interface Frame {
  /** In hex, which compares fast. */
  readonly data: string;
  readonly milliseconds?: number;
}

const SCRIPT = `
import json, sys
from PIL import Image, ImageSequence
found = []
for path in sys.argv[1:]:
    with Image.open(path) as image:
        image.load()
        frames = []
        for frame in ImageSequence.Iterator(image):
            pixels = frame.convert("RGB") if image.format == "GIF" else frame
            data = pixels.tobytes().hex()
            frames.append({"data": data, "milliseconds": frame.info.get("duration")})
        mode = "RGB" if image.format == "GIF" else image.mode
        found.append({"format": image.format, "mode": mode, "width": image.width, "height": image.height,
                      "frames": frames, "loop": image.info.get("loop")})
print(json.dumps(found))
`;

type Raw = Omit<Picture, "frames" | "loop"> & {
  readonly frames: { readonly data: string; readonly milliseconds: number | null }[];
  readonly loop: number | null;
};

/**
 * Decodes pictures, whose bytes are put into `directory` for it.
 *
 * @throws {Error} When Pillow cannot read one.
 */
export async function decodePictures(directory: string, files: readonly Uint8Array[]): Promise<Picture[]> {
  const paths = files.map((_, i) => join(directory, `picture-${i}`));
  for (const [i, path] of paths.entries()) writeFileSync(path, files[i]!);
  const found = JSON.parse(await runPython(SCRIPT, paths)) as Raw[];
  return found.map(({ frames, loop, ...rest }) => ({
    ...rest,
    frames: frames.map(({ data, milliseconds }) => ({
      data,
      ...(milliseconds !== null && { milliseconds }),
    })),
    ...(loop !== null && { loop }),
  }));
}
