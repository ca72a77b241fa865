// tnl inspect beside tensorboard --inspect: counts, first and last steps, and where steps go back.
import { spawnSync } from "node:child_process";
import { dirname, join } from "node:path";
import { beforeAll, expect, it } from "vitest";
import { inspectRuns } from "../../src/events/inspect/inspect-runs.js";
import { runsAt } from "../../src/events/reading/runs-at.js";
import { SummaryWriter } from "../../src/summary/summary-writer.js";
import type { Event } from "../../src/wire/event.js";
import { tnl } from "../cli/fake-io.js";
import { fixtures } from "../helpers/fixtures.js";
import { scalar, sessionFile } from "../helpers/handmade-runs.js";
import { describeWithPython, runPython } from "../helpers/python.js";
import { useTempDir } from "../helpers/temp-dir.js";

const tempDir = useTempDir("inspect-tensorboard");

/** What TensorBoard says of a tag: of each kind of value that it has, the observations and their digest. */
interface Told {
  readonly [kind: string]: {
    readonly count: number;
    readonly first_step: number;
    readonly last_step: number;
    readonly min_step: number;
    readonly max_step: number;
    readonly outoforder_steps: readonly unknown[];
  };
}

/** The functions behind `tensorboard --inspect --event_file FILE --tag TAG`, for every tag of every file. */
const SCRIPT = `
import json, sys
from tensorboard.backend.event_processing import event_file_inspector as inspector
found = []
for path in sys.argv[1:]:
    generator = inspector.generator_from_event_file(path)
    tags = inspector.get_unique_tags(inspector.get_field_to_observations_map(generator))
    by_tag = {}
    for tag in sorted(set(sum(tags.values(), []))):
        observed = inspector.get_inspection_units(event_file=path, tag=tag)[0].field_to_obs
        digest = inspector.get_dict_to_print(observed)
        by_tag[tag] = {kind: {**digest[kind], "count": len(observed[kind])} for kind in digest if digest[kind]}
    found.append(by_tag)
print("ANSWER" + json.dumps(found))
`;

/** A run whose steps go back, of two files. */
function handmade(): { logdir: string; files: string[] } {
  const logdir = tempDir();
  const files = [
    sessionFile(
      logdir,
      0,
      [1, 2, 3, 3, 2, 10].map((step) => scalar(step, { loss: step, other: 1 })),
    ),
    sessionFile(
      logdir,
      1,
      [4, 1, 7].map((step) => scalar(step, { loss: step })),
    ),
  ];
  return { logdir, files };
}

const FORMS = ["simpleValue", "tensor", "image", "histo", "audio"] as const;

/** The tags whose values have no data. */
function emptyTags(events: readonly Event[]): Set<string> {
  const values = events.flatMap(({ summary = [] }) => summary);
  const full = new Set(
    values.filter((value) => FORMS.some((form) => value[form] !== undefined)).map(({ tag }) => tag),
  );
  return new Set(values.map(({ tag }) => tag).filter((tag) => !full.has(tag)));
}

describeWithPython("beside tensorboard --inspect", ({ executable }) => {
  const files = [...fixtures.map(({ path }) => path)];
  let told: Record<string, Told>[];

  beforeAll(async () => {
    files.push(...handmade().files);
    const answer = await runPython(SCRIPT, files);
    told = JSON.parse(answer.slice(answer.indexOf("ANSWER") + 6)) as typeof told;
  });

  it("finds the same tags with the same steps in every file", async () => {
    let compared = 0;
    for (const [i, file] of files.entries()) {
      const [run] = await inspectRuns(runsAt(file));
      const mixed = new Set<string>();
      const ours = run!.tags.map((one) => [
        one.tag,
        [one.count, one.minStep, one.maxStep, one.firstStep, one.lastStep, one.stepsBack].map(Number),
      ]);
      const theirs = Object.entries(told[i]!).map(([tag, kinds]): [string, number[]] => {
        const all = Object.values(kinds);
        const sum = all.reduce((total, { count }) => total + count, 0);
        const least = Math.min(...all.map(({ min_step }) => min_step));
        const most = Math.max(...all.map(({ max_step }) => max_step));
        const [one] = all;
        if (all.length === 1)
          return [tag, [sum, least, most, one!.first_step, one!.last_step, one!.outoforder_steps.length]];
        // Of a tag with values of several forms it tells no order.
        mixed.add(tag);
        return [tag, [sum, least, most]];
      });
      // It passes over values that have metadata alone, as those of the HParams dashboard.
      const empty = emptyTags(fixtures.find(({ path }) => path === file)?.events ?? []);
      const shown = (ours as [string, number[]][])
        .filter(([tag]) => !empty.has(tag))
        .map(([tag, numbers]) => [tag, mixed.has(tag) ? numbers.slice(0, 3) : numbers]);
      expect(Object.fromEntries(shown)).toEqual(Object.fromEntries(theirs));
      compared += theirs.length;
    }
    expect(compared).toBeGreaterThan(100);
  });

  it("finds the same as the program itself prints of a logdir", async () => {
    const logdir = tempDir();
    for (const [run, steps] of [
      ["train", 500],
      ["eval", 20],
    ] as const) {
      const writer = new SummaryWriter(join(logdir, run));
      for (let step = 0; step < steps; step++) writer.addScalar("loss", 1 / (1 + step), 7 + step * 3);
      writer.closeSync();
    }
    const program = join(dirname(executable), "tensorboard");
    const { stdout, status } = spawnSync(program, ["--inspect", "--logdir", logdir], { encoding: "utf8" });
    expect(status).toBe(0);
    const { stdout: json } = await tnl(["inspect", logdir, "--json", "--no-cache"]);
    const { runs } = JSON.parse(json) as { runs: { directory: string; tags: Record<string, unknown>[] }[] };
    expect(runs).toHaveLength(2);
    for (const { directory, tags } of runs) {
      const [, statistics] = stdout.split(`Event statistics for ${directory}:`);
      // In newer versions our scalars are tensors to it.
      const number = (name: string): number =>
        Number(new RegExp(`^   ${name} +(\\d+)$`, "m").exec(statistics!)![1]);
      expect(tags).toMatchObject([
        {
          tag: "loss",
          count: number("num_steps"),
          firstStep: number("first_step"),
          lastStep: number("last_step"),
          minStep: number("min_step"),
          maxStep: number("max_step"),
        },
      ]);
    }
  });
});
