// Logs a video, which the Images dashboard plays: a dot that goes round.
//
//   npx tsx examples/dashboards/video.ts
//   npx tnl tensorboard

import { SummaryWriter } from "tensorboard-node-logger";

const writer = new SummaryWriter("logs/dashboards/video");
const size = 64;

for (let step = 0; step < 3; step++) {
  const frames = Array.from({ length: 20 }, (_, time) => {
    const data = new Uint8ClampedArray(4 * size * size).fill(255);
    const angle = (2 * Math.PI * time) / 20;
    const x = Math.round(size / 2 + 8 * (step + 1) * Math.cos(angle));
    const y = Math.round(size / 2 + 8 * (step + 1) * Math.sin(angle));
    for (const [dx, dy] of [
      [0, 0],
      [1, 0],
      [0, 1],
      [1, 1],
    ] as const) {
      data.set([200, 0, 0, 255], 4 * ((y + dy) * size + x + dx));
    }
    return { data, width: size, height: size };
  });
  writer.addVideo("orbit", frames, step, { fps: 10 });
}
writer.closeSync();
