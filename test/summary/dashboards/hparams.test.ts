// Hyperparameters of a run: what stands in its file, once each, and what is refused.
import { readdirSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { ArgumentError, ContextError } from "../../../src/errors.js";
import { EventFileWriter } from "../../../src/events/event-file-writer.js";
import { noopEventSink } from "../../../src/events/event-sink.js";
import { HParamsLog } from "../../../src/summary/dashboards/hparams.js";
import type { HParamsColumns } from "../../../src/summary/dashboards/hparams-columns.js";
import { decodeHParams } from "../../../src/summary/hparams.js";
import { decodeScalar } from "../../../src/summary/scalar.js";
import type { Event } from "../../../src/wire/event.js";
import type { HParamValue } from "../../../src/wire/hparams.js";
import { errorOf } from "../../helpers/errors.js";
import { eventsOf } from "../../helpers/events.js";
import { useTempDir } from "../../helpers/temp-dir.js";

const tempDir = useTempDir("hparams");

function logged(log: (hparams: HParamsLog) => void): { events: Event[]; files: string[] } {
  const dir = tempDir();
  const sink = new EventFileWriter(dir);
  log(new HParamsLog(sink));
  sink.closeSync();
  return { events: eventsOf(sink.path!), files: readdirSync(dir, { recursive: true }) as string[] };
}

const scalarsOf = (events: readonly Event[]): unknown[] =>
  events.flatMap(({ step, summary = [] }) =>
    summary.flatMap((value) => {
      const number = decodeScalar(value);
      return number === undefined ? [] : [[value.tag, step, number]];
    }),
  );

const contentsOf = (events: readonly Event[]): unknown[] =>
  events.flatMap(({ summary = [] }) => summary.flatMap((value) => decodeHParams(value) ?? []));

describe("HParamsLog", () => {
  it("writes the start, the metrics and the end into the run's own file, and no other", () => {
    const { events, files } = logged((hparams) => {
      expect(hparams.isOpen).toBe(false);
      const values = { lr: 0.1, bn: false, name: "a", left: undefined, out: null };
      hparams.add(values, { metrics: { acc: 0.5, loss: 0 }, step: 12, groupName: "g", wallTime: 5 });
      expect(hparams.isOpen).toBe(true);
      hparams.end("success", { wallTime: 9 });
      expect(hparams.isOpen).toBe(false);
    });
    expect(files).toHaveLength(1);
    expect(contentsOf(events)).toStrictEqual([
      { sessionStart: { hparams: { lr: 0.1, bn: false, name: "a" }, groupName: "g", startTime: 5 } },
      { sessionEnd: { status: 1, endTime: 9 } },
    ]);
    expect(scalarsOf(events)).toEqual([
      ["acc", 12, 0.5],
      ["loss", 12, 0],
    ]);
    expect(events.map(({ step, wallTime }) => [step, wallTime])).toEqual([
      [0, 5],
      [12, 5],
      [0, 9],
    ]);
  });

  it("writes metrics at step 0 unless told, with the metadata of scalars, and takes the time from the clock", () => {
    const before = Date.now() / 1000;
    const { events } = logged((hparams) => {
      hparams.add({ a: 1 }, { metrics: { acc: Number.NaN } });
      hparams.end("failure");
    });
    expect(scalarsOf(events)).toEqual([["acc", 0, Number.NaN]]);
    expect(events[1]!.summary![0]!.metadata).toEqual({ pluginName: "scalars", dataClass: 1 });
    const [start, end] = contentsOf(events) as [
      { sessionStart: { startTime: number } },
      { sessionEnd: { endTime: number; status: number } },
    ];
    expect(start.sessionStart.startTime).toBeGreaterThanOrEqual(before);
    expect(end.sessionEnd.endTime).toBeGreaterThanOrEqual(start.sessionStart.startTime);
    expect(end.sessionEnd.status).toBe(2);
  });

  it("writes each once, and the end after the start", () => {
    const { events } = logged((hparams) => {
      expect(errorOf(ContextError, () => hparams.end("success")).message).toBe(
        "A run without hyperparameters has no status: log them first",
      );
      hparams.add({ a: 1 });
      expect(errorOf(ContextError, () => hparams.add({ a: 1 })).message).toBe(
        "A run has one set of hyperparameters, and this one has it already",
      );
      hparams.end("success");
      expect(() => hparams.end("failure")).toThrow(ContextError);
      hparams.addExperiment(COLUMNS);
      expect(() => hparams.addExperiment(COLUMNS)).toThrow(ContextError);
    });
    expect(events).toHaveLength(3);
  });

  it("may try again when the event was dropped", () => {
    let accepts = false;
    const hparams = new HParamsLog({ ...noopEventSink, write: () => accepts });
    hparams.add({ a: 1 });
    accepts = true;
    hparams.add({ a: 1 });
    expect(() => hparams.add({ a: 1 })).toThrow(ContextError);
  });

  it("takes 1000 values and no more, as many as TensorBoard's page loads", () => {
    const values = (count: number) =>
      Object.fromEntries(Array.from({ length: count }, (_, i) => [`h${i}`, i]));
    logged((hparams) => {
      const error = errorOf(ArgumentError, () => hparams.add(values(1001)));
      expect(error.message).toBe(
        "Expected `hparams` to be at most 1000 values, as many as TensorBoard loads, got 1001",
      );
      hparams.add({ ...values(1000), more: undefined });
    });
  });

  it.each<[string, unknown, string]>([
    [
      "NaN",
      { lr: Number.NaN },
      'Expected `hparams["lr"]` to be a finite number, a boolean or a string (give NaN and infinities as strings), got NaN (number)',
    ],
    [
      "an infinity",
      { lr: Infinity },
      'Expected `hparams["lr"]` to be a finite number, a boolean or a string (give NaN and infinities as strings), got Infinity (number)',
    ],
    [
      "a list",
      { lr: [1] },
      'Expected `hparams["lr"]` to be a finite number, a boolean or a string (give NaN and infinities as strings), got an array',
    ],
    [
      "a name without letters",
      { "": 1 },
      'Expected `hparams` to be values with names that are not empty, got "" (string)',
    ],
    ["no object", 1, "Expected `hparams` to be an object of names and values, got 1 (number)"],
    ["nothing", null, "Expected `hparams` to be an object of names and values, got null"],
    ["a list of values", [1], "Expected `hparams` to be an object of names and values, got an array"],
  ])("refuses %s", (_, hparams, message) => {
    const { events } = logged((log) => {
      log.add({ good: 1 });
      const other = new HParamsLog(noopEventSink);
      expect(errorOf(ArgumentError, () => other.add(hparams as Record<string, HParamValue>)).message).toBe(
        message,
      );
      other.add({ good: 1 });
    });
    expect(events).toHaveLength(1);
  });

  it.each<[string, object, string]>([
    [
      "a step beyond what the table takes",
      { step: 2 ** 31 },
      "Expected `step` to be a whole number from 0 to 2147483647, the last one that the table takes, got 2147483648 (number)",
    ],
    [
      "a step that is no whole number",
      { step: 0.5 },
      "Expected `step` to be a whole number from 0 to 2147483647, the last one that the table takes, got 0.5 (number)",
    ],
    [
      "a metric that is no number",
      { metrics: { acc: "1" } },
      'Expected `metrics["acc"]` to be a number, got "1" (string)',
    ],
    [
      "a metric without a tag",
      { metrics: { "": 1 } },
      'Expected `metrics` to be numbers with tags that are not empty, got "" (string)',
    ],
    [
      "metrics in a list",
      { metrics: [1] },
      "Expected `metrics` to be an object of tags and numbers, got an array",
    ],
    ["a group that is no text", { groupName: 1 }, "Expected `groupName` to be a string, got 1 (number)"],
    [
      "a time that is none",
      { wallTime: Infinity },
      "Expected `wallTime` to be a finite number of seconds, got Infinity (number)",
    ],
  ])("refuses %s, and writes nothing", (_, options, message) => {
    const dir = tempDir();
    const sink = new EventFileWriter(dir);
    const log = new HParamsLog(sink);
    expect(errorOf(ArgumentError, () => log.add({ a: 1 }, options)).message).toBe(message);
    sink.closeSync();
    expect(readdirSync(dir)).toEqual([]);
  });

  it("takes the last step of the table, and refuses a status that is none", () => {
    logged((hparams) => {
      hparams.add({ a: 1 }, { metrics: { acc: 1 }, step: 2 ** 31 - 1 });
      expect(errorOf(ArgumentError, () => hparams.end("running" as "success")).message).toBe(
        'Expected `status` to be "success" or "failure", got "running" (string)',
      );
      expect(() => hparams.end("success", { wallTime: Number.NaN })).toThrow(ArgumentError);
    });
  });
});

const COLUMNS: HParamsColumns = {
  hparams: [
    { name: "lr", domain: { min: 0, max: 1 } },
    { name: "optimizer", domain: ["adam", "sgd"], displayName: "Optimizer", differs: false },
    { name: "bn", type: "boolean" },
  ],
  metrics: [{ tag: "acc", group: "val", dataset: "validation" }, { tag: "acc" }],
};

describe("HParamsLog.addExperiment", () => {
  it("writes the columns, with types from their domains", () => {
    const { events } = logged((hparams) =>
      hparams.addExperiment({ ...COLUMNS, name: "sweep" }, { wallTime: 4 }),
    );
    expect(contentsOf(events)).toStrictEqual([
      {
        experiment: {
          name: "sweep",
          timeCreated: 4,
          hparams: [
            { name: "lr", type: 3, domain: { min: 0, max: 1 }, differs: true },
            { name: "optimizer", displayName: "Optimizer", type: 1, domain: ["adam", "sgd"], differs: false },
            { name: "bn", type: 2, differs: true },
          ],
          metrics: [{ tag: "acc", group: "val", datasetType: 2 }, { tag: "acc" }],
        },
      },
    ]);
  });

  const column = { name: "a", type: "number" };
  it.each<[string, object, string]>([
    ["no columns", { hparams: [] }, "Expected `hparams` to be a list of 1 to 1000 columns, got 0"],
    ["no list", { hparams: 1 }, "Expected `hparams` to be a list of 1 to 1000 columns, got 1 (number)"],
    ["no metrics", { metrics: [] }, "Expected `metrics` to be a list of at least one column, got an array"],
    [
      "a column twice",
      { hparams: [column, column] },
      "Expected `hparams` to be columns that differ, got a twice",
    ],
    [
      "a metric twice",
      { metrics: [{ tag: "a" }, { tag: "a", group: "" }] },
      "Expected `metrics` to be columns that differ, got /a twice",
    ],
    [
      "a column without a name",
      { hparams: [{ ...column, name: "" }] },
      'Expected `hparams[0].name` to be a string that is not empty, got "" (string)',
    ],
    [
      "a metric without a tag",
      { metrics: [{ tag: "" }] },
      'Expected `metrics[0].tag` to be a string that is not empty, got "" (string)',
    ],
    [
      "a metric of another dataset",
      { metrics: [{ tag: "a", dataset: "test" }] },
      'Expected `metrics[0].dataset` to be "training" or "validation", got "test" (string)',
    ],
    [
      "no type and no domain",
      { hparams: [{ name: "a" }] },
      "Expected `hparams[0].type` to be given where there is no domain, got undefined",
    ],
    [
      "another type",
      { hparams: [{ name: "a", type: "int" }] },
      'Expected `hparams[0].type` to be "string", "boolean" or "number", got "int" (string)',
    ],
    [
      "a domain of another type",
      { hparams: [{ ...column, domain: ["a"] }] },
      "Expected `hparams[0].domain` to be of the type number, got one of the type string",
    ],
    [
      "a domain of two types",
      { hparams: [{ name: "a", domain: ["a", 1] }] },
      "Expected `hparams[0].domain` to be { min, max }, or at least one value, all strings, all booleans or all finite numbers, got [a, 1]",
    ],
    [
      "a domain with NaN",
      { hparams: [{ name: "a", domain: [1, Number.NaN] }] },
      "Expected `hparams[0].domain` to be { min, max }, or at least one value, all strings, all booleans or all finite numbers, got [1, NaN]",
    ],
    [
      "a domain without values",
      { hparams: [{ name: "a", domain: [] }] },
      "Expected `hparams[0].domain` to be { min, max }, or at least one value, all strings, all booleans or all finite numbers, got []",
    ],
    [
      "an empty interval",
      { hparams: [{ name: "a", domain: { min: 1, max: 0 } }] },
      "Expected `hparams[0].domain` to be { min, max } with finite min <= max, got { min: 1, max: 0 }",
    ],
  ])("refuses %s", (_, change, message) => {
    const log = new HParamsLog(noopEventSink);
    const columns = { ...COLUMNS, ...change } as HParamsColumns;
    expect(errorOf(ArgumentError, () => log.addExperiment(columns)).message).toBe(message);
  });
});
