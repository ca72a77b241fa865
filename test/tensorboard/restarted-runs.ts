// Runs that went back, of every sort: files as other programs and as we write them. For reader.test.ts.
import { copyFileSync, mkdirSync } from "node:fs";
import { join } from "node:path";
import { PyRandom } from "../../src/math/py-random.js";
import { SummaryWriter } from "../../src/summary/index.js";
import type { Event } from "../../src/wire/event.js";
import { tensorboard } from "../../src/wire/proto/messages.js";
import type { SummaryValue } from "../../src/wire/summary.js";
import { encodeTfRecord } from "../../src/wire/tfrecord.js";
import { fixtures } from "../helpers/fixtures.js";
import { sessionFile, START_S, started } from "../helpers/handmade-runs.js";

/** How a value stands in the file. */
const FORMS = ["plain", "tensor", "histogram", "old histogram", "text", "image"] as const;
type Form = (typeof FORMS)[number];
type Logged = Event | Uint8Array;

/** The numbers of values, so that no two are alike. */
let count = 0;

/** One value under the form's tag, or another one. Metadata stand at each, as TensorFlow 2 writes them. */
function logged(form: Form, step: number | bigint, tag: string = form): Logged {
  const wallTime = START_S + count++;
  const number = count / 8;
  const event = (value: Omit<SummaryValue, "tag">): Event => ({
    wallTime,
    step,
    summary: [{ tag, ...value }],
  });
  const plugin = (pluginName: string, dataClass: number) => ({ metadata: { pluginName, dataClass } });
  const string = (shape: number[], ...texts: string[]) => ({
    tensor: { dtype: 7, shape, stringVal: texts.map((text) => Buffer.from(text)) },
  });
  switch (form) {
    case "plain":
      return event({ simpleValue: number });
    case "tensor":
      return event({ ...plugin("scalars", 1), tensor: { dtype: 1, shape: [], floatVal: [number] } });
    case "histogram": {
      const doubleVal = [-1, 0, number, 0, 2, 1];
      return event({ ...plugin("histograms", 2), tensor: { dtype: 2, shape: [2, 3], doubleVal } });
    }
    case "old histogram":
      return oldHistogram(wallTime, step, tag, number);
    case "text":
      return event({ ...plugin("text", 2), ...string([], `value ${number}`) });
    case "image":
      return event({ ...plugin("images", 3), ...string([3], "1", "1", `picture ${number}`) });
  }
}

// As TensorFlow 1, torch and tensorboardX; this package writes none.
function oldHistogram(wallTime: number, step: number | bigint, tag: string, number: number): Uint8Array {
  const numbers = { min: -1, max: 2, num: number + 1, sum: 1, sumSquares: 1 };
  const histo = { ...numbers, bucketLimit: [0, 1, 5], bucket: [number, 0, 1] };
  const bytes = tensorboard.Event.encode({
    ...{ wallTime, step: Number(step) },
    summary: { value: [{ tag, histo }] },
  }).finish();
  return encodeTfRecord(bytes);
}

const everyForm = (step: number): Logged[] => FORMS.map((form) => logged(form, step));
const steps = (from: number, to: number): number[] => Array.from({ length: to - from }, (_, i) => from + i);
const each = (from: number, to: number): Logged[] => steps(from, to).flatMap(everyForm);
const plain = (...list: readonly (number | bigint)[]): Logged[] => list.map((step) => logged("plain", step));

/** By name, the files of each run, in their order. What both loaders read, whatever they make of it. */
const RUNS: Readonly<Record<string, () => readonly (readonly Logged[])[]>> = {
  "goes on": () => [each(0, 10), each(10, 15)],
  overlap: () => [each(0, 12), [...each(6, 9), logged("plain", 100, "late")], each(8, 20)],
  "three restarts, the last the deepest": () => [each(0, 12), each(8, 14), each(5, 9), each(2, 4)],
  "restarts that go less and less far back": () => [each(0, 8), each(2, 10), each(5, 12), each(11, 13)],
  "back inside a file": () => [[...each(0, 6), ...each(3, 5), ...each(4, 8)]],
  duplicates: () => [steps(0, 8).flatMap((step) => [...everyForm(step), ...everyForm(step)])],
  "three of each, in files of their own": () => [each(0, 4), each(0, 4), each(0, 4)],
  "every step 0": () => [steps(0, 9).flatMap(() => everyForm(0)), everyForm(0)],
  "downwards to below 0": () => [plain(5, 4, 3, 2, 1, 0, -1, -2, -3), plain(-2, -1, 0)],
  "far away": () => [plain(2 ** 40, 2 ** 41, 2 ** 52), plain(2 ** 41, 2 ** 42)],
  STARTs: () => [
    [...each(0, 8), ...started(4).slice(1), ...plain(4, 5)],
    [...started(3), ...each(3, 6)],
    [...started(1), logged("plain", 1, "of the last session only")],
  ],
  "tags at steps of their own": () => {
    const at = (tag: string, ...list: number[]) => list.map((step) => logged("plain", step, tag));
    return [
      [...at("batch", 0, 1, 2, 3, 4, 5), ...at("epoch", 0, 1), ...at("once", 3)],
      [...at("batch", 2, 3), ...at("epoch", 1), ...at("new", 0)],
    ];
  },
  "two values of a tag in one event": () => [
    [
      { wallTime: START_S, step: 1, summary: [1, 2, 3].map((simpleValue) => ({ tag: "a", simpleValue })) },
      ...plain(0, 2),
    ],
  ],
  ...Object.fromEntries(steps(0, 12).map((seed) => [`random ${seed}`, () => randomFiles(seed)])),
};

function randomFiles(seed: number): Logged[][] {
  const random = new PyRandom(seed);
  const upTo = (most: number): number => Math.floor(random.random() * (most + 1));
  return steps(0, 1 + upTo(4)).map(() => {
    let step = upTo(10);
    return steps(0, upTo(60)).map(() => {
      step = random.random() < 0.1 ? upTo(15) : step + upTo(2);
      return random.random() < 0.03 ? started(step)[0]! : logged(FORMS[upTo(FORMS.length - 1)]!, step);
    });
  });
}

/** Writes them all. */
export function writeRuns(logdir: string): void {
  for (const [name, filesOf] of Object.entries(RUNS)) {
    const dir = join(logdir, name);
    mkdirSync(dir, { recursive: true });
    for (const [i, events] of filesOf().entries()) sessionFile(dir, i, events);
  }
  for (const name of ["peer-torch", "peer-tensorboardx", "peer-tensorflow", "peer-tensorflow-1"]) {
    const dir = join(logdir, `continued after ${name}`);
    mkdirSync(dir);
    const { file, path } = fixtures.find((fixture) => fixture.name === name)!;
    copyFileSync(path, join(dir, file!));
    continueAt(dir, 7);
  }
}

/**
 * Writes the runs that the Python loader cannot read whole, or reads otherwise even where nothing is void: of positions that a run was continued
 * from, of bounded curves, with events without a time, and with values that are none of their tag's kind.
 */
export async function writeRunsForRust(logdir: string): Promise<void> {
  const dirOf = (name: string): string => {
    mkdirSync(join(logdir, name), { recursive: true });
    return join(logdir, name);
  };
  const noTime = (wallTime: number, step: number): Event => ({
    ...{ wallTime, step },
    summary: [{ tag: "plain", simpleValue: 1 }],
  });
  sessionFile(dirOf("no time"), 0, [
    // Not NaN: behind that the data server reads nothing of the file.
    ...[noTime(Infinity, 0), ...plain(0, 1, 2), noTime(Infinity, 1)],
    ...[...plain(3), noTime(-Infinity, 9), ...plain(4)],
  ]);
  const empty = (step: number): Event => ({ wallTime: START_S, step, summary: [{ tag: "plain" }] });
  sessionFile(dirOf("other kinds between"), 0, [
    ...[...plain(0, 1, 2, 3), logged("text", 2, "plain"), ...plain(4)],
    ...[logged("text", 0), logged("plain", 1, "text"), logged("text", 2)],
  ]);
  sessionFile(dirOf("empty values between"), 0, [...plain(0, 1, 2, 3), empty(2), ...plain(4)]);

  const dir = dirOf("continued from a position");
  const first = new SummaryWriter(dir);
  for (const step of steps(0, 6)) first.addScalar("loss", step / 8, step);
  const position = first.position();
  for (const step of steps(6, 12)) {
    first.addScalar("loss", step / 8, step);
    first.addScalar("behind", step / 8, step);
  }
  first.closeSync();
  const second = new SummaryWriter(dir, { continueFrom: position });
  for (const step of steps(4, 9)) second.addScalar("loss", -step / 8, step);
  second.closeSync();

  const bounded = dirOf("bounded");
  for (const [i, from] of [0, 400, 300].entries()) {
    const writer = new SummaryWriter(bounded, { maxPointsPerTag: 50, ...(i > 0 && { purgeStep: from }) });
    for (const step of steps(from, from + 500)) {
      writer.addScalar("loss", Math.sin(step) + i, step);
      if (i === 0) writer.addScalar("of the first session", step, step);
    }
    await writer.close();
  }
}

function continueAt(dir: string, purgeStep: number): void {
  using writer = new SummaryWriter(dir, { purgeStep });
  for (const step of steps(purgeStep, purgeStep + 20)) {
    writer.addScalar("loss", step / 8, step);
    if (step % 4 === 0) writer.addHistogram("weights", [step, 1, 2], step);
  }
}
