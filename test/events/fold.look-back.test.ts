// Folding behind files that stay: only where the STARTs of the new file hide nothing of them.
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { beforeEach, describe, expect, it } from "vitest";
import { nodeFileSystem } from "../../src/events/file-system.js";
import { foldEarlierFiles } from "../../src/events/fold.js";
import type { Event } from "../../src/wire/event.js";
import { decodeEvent } from "../../src/wire/event.js";
import { TfRecordDecoder } from "../../src/wire/tfrecord.js";
import { scalar, sessionFile, START_S, started } from "../helpers/handmade-runs.js";
import { byBothRules, byPythonRule, byRustRule, filesOfRun, type Curves } from "../helpers/loader-rules.js";
import { useTempDir } from "../helpers/temp-dir.js";

const tempDir = useTempDir("look-back");
let dir: string;
beforeEach(() => (dir = tempDir()));

/** Files that stay, since another program wrote them, and behind them three of ours; the events of what they become. */
function folded(stay: readonly Event[][], ours: readonly Event[][], purgeStep?: number): Event[] | undefined {
  for (const [hour, events] of stay.entries()) sessionFile(dir, hour, events, { writer: "torch" });
  for (const [hour, events] of ours.entries()) sessionFile(dir, 10 + hour, events);
  const fold = foldEarlierFiles({
    ...{ dir, fileSystem: nodeFileSystem, asker: { hostname: "box", pid: "7" }, purgeStep },
    now: (START_S + 86_400) * 1000,
    onDamage: (error) => {
      throw error;
    },
  });
  if (fold === undefined) return undefined;
  expect(fold.paths).toHaveLength(3);
  expect(fold.paths.every((path) => existsSync(path))).toBe(true);
  const decoder = new TfRecordDecoder();
  for (const piece of fold.pieces) decoder.push(piece);
  const events: Event[] = [];
  for (let record = decoder.next(); record !== undefined; record = decoder.next())
    events.push(decodeEvent(record.data));
  // But for what it says of the files whose place it takes.
  return events.filter(({ logMessage }) => logMessage === undefined);
}

const to1000 = [0, 500, 1000].map((step) => scalar(step, { a: step, b: step }));

describe("behind files that stay, files are folded", () => {
  it.each<[string, Event[][], Event[][], number | undefined]>([
    [
      "when their steps come after all others",
      [to1000],
      [[scalar(1001, { a: 1 })], [scalar(1002, { a: 2 })], []],
      undefined,
    ],
    [
      "when they begin with a START before all of their steps",
      [to1000],
      [[...started(900), scalar(950, { a: 1 })], [scalar(960, { a: 1 })], []],
      undefined,
    ],
    [
      "when the new session's purgeStep is before all of their steps",
      [to1000],
      [[scalar(950, { a: 1 })], [], []],
      900,
    ],
    [
      "when what the STARTs make void is so by the points behind it",
      [to1000],
      [[scalar(0, { a: 5, b: 6 })], [], []],
      undefined,
    ],
    [
      "when it is so by another file that stays",
      [to1000, [scalar(0, { b: 1 })]],
      [[scalar(1, { a: 5 })], [], []],
      undefined,
    ],
    [
      "when it is so by a START in another file that stays",
      [to1000, [...started(400), scalar(400, { c: 1 })]],
      [[scalar(450, { c: 5 })], [], []],
      undefined,
    ],
    [
      "when nothing in them can be void",
      [to1000],
      [[], [{ wallTime: 1, step: 0, graphDef: Uint8Array.of(1) }], []],
      undefined,
    ],
  ])("%s", (_, stay, ours, purgeStep) => {
    const events = folded(stay, ours, purgeStep);
    const files = filesOfRun(dir);
    const meant = byBothRules(purgeStep === undefined ? files : [...files, started(purgeStep)]);
    const later = [...files.slice(0, -3), events!];
    // A TensorBoard that is open has read the old files, and reads the new one behind them.
    expect(byPythonRule([...files, events!])).toEqual(byPythonRule(later));
    expect(pointsOf(byPythonRule(later))).toEqual(expect.arrayContaining(pointsOf(meant)));
    expect(pointsOf(byRustRule(later))).toEqual(expect.arrayContaining(pointsOf(meant)));
  });
});

function pointsOf(curves: Curves): string[] {
  return Object.entries(curves).flatMap(([tag, points]) =>
    points.map(({ step, value }) => `${tag} ${step} ${value}`),
  );
}

describe("behind files that stay, files are left", () => {
  it.each<[string, Event[][], Event[][], number | undefined]>([
    ["when another tag has those steps", [to1000], [[scalar(501, { a: 1 })], [], []], undefined],
    [
      "when a tag has earlier ones that stay shown",
      [to1000],
      [[scalar(0, { c: 1 })], [scalar(1001, { a: 1, b: 1 })], []],
      undefined,
    ],
    [
      "when their START comes after some of their steps",
      [to1000],
      [[scalar(950, { c: 1 })], [...started(960)], []],
      undefined,
    ],
    ["when the purgeStep comes after some of their steps", [to1000], [[scalar(950, { c: 1 })], [], []], 960],
    [
      "when it is the file before the last that stays",
      [to1000, [scalar(0, { c: 1 })]],
      [[scalar(10, { c: 1 })], [], []],
      undefined,
    ],
    [
      "when the one START between is the run's first, which the Python loader passes over",
      [to1000, [started(400)[0]!, scalar(400, { c: 1 })]],
      [[scalar(450, { c: 5 })], [], []],
      undefined,
    ],
  ])("%s", (_, stay, ours, purgeStep) => {
    expect(folded(stay, ours, purgeStep)).toBeUndefined();
  });

  it("when that would take reading more than 64 MiB", () => {
    const graph: Event = { wallTime: 1, step: 0, graphDef: new Uint8Array(65 * 2 ** 20) };
    expect(folded([[graph]], [[scalar(1, { a: 1 })], [], []])).toBeUndefined();
    dir = tempDir();
    expect(folded([[graph]], [[...started(1), scalar(1, { a: 1 })], [], []])).toHaveLength(4);
  });
});

it("a damaged file that stays is looked at as far as TensorBoard reads it", () => {
  for (const [step, expected] of [
    [501, 4],
    [499, undefined],
  ] as const) {
    dir = tempDir();
    const path = sessionFile(dir, 0, [scalar(500, { b: 1 }), scalar(600, { b: 1 })], { writer: "torch" });
    const bytes = readFileSync(path);
    bytes[bytes.length - 10]! ^= 1;
    writeFileSync(path, bytes);
    expect(folded([], [[scalar(step, { a: 1 })], [], []])?.length).toBe(expected);
  }
});
