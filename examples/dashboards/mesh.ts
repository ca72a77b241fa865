// Logs a ball that is squeezed, for TensorBoard's Mesh page.
//
//   npx tsx examples/dashboards/mesh.ts
//   npx tnl tensorboard

import { SummaryWriter } from "tensorboard-node-logger";

const writer = new SummaryWriter("logs/dashboards/mesh");
const SIZE = 24;
const at = (i: number, j: number) => (i % SIZE) * SIZE + (j % SIZE);
const places = Array.from({ length: SIZE * SIZE }, (_, k) => [Math.floor(k / SIZE), k % SIZE] as const);
// Corners go round against the clock, seen from outside: the other side of a face is not drawn.
const faces = places
  .filter(([i]) => i + 1 < SIZE)
  .flatMap(([i, j]) => [
    [at(i, j), at(i, j + 1), at(i + 1, j)],
    [at(i, j + 1), at(i + 1, j + 1), at(i + 1, j)],
  ]);
for (let step = 0; step < 10; step++) {
  const vertices = places.map(([i, j]) => {
    const [polar, around] = [(Math.PI * i) / (SIZE - 1), (2 * Math.PI * j) / SIZE];
    const [x, z] = [Math.sin(polar) * Math.cos(around), Math.sin(polar) * Math.sin(around)];
    return [x, Math.cos(polar) * (1 - step / 15), z];
  });
  const colors = vertices.map((point) => point.map((value) => Math.round(155 + 100 * value)));
  // The y axis points up. TensorBoard takes the view of the tag's first step.
  writer.addMesh("ball", vertices, step, {
    colors,
    faces,
    config: { camera: { position: [0.7, 0.3, 1.4] } },
  });
}
writer.closeSync();
