// Logs a video, which the Images dashboard plays: a ball that goes round.
//
//   npx tsx examples/dashboards/video.ts
//   npx tnl tensorboard

import { SummaryWriter } from "tensorboard-node-logger";

const writer = new SummaryWriter("logs/dashboards/video");
const size = 64;

for (let step = 0; step < 3; step++) {
  // Pictures such as a canvas gives; an array of the shape [frames, channels, height, width] would do too.
  const frames = Array.from({ length: 20 }, (_, time) => {
    const angle = (2 * Math.PI * time) / 20;
    const [x, y] = [32 + 8 * (step + 1) * Math.cos(angle), 32 + 8 * (step + 1) * Math.sin(angle)];
    const data = new Uint8ClampedArray(4 * size * size);
    for (let pixel = 0; pixel < size * size; pixel++) {
      const isBall = Math.hypot((pixel % size) - x, Math.floor(pixel / size) - y) < 6;
      data.set(isBall ? [200, 0, 0, 255] : [235, 240, 245, 255], 4 * pixel);
    }
    return { data, width: size, height: size };
  });
  writer.addVideo("orbit", frames, step, { fps: 10 });
}
writer.closeSync();
