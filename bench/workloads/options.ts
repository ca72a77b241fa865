// One of the ways to log with a SummaryWriter, `calls` times. Prints one JSON object: seconds, the close included.
import { defineMetrics, SummaryWriter } from "tensorboard-node-logger";

type Way = (directory: string, calls: number) => { readonly writer: SummaryWriter; log(step: number): void };

const values = { "batch/est": 1, "batch/b": 2, "batch/c": 3, "batch/d": 4 };

const plain =
  (options?: ConstructorParameters<typeof SummaryWriter>[1]): Way =>
  (directory) => {
    const writer = new SummaryWriter(directory, options);
    return { writer, log: (step) => writer.addScalar("batch/est", step * 1e-6, step) };
  };

const ways: Readonly<Record<string, Way>> = {
  plain: plain(),
  unmatched: plain({ sampling: { "debug/**": { everySteps: 10 } } }),
  everySteps: plain({ sampling: { everySteps: 1 } }),
  perSecond: plain({ sampling: { perSecond: 1e9 } }),
  glob: plain({ sampling: { "batch/*": { everySteps: 1 } } }),
  dropByStep: plain({ sampling: { everySteps: 1000 } }),
  dropByTime: plain({ sampling: { perSecond: 1 } }),
  metrics: plain({ metrics: defineMetrics({ "batch/est": { displayName: "Estimate" } }) }),
  jsonLines: plain({ jsonLines: true }),
  autoStep(directory) {
    const writer = new SummaryWriter(directory);
    return { writer, log: (step) => writer.addScalar("batch/est", step * 1e-6) };
  },
  withPrefix(directory) {
    const writer = new SummaryWriter(directory).withPrefix("batch/");
    return { writer, log: (step) => writer.addScalar("est", step * 1e-6, step) };
  },
  handle(directory) {
    const writer = new SummaryWriter(directory);
    const handle = writer.scalar("batch/est");
    return { writer, log: (step) => handle.add(step * 1e-6, step) };
  },
  counter(directory) {
    const writer = new SummaryWriter(directory);
    const counter = writer.counter("batch/est");
    return { writer, log: () => counter.add() };
  },
  rate(directory) {
    const writer = new SummaryWriter(directory);
    const rate = writer.rate("batch/est");
    return { writer, log: () => rate.add() };
  },
  timer(directory) {
    const writer = new SummaryWriter(directory);
    const timer = writer.timer("batch/est");
    return { writer, log: () => void timer.start()() };
  },
  addStep(directory) {
    const writer = new SummaryWriter(directory);
    return { writer, log: (step) => writer.addStep(step, values) };
  },
};

function run(way: Way, directory: string, calls: number): number {
  const start = performance.now();
  const { writer, log } = way(directory, calls);
  for (let step = 0; step < calls; step++) log(step);
  writer.closeSync();
  return (performance.now() - start) / 1000;
}

const [name = "", directory, calls] = process.argv.slice(2);
const way = ways[name];
if (way === undefined || directory === undefined || calls === undefined) {
  throw new Error(`usage: options ${Object.keys(ways).join("|")} DIRECTORY CALLS`);
}
run(way, `${directory}/warm-up`, 100);
console.log(JSON.stringify({ seconds: run(way, `${directory}/run`, Number(calls)) }));
