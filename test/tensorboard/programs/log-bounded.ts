// Logs a bounded run, as evenly as it can over some seconds: a curve with spikes, one of few points, and at its beginning and in its middle
// what is no scalar.
//
// argv: directory, steps, seconds, how many times as fast as the real one its clock goes.
import { setTimeout as sleep } from "node:timers/promises";
import { SummaryWriter } from "../../../src/summary/index.js";
import { lossAt, rareAt } from "./bounded-values.js";

const [dir = "", count = 0, seconds = 0, speed = 1] = [process.argv[2], ...process.argv.slice(3).map(Number)];

const start = Date.now();
const writer = new SummaryWriter(dir, {
  maxPointsPerTag: 1000,
  clock: () => start + (Date.now() - start) * speed,
});
writer.addHParams({ lr: 0.25, optimizer: "adam" });
writer.addGraph([
  { name: "x", op: "Input" },
  { name: "y", op: "Double", inputs: ["x"] },
]);
logOthers(0, "at the beginning");
const loss = writer.scalar("loss", { description: "It **spikes**." });
let step = 0;
while (step < count) {
  const until = Math.min(count, Math.ceil((count * (Date.now() - start)) / (1000 * seconds)));
  for (; step < until; step++) {
    loss.add(lossAt(step), step);
    if (step % 1000 === 0) writer.addScalar("rare", rareAt(step), step);
    if (step === count / 2) logOthers(step, "in the middle");
  }
  await sleep(10);
}
writer.endHParams("success");
writer.closeSync();

function logOthers(at: number, words: string): void {
  writer.addText("notes", words, at);
  writer.addImage("picture", [[[at === 0 ? 0 : 255]]], at);
  writer.addHistogram("weights", [1, 2, 3, at], at);
}
