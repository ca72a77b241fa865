// The program of garbage.test.ts: how many bytes a step of each optimizer, with projections behind it, leaves on the heap.
// It is to be run with a young generation so large that nothing is collected: then all that was ever allocated is on the heap.
import { getHeapStatistics } from "node:v8";
import { Parameter, projectBox, projectL2Ball, projectSimplex } from "../../../src/engine/index.js";
import { makeByName, OPTIMIZERS, type Options } from "./by-name.js";

const CASES: readonly (readonly [string, Options])[] = [
  ...Object.keys(OPTIMIZERS).map((name) => [name, {}] as const),
  ["SGD", { momentum: 0.9, weightDecay: 0.1, maximize: true }],
  ["Adam", { amsgrad: "optax" }],
  ["NAdam", { weightDecay: 0.1, decoupledWeightDecay: true }],
  ["RMSprop", { centered: true, momentum: 0.9 }],
];

function bytesPerStep(name: string, options: Options): number {
  const x = new Parameter([1, 2, 3]);
  const optimizer = makeByName(name, [x], options);
  const train = (steps: number): number => {
    const before = getHeapStatistics().used_heap_size;
    for (let step = 0; step < steps; step++) {
      x.grad[0] = (step % 7) - 3;
      x.grad[1] = step % 101 === 1 ? 1010 : -10;
      optimizer.step();
      projectBox(x.data, -5, 5);
      projectL2Ball(x.data, 3);
      projectSimplex(x.data);
    }
    return (getHeapStatistics().used_heap_size - before) / steps;
  };
  // Until V8 has compiled a loop, each number in it is an object.
  train(100_000);
  return train(200_000);
}

const results = CASES.map(([name, options]) => [
  `${name} ${JSON.stringify(options)}`,
  bytesPerStep(name, options),
]);
// A control: it must be able to see garbage. An array of one number is 32 bytes or more.
const kept: number[][] = [];
const before = getHeapStatistics().used_heap_size;
for (let i = 0; i < 100_000; i++) kept[i % 10] = [i / 3];
const control = (getHeapStatistics().used_heap_size - before) / 100_000;
process.stdout.write(`${JSON.stringify({ results, control })}\n`);
