// A logdir with whatever a reader may meet, and all that readers make of it, so that two places of the same files can be compared.
import { copyFileSync, cpSync, mkdirSync, rmSync, writeFileSync } from "node:fs";
import { basename, join } from "node:path";
import { isDeepStrictEqual } from "node:util";
import { expect } from "vitest";
import { inspectRuns } from "../../src/events/index.js";
import type { LogSource } from "../../src/events/reading/log-source.js";
import { LogdirSource } from "../../src/events/reading/logdir-source.js";
import type { Run } from "../../src/events/runs.js";
import { verifyRuns } from "../../src/events/verify/verify-runs.js";
import { SummaryReader, SummaryWriter, type SummaryReaderOptions } from "../../src/summary/index.js";
import { encodeEvent, type Event } from "../../src/wire/event.js";
import { encodeTfRecord } from "../../src/wire/tfrecord.js";
import { DAMAGED_RUNS, writeRuns } from "./damaged-runs.js";
import { fixtures } from "./fixtures.js";
import { scalar, sessionFile, started } from "./handmade-runs.js";

/** Writes it: every fixture, every kind of damage, restarts, bounded runs, times and steps that are none. Gives the names of its runs. */
export async function writeEveryRun(logdir: string): Promise<string[]> {
  for (const { name, path } of fixtures) {
    mkdirSync(join(logdir, "fixtures", name), { recursive: true });
    copyFileSync(path, join(logdir, "fixtures", name, basename(path)));
  }
  writeRuns(join(logdir, "damaged"), DAMAGED_RUNS);
  const handmade = (name: string): string => {
    const dir = join(logdir, "handmade", name);
    mkdirSync(dir, { recursive: true });
    return dir;
  };
  const restarted = handmade("restarted");
  // So long that a few events fill the blocks in which a reader looks at a file.
  const tag = (i: number): string => `tag ${i % 3} ${"long ".repeat(200)}`;
  const steps = (from: number, to: number): Event[] =>
    Array.from({ length: to - from }, (_, i) => scalar(from + i, { loss: from, [tag(i)]: i }));
  sessionFile(restarted, 0, [...steps(0, 300), ...steps(290, 600)]);
  sessionFile(restarted, 1, [...started(500), ...steps(500, 510)]);
  sessionFile(restarted, 2, [...steps(505, 506), scalar(400, { [tag(1)]: 1 })]);
  const strange: Event[] = [
    ...[2n ** 53n + 1n, -(2n ** 60n), 0, -5].map((step) => scalar(step, { big: Number(step), zero: -0 })),
    ...[NaN, Infinity, -Infinity].map((wallTime, i) => ({ ...scalar(i, { a: i, b: NaN }), wallTime })),
    ...[NaN, Infinity, -Infinity, -0].map((a, i) => scalar(100 + i, { a })),
  ];
  sessionFile(handmade("strange"), 0, strange);
  const nan = encodeEvent(scalar(7, { a: NaN }));
  // A NaN that no encoder writes.
  nan.set([1, 0, 0xc0, 0xff], nan.length - 4);
  sessionFile(handmade("payload"), 0, [encodeTfRecord(nan), encodeTfRecord(Uint8Array.of(1, 2, 3))]);
  writeFileSync(join(handmade("empty"), "events.out.tfevents.1.box"), "");
  // A later session deletes files of an earlier one, after a minute: what is read must stay.
  const live = `${logdir}.live`;
  for (const purgeStep of [undefined, 800]) {
    const writer = new SummaryWriter(live, {
      ...{ maxPointsPerTag: 20, fold: false },
      ...(purgeStep !== undefined && { purgeStep }),
    });
    for (let step = purgeStep ?? 0; step < 1000; step++) writer.addScalar("loss", Math.sin(step), step);
    writer.addText("notes", "done", 1000);
    await writer.close();
  }
  cpSync(live, handmade("bounded"), { recursive: true });
  rmSync(live, { recursive: true });
  return new LogdirSource(logdir).runs().map(({ name }) => name);
}

/** Expects that all of a run is read from `source` as from the logdir, and gives what is. */
export async function expectSameReading(
  source: LogSource,
  logdir: string,
  run: string,
): Promise<Record<string, unknown>> {
  const found = await everyReading(source, run);
  const expected = await everyReading(new ListedLogdir(logdir), run);
  // The test's own comparison takes longer than the reading.
  if (!isDeepStrictEqual(found, expected)) expect(found, run).toStrictEqual(expected);
  return found;
}

/** It is listed once, not at each of some thousand calls. */
class ListedLogdir extends LogdirSource {
  #runs: Run[] | undefined;

  override runs(): Run[] {
    return (this.#runs ??= super.runs());
  }
}

/** What a reader says of a run, or throws, over damage and without, in both views, of all tags and of some, and what an inspection and a verification
 * find. */
async function everyReading(source: LogSource, run: string): Promise<Record<string, unknown>> {
  const found: Record<string, unknown> = {};
  const runs = source.runs().filter(({ name }) => name === run);
  const full = runs.flatMap((one) => source.fullResolutionFiles(one));
  found["full resolution"] = withoutDirectories(full.map((file) => ({ file })));
  const isBounded = !isDeepStrictEqual(
    full,
    runs.flatMap(({ files }) => files),
  );
  for (const restarts of ["shown", "all"] as const) {
    for (const fullResolution of isBounded ? [false, true] : [false]) {
      const options = { restarts, fullResolution, runs: run };
      const name = `${restarts}${fullResolution ? ", full resolution" : ""}`;
      const lenient = lenientReading(source, options);
      found[name] = lenient;
      found[`${name}, some tags`] = lenientReading(source, { ...options, tags: ["loss", "a", "**/op:0"] });
      if (lenient.damages.length > 0)
        found[`${name}, damage refused`] = everyMethod(new SummaryReader(source, options));
    }
  }
  found["inspection"] = withoutDirectories(await inspectRuns(runs, { source }));
  found["verification"] = withoutDirectories(await verifyRuns(runs, { source }));
  return found;
}

function lenientReading(source: LogSource, options: SummaryReaderOptions): { readonly damages: unknown[] } {
  const damages: unknown[] = [];
  const onDamage: SummaryReaderOptions["onDamage"] = (damage) => damages.push(damage);
  const read = everyMethod(new SummaryReader(source, { ...options, onDamage }));
  return { ...read, damages: damages.map(withoutDirectories) };
}

function everyMethod(reader: SummaryReader): object {
  const scalars = outcome(() =>
    reader.scalars().map(({ run, tag, ...columns }) => [run, tag, ...Object.values(columns).map(bitsOf)]),
  );
  return {
    tags: outcome(() => reader.tags()),
    scalars,
    values: outcome(() => [...reader.values()]),
    events: outcome(() => [...reader.events()]),
  };
}

function outcome(read: () => unknown): unknown {
  try {
    return withoutDirectories(read());
  } catch (error) {
    const { name, code, offset, known } = error as Error & Record<string, unknown>;
    return { name, code, offset, known };
  }
}

/** Also of a NaN. */
function bitsOf(column: Float64Array): string {
  return Buffer.from(column.buffer, column.byteOffset, column.byteLength).toString("hex");
}

/** The same, with names in the place of the paths that differ from place to place. */
function withoutDirectories(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutDirectories);
  if (typeof value !== "object" || value === null || ArrayBuffer.isView(value)) return value;
  const entries = Object.entries(value as Record<string, unknown>).map(([key, one]) => {
    const isPath = ["path", "file", "dir"].includes(key) && typeof one === "string";
    return [key, isPath ? basename(one) : withoutDirectories(one)];
  });
  return Object.fromEntries(entries);
}
