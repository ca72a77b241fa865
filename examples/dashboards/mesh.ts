// Logs a ball that is squeezed, for TensorBoard's Mesh page.
//
//   npx tsx examples/dashboards/mesh.ts
//   npx tnl tensorboard

import { SummaryWriter } from "tensorboard-node-logger";

const writer = new SummaryWriter("logs/mesh");
const SIZE = 24;
const at = (i: number, j: number) => (i % SIZE) * SIZE + (j % SIZE);
const places = Array.from({ length: SIZE * SIZE }, (_, k) => [Math.floor(k / SIZE), k % SIZE] as const);
const faces = places
  .filter(([i]) => i + 1 < SIZE)
  .flatMap(([i, j]) => [
    [at(i, j), at(i + 1, j), at(i, j + 1)],
    [at(i, j + 1), at(i + 1, j), at(i + 1, j + 1)],
  ]);
for (let step = 0; step < 10; step++) {
  const vertices = places.map(([i, j]) => {
    const [polar, around] = [(Math.PI * i) / (SIZE - 1), (2 * Math.PI * j) / SIZE];
    return [
      Math.sin(polar) * Math.cos(around),
      Math.sin(polar) * Math.sin(around),
      Math.cos(polar) * (1 - step / 15),
    ];
  });
  const colors = vertices.map((point) => point.map((value) => Math.round(127.5 * (value + 1))));
  writer.addMesh("ball", vertices, step, { colors, faces });
}
writer.closeSync();
