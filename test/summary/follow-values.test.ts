// Following the values of a log, decoded. What is done to it is done where the follower says that it has nothing more to give.
import { join } from "node:path";
import { expect, it } from "vitest";
import { followValues, type FollowValuesOptions } from "../../src/summary/follow-values.js";
import { SummaryWriter } from "../../src/summary/summary-writer.js";
import { useTempDir } from "../helpers/temp-dir.js";

const makeDir = useTempDir("follow-values");

/** The values in words, a list for each step. */
async function followed(
  logdir: string,
  steps: (() => void)[],
  options: FollowValuesOptions = {},
): Promise<string[][]> {
  const controller = new AbortController();
  const lists: string[][] = [[]];
  const onIdle = (): void => {
    const step = steps.shift();
    if (step === undefined) return controller.abort();
    step();
    lists.push([]);
  };
  const all = { ...options, signal: controller.signal, pollMilliseconds: 10, onIdle };
  for await (const { run, tag, step, kind, value } of followValues(logdir, all)) {
    lists
      .at(-1)!
      .push(`${run} ${tag} ${step} ${kind} ${kind === "histogram" ? value.length : String(value)}`);
  }
  return lists;
}

function sessions(logdir: string): (() => void)[] {
  const writers = ["a", "b"].map((run) => new SummaryWriter(join(logdir, run)));
  return [
    (): void => {
      for (const writer of writers) {
        writer.addScalar("loss", 0.5, 1);
        writer.addText("note", "one", 1);
        writer.flush();
      }
    },
    (): void => {
      writers[0]!.addText("note", "two", 2);
      writers[0]!.addHistogram("weights", [1, 2, 3], 2);
      writers[0]!.closeSync();
      writers[1]!.addScalar("loss", 0.25, 2);
      writers[1]!.closeSync();
    },
  ];
}

it("gives each value with its run, tag, step and kind, as it comes", async () => {
  const logdir = makeDir();
  const lists = await followed(logdir, sessions(logdir));
  expect(lists).toEqual([
    [],
    ["a loss 1 scalar 0.5", "a note 1 text one", "b loss 1 scalar 0.5", "b note 1 text one"],
    ["a note 2 text two", expect.stringMatching(/^a weights 2 histogram \d+$/), "b loss 2 scalar 0.25"],
  ]);
});

it("knows with from: end what a tag is that was there before", async () => {
  const logdir = makeDir();
  const [first, second] = sessions(logdir);
  first!();
  expect(await followed(logdir, [second!], { from: "end", tags: ["note", /^lo/] })).toEqual([
    [],
    ["a note 2 text two", "b loss 2 scalar 0.25"],
  ]);
});

it("gives the runs and tags of patterns only", async () => {
  const logdir = makeDir();
  const lists = await followed(logdir, sessions(logdir), { runs: "{b,c}", tags: "l*" });
  expect(lists).toEqual([[], ["b loss 1 scalar 0.5"], ["b loss 2 scalar 0.25"]]);
});

it.each([
  [{ runs: "" }, 'Expected `runs` to be a name, a glob or a regular expression, got "" (string)'],
  [{ tags: [] }, "Expected `tags` to be at least one pattern, got an array"],
])("refuses %o", (options, message) => {
  expect(() => followValues(makeDir(), options)).toThrow(message);
});
