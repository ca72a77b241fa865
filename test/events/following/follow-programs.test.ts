// Following what other processes write: programs of this package that are killed, and those of others.
import { spawn } from "node:child_process";
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, describe, expect, it } from "vitest";
import { followEvents } from "../../../src/events/following/follow-events.js";
import type { FollowedEvent } from "../../../src/events/following/followed-run.js";
import { decodeScalar } from "../../../src/summary/scalar.js";
import { killWhileLogging } from "../../helpers/kills.js";
import { compilePrograms } from "../../helpers/programs.js";
import { describeWithPython } from "../../helpers/python.js";
import { killOnPath, PATHS } from "../../helpers/restart-kills.js";
import { useTempDir } from "../../helpers/temp-dir.js";

const makeDir = useTempDir("follow-programs");

/** Follows `dir` until `work` is done and everything was looked at once more. */
async function followWhile<T>(
  dir: string,
  work: Promise<T>,
): Promise<{ events: FollowedEvent[]; result: T }> {
  const controller = new AbortController();
  let isDone = false;
  const done = work.finally(() => (isDone = true));
  done.catch(() => {});
  const events: FollowedEvent[] = [];
  let wasDone = false;
  const onIdle = (): void => {
    // The look before may have begun before the end.
    if (wasDone) controller.abort();
    wasDone = isDone;
  };
  for await (const event of followEvents(dir, { signal: controller.signal, pollMilliseconds: 10, onIdle })) {
    events.push(event);
  }
  return { events, result: await done };
}

function stepsOf(events: readonly FollowedEvent[], tag: string): number[] {
  return events.flatMap(({ event }) =>
    (event.summary ?? []).flatMap((value) => (value.tag === tag ? [Number(event.step)] : [])),
  );
}

describe("a program that is killed", () => {
  let programs: string;
  beforeAll(() => {
    programs = compilePrograms("test/events/programs", makeDir());
  });

  it.each([1, 40, 150])("is followed to what it left, %i ms behind its first flush", async (delayMs) => {
    const dir = makeDir();
    const kill = { programs, dir, every: 7, count: 1e9, delayMs, from: "first flush" as const };
    const { events, result } = await followWhile(dir, killWhileLogging(kill));
    const steps = stepsOf(events, "loss");
    expect(steps).toEqual(steps.map((_, i) => i));
    expect(steps.length).toBeGreaterThan(result);
  });

  it.each(PATHS)("is followed where it starts session after session, %s", async (path) => {
    const dir = makeDir();
    const run = join(dir, "run");
    mkdirSync(run);
    const { events, result } = await followWhile(dir, killOnPath(programs, run, path, 1000));
    const steps = stepsOf(events, "loss");
    expect(steps.toSorted((a, b) => a - b)).toEqual(steps.map((_, i) => i));
    expect(steps.length).toBeGreaterThan(result.flushed);
  });
});

describeWithPython("other programs", (python) => {
  it.each([
    [
      "tensorboardX",
      `
from tensorboardX import SummaryWriter
def open_writer(logdir, session):
    return SummaryWriter(logdir, flush_secs=1, max_queue=10, filename_suffix="." + str(session))
def add(writer, step):
    writer.add_scalar("loss", step / 4, step)
`,
    ],
    [
      "TensorBoard's writer, which is torch's",
      `
from tensorboard.compat.proto.event_pb2 import Event
from tensorboard.compat.proto.summary_pb2 import Summary
from tensorboard.summary.writer.event_file_writer import EventFileWriter
def open_writer(logdir, session):
    return EventFileWriter(logdir, max_queue_size=10, flush_secs=1, filename_suffix="." + str(session))
def add(writer, step):
    value = Summary.Value(tag="loss", simple_value=step / 4)
    writer.add_event(Event(wall_time=1.7e9, step=step, summary=Summary(value=[value])))
`,
    ],
  ])("%s is followed, also over several sessions", async (_, functions) => {
    const dir = makeDir();
    const script = `
import sys
${functions}
step = 0
for session in range(3):
    writer = open_writer(sys.argv[1] + "/run", session)
    for i in range(200):
        add(writer, step)
        if step % 50 == 0:
            writer.flush()
        step += 1
    writer.close()
`;
    const child = spawn(python.executable, ["-c", script, dir], { stdio: ["ignore", "ignore", "pipe"] });
    let errors = "";
    child.stderr.setEncoding("utf8").on("data", (text: string) => (errors += text));
    const ended = new Promise<number | null>((resolve, reject) => {
      child.once("error", reject);
      child.once("close", resolve);
    });
    const { events, result } = await followWhile(dir, ended);
    expect(result, errors).toBe(0);
    const steps = stepsOf(events, "loss");
    expect(steps.toSorted((a, b) => a - b)).toEqual(Array.from({ length: 600 }, (__, i) => i));
    const values = events.flatMap(({ event }) =>
      (event.summary ?? []).flatMap((value) => (value.tag === "loss" ? [decodeScalar(value)] : [])),
    );
    expect(values).toEqual(steps.map((step) => step / 4));
  });
});
