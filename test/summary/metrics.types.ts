// What the compiler takes and refuses of a writer with metrics. Compiled by metrics.types.test.ts, never run.
import { defineMetrics, MemorySink, SummaryWriter } from "../../src/index.js";

const metrics = defineMetrics({
  "train/loss": { displayName: "Loss" },
  "train/lr": { sampling: { everySteps: 10 } },
  requests: {},
});
// @ts-expect-error a definition has no such field
defineMetrics({ a: { displayname: "A" } });
// @ts-expect-error a rule has no such field
defineMetrics({ a: { sampling: { everyStep: 10 } } });

const writer = new SummaryWriter("logs/typed", { metrics });
writer.addScalar("train/loss", 1);
writer.addScalar("train/lr", 1, 2, 3);
// @ts-expect-error no such tag
writer.addScalar("train/los", 1);
// @ts-expect-error no tag of any text
writer.addScalar(String(Date.now()), 1);

writer.addStep(1, { "train/loss": 1 });
writer.addStep(1, { "train/loss": 1, requests: 2, "train/lr": 3 });
writer.addStep(1, {});
// @ts-expect-error no such tag
writer.addStep(1, { "train/loss": 1, "train/acc": 2 });
// @ts-expect-error a value is a number
writer.addStep(1, { "train/loss": undefined });
// @ts-expect-error a value is a number
writer.addStep(1, { "train/loss": "1" });

writer.addScalars("train", { loss: 1 }, 2);
writer.addScalars("train", { loss: 1, lr: 2 }, 2, 3);
// @ts-expect-error no such tag
writer.addScalars("train", { acc: 1 }, 2);
// @ts-expect-error none begins with this
writer.addScalars("val", { loss: 1 }, 2);

writer.scalar("requests").add(1);
writer.scalars(["train/loss", "requests"]).add(1, [1, 2]);
writer.counter("requests").add();
writer.rate("requests", { everyMs: 500 }).add(3);
writer.timer("requests").time(() => {});
// @ts-expect-error no such tag
writer.scalar("request");
// @ts-expect-error no such tag
writer.scalars(["train/loss", "request"]);
// @ts-expect-error no such tag
writer.counter("request");
// @ts-expect-error no such tag
writer.rate("request");
// @ts-expect-error no such tag
writer.timer("request");

const train = writer.withPrefix("train/");
train.addScalar("loss", 1);
train.addStep(1, { loss: 1, lr: 2 });
train.withPrefix("l").addScalar("oss", 1);
// @ts-expect-error the prefix is there already
train.addScalar("train/loss", 1);
// @ts-expect-error not among those with this prefix
train.addScalar("requests", 1);
// @ts-expect-error none has this prefix
writer.withPrefix("val/").addScalar("loss", 1);

// Without metrics every tag is one.
const plain = new SummaryWriter("logs/plain", { sampling: { "debug/**": { perSecond: 1 } } });
plain.addScalar(String(Date.now()), 1);
plain.addStep(1, { [String(Date.now())]: 1, b: 2 });
plain.withPrefix("any/").addScalar("tag", 1);
const values: Record<string, number> = { a: 1 };
plain.addStep(1, values);
plain.addScalars(String(Date.now()), values, 1);
// @ts-expect-error a value is a number
plain.addStep(1, { a: undefined });
// @ts-expect-error a rule is made of numbers
export const wrongRule = new SummaryWriter("logs/plain", { sampling: { everySteps: "10" } });

// A function that logs takes either, and a writer on a sink can have metrics too.
function log(to: SummaryWriter): void {
  to.addScalar("train/loss", 1);
}
log(plain);
log(writer);
log(SummaryWriter.noop());
// @ts-expect-error no such tag
new SummaryWriter(new MemorySink(), { metrics }).addScalar("none", 1);

/** What is timed keeps its type. */
export async function timed(): Promise<[number, string]> {
  const timer = plain.timer("t");
  return [timer.time(() => 1), await timer.time(async () => "a")];
}
