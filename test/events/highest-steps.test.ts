// Where the curves of a run end, in files of any program.
import { copyFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { BoundedEventWriter } from "../../src/events/bounded-event-writer.js";
import { EventFileWriter } from "../../src/events/event-file-writer.js";
import type { EventSink } from "../../src/events/event-sink.js";
import { highestSteps } from "../../src/events/highest-steps.js";
import { SessionStatus } from "../../src/wire/event.js";
import { eventsOf } from "../helpers/events.js";
import { fixtures } from "../helpers/fixtures.js";
import { useTempDir } from "../helpers/temp-dir.js";

const tempDir = useTempDir("highest-steps");

describe("highestSteps", () => {
  const torch = fixtures.filter(({ scalars }) => scalars.length > 0);

  it.each(torch)("agrees with the reference on $name, by $program", ({ path, scalars, events }) => {
    const dir = tempDir();
    copyFileSync(path, join(dir, "events.out.tfevents.1.x"));
    const highest = highestSteps(dir);
    for (const tag of new Set(scalars.map(([name]) => name))) {
      // One tag has values of two kinds.
      const steps = events
        .filter(({ summary = [] }) => summary.some((value) => value.tag === tag))
        .map(({ step }) => Number(step));
      expect([tag, highest.get(tag)]).toEqual([tag, Math.max(...steps)]);
    }
  });

  it("does not count what a later START made void, in the same file or another", () => {
    const dir = tempDir();
    const log = (steps: readonly number[], start?: number): string => {
      using writer = new EventFileWriter(dir);
      const both = writer.scalars([{ tag: "a" }, { tag: "b" }]);
      for (const step of steps) both.write(step, [step, step]);
      if (start !== undefined) writer.write({ step: start, sessionLog: { status: SessionStatus.START } });
      writer.scalars([{ tag: "c" }]).writeOne(3, 3);
      return writer.path!;
    };
    log([5, 9]);
    expect(highestSteps(dir)).toEqual(
      new Map([
        ["a", 9],
        ["b", 9],
        ["c", 3],
      ]),
    );
    log([20], 7);
    const after = new Map(Object.entries({ a: 6, b: 6, c: 3 }));
    expect(highestSteps(dir)).toEqual(after);
  });

  it("has what a bounded session logged and does not show yet", () => {
    const dir = tempDir();
    using writer = new BoundedEventWriter(dir, { maxPointsPerTag: 8 });
    const channel = writer.scalars([{ tag: "a" }]);
    for (let step = 0; step < 5000; step++) channel.writeOne(step, step);
    writer.scalars([{ tag: "b" }]).writeOne(7, 7);
    writer.flush();
    const shown = eventsOf(writer.path!).filter(({ summary }) => summary?.[0]?.tag === "a");
    expect(Math.max(...shown.map(({ step }) => Number(step)))).toBeLessThan(4999);
    expect(highestSteps(dir)).toEqual(new Map(Object.entries({ a: 4999, b: 7 })));
    rmSync(writer.recordPath!);
    expect(highestSteps(dir).get("a")).toBeLessThan(4999);
  });

  it("does not count what a bounded session logged that a later one made void", () => {
    const dir = tempDir();
    const log = (writer: EventSink, steps: readonly number[]): void => {
      const channel = writer.scalars([{ tag: "a" }]);
      for (const step of steps) channel.writeOne(step, step);
      writer.closeSync();
    };
    log(new BoundedEventWriter(dir), [1, 2, 100]);
    log(new EventFileWriter(dir, { purgeStep: 50 }), [50, 60]);
    expect(highestSteps(dir)).toEqual(new Map([["a", 60]]));
  });

  it("finds none where there is no directory", () => {
    expect(highestSteps(join(tempDir(), "none")).size).toBe(0);
  });
});
