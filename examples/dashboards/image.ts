// Logs pictures for the Images dashboard: numbers, a canvas's pixels, files, several at once, with boxes.
//
//   npx tsx examples/dashboards/image.ts
//   npx tnl tensorboard

import { readFileSync } from "node:fs";
import { SummaryWriter } from "tensorboard-node-logger";

const writer = new SummaryWriter("logs/dashboards/image");

for (let step = 0; step < 5; step++) {
  // Rows of grey, from 0 to 1.
  const waves = Array.from({ length: 64 }, (_, y) =>
    Array.from({ length: 96 }, (__, x) => 0.5 + 0.5 * Math.sin(x / 8 + y / (4 + step))),
  );
  writer.addImage("waves", waves, step, { format: "HW", description: "of a *longer* and longer period" });
  // What a canvas gives; or the bytes of a PNG, JPEG or GIF file.
  const canvas = { data: new Uint8ClampedArray(96 * 64 * 4).fill(51 * step), width: 96, height: 64 };
  writer.addImages("both", [{ data: Float32Array.from(waves.flat()), width: 96, height: 64 }, canvas], step);
  const boxes = [[8 + 8 * step, 16, 48 + 8 * step, 56]];
  writer.addImageWithBoxes("found", [waves], boxes, step, { labels: [`wave ${step / 10}`] });
}
writer.addImage("file", readFileSync(new URL("../../docs/online.png", import.meta.url)), 0);
writer.closeSync();
