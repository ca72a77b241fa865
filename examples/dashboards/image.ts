// Logs pictures for the Images dashboard: numbers, a canvas's pixels, files, several at once, with boxes.
//
//   npx tsx examples/dashboards/image.ts
//   npx tnl tensorboard

import { readFileSync } from "node:fs";
import { SummaryWriter } from "tensorboard-node-logger";

const writer = new SummaryWriter("logs/dashboards/image");
const [width, height] = [96, 64];

for (let step = 0; step < 5; step++) {
  // Rows of grey, from 0 to 1.
  const waves = Array.from({ length: height }, (_, y) =>
    Array.from({ length: width }, (__, x) => 0.5 + 0.5 * Math.sin(x / 8 + y / (4 + step))),
  );
  writer.addImage("waves", waves, step, { format: "HW", description: "of a *longer* and longer period" });
  // What a canvas gives: red, green, blue and alpha from 0 to 255.
  const data = new Uint8ClampedArray(4 * width * height);
  for (let pixel = 0; pixel < width * height; pixel++) {
    data.set([2.5 * (pixel % width), pixel / 32, 50 * step, 255], 4 * pixel);
  }
  const grey = { data: Float32Array.from(waves.flat()), width, height };
  writer.addImages("both", [grey, { data, width, height }], step);
  const boxes = [[8 + 8 * step, 16, 48 + 8 * step, 56]];
  writer.addImageWithBoxes("found", [waves], boxes, step, { labels: [`wave ${step / 10}`] });
}
// The bytes of a PNG, JPEG or GIF file.
writer.addImage("file", readFileSync(new URL("../../docs/online.png", import.meta.url)), 0);
writer.closeSync();
