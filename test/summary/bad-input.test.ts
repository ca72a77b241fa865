// Every argument of every call that logs, with what a program may hand over by mistake: what is taken is listed, all else is refused by an
// error that names it, and the file stays good.
import { expect, it } from "vitest";
import { ArgumentError } from "../../src/errors.js";
import { SummaryWriter } from "../../src/summary/index.js";
import { eventsOf } from "../helpers/events.js";
import { useTempDir } from "../helpers/temp-dir.js";
import { TAKEN } from "./bad-input-table.js";
import { GOOD_CALLS, WRONG_KINDS } from "./wrong-kinds.js";

const tempDir = useTempDir("bad-input");

/** The arguments of a good call but for one: `1.edges` is the property `edges` of the second. */
function replaced(call: string, path: string, value: unknown): unknown[] {
  const args = GOOD_CALLS[call]!();
  const keys = path.split(".");
  let part = args as unknown as Record<string, unknown>;
  for (const key of keys.slice(0, -1)) part = part[key] as Record<string, unknown>;
  part[keys.at(-1)!] = value;
  return args;
}

type Calls = Record<string, (...args: unknown[]) => unknown>;

interface Outcome {
  /** The kinds that were taken. */
  readonly taken: readonly string[];
  /** What the errors about the others named, without what is behind a dot or bracket. */
  readonly named: readonly string[];
  /** What is wrong besides: other errors, and events of calls that were refused. */
  readonly wrong: readonly string[];
}

/** Makes a call with each wrong kind, and reads its file. */
function tryAll(call: string, path: string): Outcome {
  const [method] = call.split(" ") as [string];
  // Those that a run has once, and those whose tag is another plugin's after some kinds.
  const isAlone = /HParams|addSummary|^scalar$/.test(method);
  const taken: string[] = [];
  const named = new Set<string>();
  const wrong: string[] = [];
  let writer = new SummaryWriter(tempDir());
  const check = (calls: number): void => {
    writer.addScalar("after", 7, 1);
    writer.closeSync();
    const events = eventsOf(writer.path!);
    expect(events.at(-1)!.summary).toMatchObject([{ tag: "after", simpleValue: 7 }]);
    const isOneEach = /^add(?!Scalars$|Step$|HParams)/.test(method);
    if (isOneEach && events.length - 1 !== calls) wrong.push(`${events.length - 1} events of ${calls} calls`);
  };
  for (const [kind, make] of Object.entries(WRONG_KINDS)) {
    const before = taken.length;
    if (isAlone) writer = new SummaryWriter(tempDir());
    if (method === "endHParams") writer.addHParams({ lr: 1 });
    try {
      (writer as unknown as Calls)[method]!(...replaced(call, path, make()));
      taken.push(kind);
    } catch (error) {
      const { message, argument = "" } = error as ArgumentError;
      const isTyped = error instanceof ArgumentError && /^Expected `[^`]+` to be .+, got .+$/s.test(message);
      if (isTyped) named.add(/^\w+/.exec(argument)![0]);
      else wrong.push(`${kind}: ${String(error)}`);
    }
    if (isAlone) check(taken.length - before);
  }
  if (!isAlone) check(taken.length);
  return { taken, named: [...named].toSorted(), wrong };
}

const rows = Object.entries(TAKEN).flatMap(([call, paths]) =>
  Object.entries(paths).map(([path, row]) => [call, path, row] as const),
);

it.each(rows)("%s takes as %s only what it must", (call, path, [named, ...taken]) => {
  expect(tryAll(call, path)).toEqual({ taken, named: named.split(" or "), wrong: [] });
});

it.each(Object.keys(GOOD_CALLS))("%s takes what is good", (call) => {
  const [method] = call.split(" ") as [string];
  const writer = new SummaryWriter(tempDir());
  if (method === "endHParams") writer.addHParams({ lr: 1 });
  expect(() => (writer as unknown as Calls)[method]!(...GOOD_CALLS[call]!())).not.toThrow();
  writer.closeSync();
});

it("is all calls that log", () => {
  const methods: string[] = [];
  const { prototype } = SummaryWriter;
  for (const part of [prototype, Object.getPrototypeOf(prototype) as object])
    methods.push(...Object.getOwnPropertyNames(part).filter((name) => /^(add|end|scalar)/.test(name)));
  const tried = new Set(Object.keys(TAKEN).map((call) => call.split(" ")[0]));
  expect(methods.filter((method) => !tried.has(method))).toEqual([]);
  expect(Object.keys(GOOD_CALLS).filter((call) => !(call in TAKEN))).toEqual([]);
});
