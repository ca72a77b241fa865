// addImage of our SummaryWriter: pictures of 256 x 256 pixels, the close included. Prints one JSON object: seconds.
import { SummaryWriter } from "tensorboard-node-logger";

const SIZE = 256;
type Draw = (x: number, y: number, channel: number) => number;

/** From 0 to 1; python/images.py has the same. */
function grain(x: number, y: number, channel: number): number {
  let bits = Math.imul(x * 7919 + y * 104_729 + channel * 1_299_709, 2_654_435_761);
  bits = Math.imul(bits ^ (bits >>> 15), 2_246_822_519);
  return ((bits ^ (bits >>> 13)) >>> 0) / 2 ** 32;
}

const KINDS: Readonly<Record<string, Draw>> = {
  photograph: (x, y, c) =>
    128 + 60 * Math.sin(x / 23 + c) + 50 * Math.cos(y / 31 + x / 47) + 12 * (grain(x, y, c) - 0.5),
  noise: (x, y, c) => 256 * grain(x, y, c),
  drawing: (x, y) => (x % 50 < 2 || y % 40 < 2 || (x + y) % 90 < 2 ? 0 : 255),
};

function draw(value: Draw): { data: Uint8Array; shape: number[] } {
  const data = new Uint8Array(3 * SIZE * SIZE);
  for (let i = 0; i < data.length; i++) {
    const pixel = i % (SIZE * SIZE);
    data[i] = Math.trunc(value(pixel % SIZE, Math.floor(pixel / SIZE), Math.floor(i / (SIZE * SIZE))));
  }
  return { data, shape: [3, SIZE, SIZE] };
}

function run(directory: string, image: ReturnType<typeof draw>, count: number): number {
  const start = performance.now();
  const writer = new SummaryWriter(directory);
  for (let step = 0; step < count; step++) writer.addImage("picture", image, step);
  writer.closeSync();
  return (performance.now() - start) / 1000;
}

const [directory, kind, count] = process.argv.slice(2);
const value = KINDS[kind ?? ""];
if (directory === undefined || value === undefined) throw new Error("usage: images DIRECTORY KIND COUNT");
const image = draw(value);
// As the Python writer is, so that what happens at the first calls only is not the writer's speed.
run(`${directory}/warm-up`, image, 10);
console.log(JSON.stringify({ seconds: run(`${directory}/run`, image, Number(count)) }));
