// Following runs that this package writes: sessions that copy the files of earlier ones, and bounded runs, whose event files are written again and again.
import * as fc from "fast-check";
import { mkdirSync, readdirSync, statSync, truncateSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { openEventWriter, type EventWriterOptions } from "../../../src/events/open-event-writer.js";
import type { LogPosition } from "../../../src/events/log-position.js";
import type { FollowedEvent } from "../../../src/events/following/followed-run.js";
import { DataType, type Tensor } from "../../../src/wire/tensor.js";
import { eventFilesIn, filesIn, readEventFile, recordsOf, scalarsOf } from "../../helpers/events.js";
import { follow, scalar, valuesIn, type Step } from "../../helpers/followed.js";
import { scriptedClock } from "../../helpers/scripted-clock.js";
import { useTempDir } from "../../helpers/temp-dir.js";

const makeDir = useTempDir("follow-writers");
const HOUR_MS = 3_600_000;

/** A run of which no two values are the same. */
class Run {
  readonly dir = join(makeDir(), "run");
  readonly clock = scriptedClock();
  step = 0;
  value = 0;
  position: LogPosition | undefined;

  /** Logs so many events, and `during` each tenth of them; an hour later the next one may begin. Gives the values. */
  session(count: number, options: EventWriterOptions = {}, { torn = 0, waitMs = HOUR_MS } = {}): number[] {
    const writer = openEventWriter(this.dir, { clock: this.clock, hostname: "box", pid: 7, ...options });
    const values: number[] = [];
    for (let i = 0; i < count; i++) {
      this.value++;
      writer.write({ step: this.step++, summary: [{ tag: "loss", simpleValue: this.value }] });
      values.push(this.value);
      this.clock.advance(100);
    }
    if (options.records !== false) this.position = writer.position();
    writer.closeSync();
    const path = "recordPath" in writer ? writer.recordPath : writer.path;
    if (torn > 0 && path !== undefined) truncateSync(path, statSync(path).size - torn);
    this.clock.advance(waitMs);
    return values;
  }

  /** Of the files that have every event. */
  valuesInFiles(): number[] {
    const names = filesIn(this.dir);
    const records = names.filter((name) => name.startsWith("records.out"));
    return (records.length > 0 ? records : names).flatMap((name) =>
      scalarsOf(readEventFile(join(this.dir, name)).events).map(([, , value]) => value),
    );
  }
}

function upTo(count: number): number[] {
  return Array.from({ length: count }, (_, i) => i + 1);
}

describe("sessions whose files become the beginning of a later one's", () => {
  it("are given once, looked at after each or never in between", async () => {
    const run = new Run();
    run.session(3);
    const one = (): unknown => run.session(3);
    const several = (): void => upTo(7).forEach(() => run.session(2));
    const found = await follow(run.dir, [one, one, one, one, several, one, several]);
    // What has no file of its own any more comes with the copy.
    expect(sorted(valuesIn(found))).toEqual(upTo(3 * 6 + 28));
    expect(valuesIn(found).map((values) => values.length)).toEqual([3, 3, 3, 3, 3, 14, 3, 14]);
    expect(eventFilesIn(run.dir).length).toBeLessThan(5);
    expect(found.damage).toEqual([]);
  });

  it("are given once where it begins when they are copied already, and their files are still there", async () => {
    const run = new Run();
    for (let i = 0; i < 3; i++) run.session(2);
    run.session(2, {}, { waitMs: 0 });
    expect(eventFilesIn(run.dir).map((path) => recordsOf(path).length)).toEqual([3, 13]);
    const found = await follow(join(run.dir, ".."), [() => run.session(1)]);
    expect(valuesIn(found)).toEqual([[5, 6, 1, 2, 3, 4, 7, 8], [9]]);
  });

  it("are not given at all with from: end", async () => {
    const run = new Run();
    for (let i = 0; i < 3; i++) run.session(2);
    const found = await follow(run.dir, [() => run.session(1), () => run.session(2)], { from: "end" });
    expect(valuesIn(found)).toEqual([[], [7], [8, 9]]);
  });

  it("are given from the copy as far as their own files were deleted before they were read to the end", async () => {
    const run = new Run();
    run.session(2);
    const steps = [
      // Of the second session it sees half, since a kill left a torn record, which is completed later by nobody.
      () => run.session(4, {}, { torn: 20 }),
      () => upTo(6).forEach(() => run.session(1)),
    ];
    const found = await follow(run.dir, steps);
    expect(valuesIn(found).map((values) => values.toSorted((a, b) => a - b))).toEqual([
      [1, 2],
      [3, 4, 5],
      [7, 8, 9, 10, 11, 12],
    ]);
  });

  it("are given from the copy where their own file grew and was deleted when it was not held open", async () => {
    const run = new Run();
    const writer = openEventWriter(run.dir, { clock: run.clock, hostname: "box", pid: 7 });
    const log = (): void => {
      run.value++;
      writer.write({ step: run.step++, summary: [{ tag: "loss", simpleValue: run.value }] });
    };
    log();
    writer.flush();
    // So many that are looked at behind it.
    for (let i = 0; i < 120; i++) {
      const other = join(makeParent(run), `z${i}`);
      mkdirSync(other);
      writeFileSync(join(other, "events.out.tfevents.1700000000.box"), scalar(-1));
    }
    const isRun = ({ run: name }: FollowedEvent): boolean => name === "run";
    const step = (): void => {
      log();
      log();
      writer.closeSync();
      run.clock.advance(HOUR_MS);
      upTo(4).forEach(() => run.session(1));
    };
    const { events } = await follow(makeParent(run), [step]);
    const found = valuesIn({ events: events.map((phase) => phase.filter(isRun)) });
    expect(found.map((values) => values.toSorted((a, b) => a - b))).toEqual([[1], [2, 3, 4, 5, 6, 7]]);
  });

  it("are given also where later ones made them void", async () => {
    const run = new Run();
    const again = (step: number) => (): unknown => {
      run.step = step;
      return run.session(4);
    };
    const found = await follow(makeParent(run), [again(0), again(2), again(1), again(0), again(7), again(3)]);
    expect(valuesIn(found).flat()).toEqual(upTo(24));
  });

  it("are given where a later one continues from a position or purges", async () => {
    const run = new Run();
    run.session(4);
    const { position } = run;
    const steps: Step[] = [
      () => run.session(4),
      () => {
        run.step = 4;
        run.session(3, { continueFrom: position! });
      },
      () => {
        run.step = 5;
        run.session(3, { purgeStep: 5 });
      },
      () => run.session(2),
      () => run.session(2),
    ];
    const found = await follow(run.dir, steps);
    expect(valuesIn(found).map((values) => values.length)).toEqual([4, 4, 3, 3, 2, 2]);
    expect(valuesIn(found).flat()).toEqual(upTo(18));
    // What makes others void is told where it is not only for the copies.
    const starts = found.events.map(
      (phase) => phase.filter(({ event }) => event.sessionLog?.status === 1).length,
    );
    expect(starts).toEqual([0, 0, 2, 0, 0, 0]);
  });
});

describe("a bounded run", () => {
  it("is read from its record files: every event once, while the event file is written again and again", async () => {
    const run = new Run();
    const options = { maxPointsPerTag: 16 };
    const writer = openEventWriter(run.dir, { clock: run.clock, hostname: "box", pid: 7, ...options });
    const log = (count: number) => (): void => {
      for (let i = 0; i < count; i++) {
        run.value++;
        writer.write({ step: run.value, summary: [{ tag: "loss", simpleValue: run.value }] });
        run.clock.advance(1000);
      }
      writer.write({
        step: run.value,
        summary: [{ tag: "note", metadata: { pluginName: "text" }, tensor: text("x") }],
      });
      writer.flush();
    };
    log(1)();
    const found = await follow(run.dir, [log(10), log(300), log(1), log(500), () => writer.closeSync()]);
    expect(valuesIn(found).map((values) => values.length)).toEqual([1, 10, 300, 1, 500, 0]);
    expect(valuesIn(found).flat()).toEqual(upTo(812));
    const notes = found.events.flat().filter(({ event }) => event.summary?.[0]?.tag === "note");
    expect(notes).toHaveLength(5);
  });

  it("is given once over many sessions, also where it was a plain one before", async () => {
    const run = new Run();
    const bounded = (): unknown => run.session(40, { maxPointsPerTag: 16 }, { torn: 0 });
    const plain = (): unknown => run.session(5);
    const steps = [
      plain,
      plain,
      bounded,
      () => run.clock.advance(HOUR_MS),
      bounded,
      bounded,
      bounded,
      bounded,
    ];
    const found = await follow(makeParent(run), steps);
    expect(valuesIn(found).map((values) => values.length)).toEqual([0, 5, 5, 40, 0, 40, 40, 40, 40]);
    expect(valuesIn(found).flat()).toEqual(upTo(210));
    expect(readdirSync(run.dir).filter((name) => name.startsWith("records.out")).length).toBeGreaterThan(0);
  });

  it("is read from the record file into which that of an old event file was copied", async () => {
    const run = new Run();
    const options = { maxPointsPerTag: 8 };
    run.session(0, { ...options, purgeStep: 0 }, { waitMs: 1000 });
    run.session(0, { ...options, purgeStep: 0 }, { waitMs: 1000 });
    run.session(1, options, { waitMs: 70_000 });
    run.session(0, { ...options, purgeStep: 1 }, { waitMs: 1000 });
    run.session(1, options, { waitMs: 1000 });
    // The event file of the third session is still there, and its record file is not.
    const third = "1700000002.000000.box.7";
    expect(filesIn(run.dir).filter((name) => name.includes(third))).toEqual([`events.out.tfevents.${third}`]);
    expect(valuesIn(await follow(run.dir, []))).toEqual([[1, 2]]);
  });

  it("without record files gives of a plain run before it nothing twice", async () => {
    const run = new Run();
    const bounded = (): unknown => run.session(4, { maxPointsPerTag: 16, records: false });
    const found = await follow(makeParent(run), [() => run.session(6), bounded, bounded]);
    expect(valuesIn(found).map((values) => values.length)).toEqual([0, 6, 4, 4]);
    expect(valuesIn(found).flat()).toEqual(upTo(14));
  });

  it("without record files gives what its event files show, in steps that only go up", async () => {
    const run = new Run();
    const bounded = (): unknown => run.session(100, { maxPointsPerTag: 16, records: false });
    const found = await follow(makeParent(run), [bounded, bounded, bounded, bounded]);
    const values = valuesIn(found).flat();
    expect(values).toEqual(values.toSorted((a, b) => a - b));
    expect(new Set(values).size).toBe(values.length);
    expect(values[0]).toBe(1);
    expect(values.at(-1)).toBe(400);
    for (const phase of valuesIn(found).slice(1)) expect(phase.length).toBeGreaterThan(3);
  });
});

const session = fc.record({
  count: fc.integer({ min: 0, max: 6 }),
  back: fc.oneof({ weight: 3, arbitrary: fc.constant(0) }, { weight: 1, arbitrary: fc.nat(8) }),
  how: fc.oneof(
    { weight: 4, arbitrary: fc.constant("goes on") },
    { weight: 1, arbitrary: fc.constantFrom("purges", "continues") },
  ),
  torn: fc.oneof({ weight: 4, arbitrary: fc.constant(0) }, { weight: 1, arbitrary: fc.nat(60) }),
  waitMs: fc.constantFrom(1000, 70_000, HOUR_MS),
  isLookedAt: fc.boolean(),
});

describe.each([
  ["plain", {}],
  ["bounded", { maxPointsPerTag: 8 }],
] as const)("any sessions of a %s run", (_, options) => {
  it("are given once", async () => {
    let given = 0;
    await fc.assert(
      fc.asyncProperty(fc.array(session, { minLength: 1, maxLength: 12 }), async (sessions) => {
        const run = new Run();
        const seen: number[] = [];
        const steps: Step[] = [];
        let missed: (() => void)[] = [];
        for (const { count, back, how, torn, waitMs, isLookedAt } of sessions) {
          missed.push(() => {
            const from = how === "continues" ? run.position : undefined;
            run.step = Math.max(0, run.step - back);
            const its = {
              ...options,
              ...(how === "purges" && { purgeStep: run.step }),
              ...(from !== undefined && { continueFrom: from }),
            };
            const isTorn = torn > 0 && count > 1;
            const values = run.session(count, its, { waitMs, torn: isTorn ? Math.min(torn, 20) : 0 });
            if (isTorn) run.position = undefined;
            // Of what nobody looked at, later sessions may leave out what is void.
            if (isLookedAt) seen.push(...values.slice(0, isTorn ? -1 : undefined));
          });
          if (!isLookedAt) continue;
          const all = missed;
          missed = [];
          steps.push(() => {
            all.forEach((one) => one());
            // Whatever stands in a file when somebody looks has to be given.
            seen.push(...run.valuesInFiles());
          });
        }
        const found = await follow(makeParent(run), steps);
        const values = valuesIn(found).flat();
        expect(new Set(values).size).toBe(values.length);
        expect(seen.filter((value) => !values.includes(value))).toEqual([]);
        expect(found.damage).toEqual([]);
        given += values.length;
      }),
      { numRuns: 40 },
    );
    expect(given).toBeGreaterThan(150);
  });
});

function sorted(phases: readonly (readonly number[])[]): number[] {
  return phases.flat().toSorted((a, b) => a - b);
}

/** The logdir, which is there before the run. */
function makeParent({ dir }: Run): string {
  return join(dir, "..");
}

function text(words: string): Tensor {
  return { dtype: DataType.STRING, shape: [1], stringVal: [Buffer.from(words)] };
}
