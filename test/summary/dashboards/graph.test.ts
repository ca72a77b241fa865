// Graphs of a run: what stands in its file.
import { expect, it } from "vitest";
import { ArgumentError } from "../../../src/errors.js";
import { EventFileWriter } from "../../../src/events/event-file-writer.js";
import { addGraph, addKerasModel } from "../../../src/summary/dashboards/graph.js";
import { decodeGraph } from "../../../src/summary/graph.js";
import { decodeKerasModel } from "../../../src/summary/keras-model.js";
import { errorOf } from "../../helpers/errors.js";
import { eventsOf } from "../../helpers/events.js";
import { useTempDir } from "../../helpers/temp-dir.js";

const tempDir = useTempDir("graph");
const NODES = [{ name: "a", op: "Op" }];
const MODEL = { class_name: "Sequential", config: { name: "m", layers: [{ config: { name: "dense" } }] } };

it("adds one event each, at step 0 and under keras unless told", () => {
  const sink = new EventFileWriter(tempDir());
  addGraph(sink, NODES, { wallTime: 5 });
  addGraph(sink, NODES, { step: 3 });
  addKerasModel(sink, MODEL);
  addKerasModel(sink, JSON.stringify(MODEL), { tag: "b", step: 4, wallTime: 6 });
  sink.closeSync();
  const events = eventsOf(sink.path!);
  expect(events.map(({ step }) => step)).toEqual([0, 3, 0, 4]);
  expect([events[0]!.wallTime, events[3]!.wallTime]).toEqual([5, 6]);
  expect(events.slice(0, 2).map(decodeGraph)).toEqual([NODES, NODES]);
  const values = events.flatMap(({ summary = [] }) => summary);
  expect(values.map(({ tag }) => tag)).toEqual(["keras", "b"]);
  expect(values.map(decodeKerasModel)).toEqual([MODEL, MODEL]);
});

it("refuses what is none, and adds nothing then", () => {
  const sink = new EventFileWriter(tempDir());
  const messageOf = (body: () => void): string => errorOf(ArgumentError, body).message;
  expect(messageOf(() => addGraph(sink, NODES, { step: 0.5 }))).toBe(
    "Expected `step` to be a safe integer, got 0.5 (number)",
  );
  expect(messageOf(() => addGraph(sink, NODES, { wallTime: Infinity }))).toContain("`wallTime`");
  expect(messageOf(() => addKerasModel(sink, MODEL, { tag: "" }))).toContain("`tag`");
  expect(messageOf(() => addKerasModel(sink, MODEL, { step: 0.5 }))).toContain("`step`");
  sink.closeSync();
  expect(sink.path).toBeUndefined();
});
