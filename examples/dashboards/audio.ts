// Logs sound for the Audio dashboard: a tone that rises, and the same in stereo.
//
//   npx tsx examples/dashboards/audio.ts
//   npx tnl tensorboard

import { SummaryWriter } from "tensorboard-node-logger";

const writer = new SummaryWriter("logs/dashboards/audio");
const sampleRate = 16_000;

for (let step = 0; step < 5; step++) {
  const hertz = 220 * 2 ** (step / 4);
  const tone = Float32Array.from({ length: sampleRate }, (_, i) =>
    Math.sin((2 * Math.PI * hertz * i) / sampleRate),
  );
  writer.addAudio("tone", tone, step, { sampleRate });
  // Each channel; a list of such lists would be several clips, as many at every step.
  writer.addAudio("from left to right", [tone.map((v, i) => v * (1 - i / sampleRate)), tone], step, {
    sampleRate,
  });
}
writer.closeSync();
