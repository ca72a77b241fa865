// Meshes, tensors and values of any plugin: what stands in a run's file.
import { describe, expect, it } from "vitest";
import { ArgumentError } from "../../../src/errors.js";
import { EventFileWriter } from "../../../src/events/event-file-writer.js";
import type { ArrayInput } from "../../../src/summary/arrays.js";
import { addMesh, type MeshOptions } from "../../../src/summary/dashboards/mesh.js";
import { addSummary, addTensor } from "../../../src/summary/dashboards/tensor.js";
import { decodeMesh } from "../../../src/summary/mesh.js";
import { decodeTensor } from "../../../src/summary/tensor.js";
import type { Event } from "../../../src/wire/event.js";
import type { SummaryValue } from "../../../src/wire/summary.js";
import { bytes } from "../../helpers/bytes.js";
import { errorOf } from "../../helpers/errors.js";
import { eventsOf } from "../../helpers/events.js";
import { useTempDir } from "../../helpers/temp-dir.js";

const tempDir = useTempDir("mesh");

function logged(log: (sink: EventFileWriter) => void): Event[] {
  const sink = new EventFileWriter(tempDir());
  log(sink);
  sink.closeSync();
  return sink.path === undefined ? [] : eventsOf(sink.path);
}

const valuesOf = (events: readonly Event[]): SummaryValue[] => events.flatMap(({ summary = [] }) => summary);

describe("addMesh", () => {
  it("adds one event with all parts", () => {
    const events = logged((sink) =>
      addMesh(sink, "m", [[0, 1, 2]], 3, {
        colors: [[1, 2, 3]],
        faces: [[0, 0, 0]],
        wallTime: 5,
        description: "d",
      }),
    );
    expect(events).toMatchObject([{ step: 3, wallTime: 5 }]);
    expect(valuesOf(events).map(({ tag, metadata }) => [tag, metadata!.description])).toEqual([
      ["m_VERTEX", "d"],
      ["m_FACE", "d"],
      ["m_COLOR", "d"],
    ]);
    expect(valuesOf(events).map((value) => Array.from(decodeMesh(value)!.data))).toEqual([
      [0, 1, 2],
      [0, 0, 0],
      [1, 2, 3],
    ]);
  });

  it("refuses a step of another form than the first, which TensorBoard could not show, and adds nothing", () => {
    const two = { shape: [2, 1, 3], data: [0, 1, 2, 3, 4, 5] };
    const events = logged((sink) => {
      const message = (vertices: ArrayInput, options: MeshOptions = {}): string =>
        errorOf(ArgumentError, () => addMesh(sink, "m", vertices, 2, options)).message;
      expect(() => addMesh(sink, "m", [[0, 1]], 1)).toThrow(ArgumentError);
      addMesh(sink, "m", two, 1, { faces: { shape: [2, 1, 3], data: new Uint8Array(6) } });
      addMesh(sink, "other", [[0, 1, 2]], 1);
      const faces = [[0, 0, 0]];
      expect(message([[0, 1, 2]], { faces })).toBe(
        'Expected `vertices` to be 2 meshes, as at the first step of "m", got 1 mesh',
      );
      expect(message(two)).toBe('Expected `faces` to be values, as at the first step of "m", got nothing');
      const all = { faces: { shape: [2, 1, 3], data: new Uint8Array(6) }, colors: two };
      expect(message(two, all)).toBe(
        'Expected `colors` to be nothing, as at the first step of "m", got values',
      );
      addMesh(sink, "m", two, 2, { faces: all.faces });
    });
    expect(events.map(({ step, summary }) => [Number(step), summary!.length])).toEqual([
      [1, 2],
      [1, 1],
      [2, 2],
    ]);
  });

  it("refuses what is none, and adds nothing", () => {
    const events = logged((sink) => {
      expect(errorOf(ArgumentError, () => addMesh(sink, "", [[0, 1, 2]], 1)).argument).toBe("tag");
      expect(errorOf(ArgumentError, () => addMesh(sink, "m", [[0, 1, 2]], 0.5)).argument).toBe("step");
      expect(errorOf(ArgumentError, () => addMesh(sink, "m", [[0, 1]], 1)).argument).toBe("vertices");
    });
    expect(events).toEqual([]);
  });
});

describe("addTensor", () => {
  it("adds one value", () => {
    const events = logged((sink) => {
      addTensor(sink, "t", [[1, 2.5]], 3, { wallTime: 5, displayName: "T" });
      addTensor(sink, "u", [1], 4, { dtype: "uint8" });
    });
    expect(events.map(({ step }) => step)).toEqual([3, 4]);
    expect(valuesOf(events)[0]!.metadata!.displayName).toBe("T");
    expect(valuesOf(events).map(decodeTensor)).toEqual([
      { dtype: "float64", shape: [1, 2], data: Float64Array.of(1, 2.5) },
      { dtype: "uint8", shape: [1], data: Uint8Array.of(1) },
    ]);
  });
});

describe("addSummary", () => {
  const metadata = {
    pluginName: "mine",
    pluginContent: bytes("0801"),
    dataClass: 2,
    displayName: "A",
    description: "d",
  };
  const text = { dtype: 7, shape: [2], stringVal: [bytes("61"), bytes("ff")] };

  it("adds values as they are, one or several in one event", () => {
    const values: SummaryValue[] = [
      { tag: "a", metadata, tensor: { dtype: 1, shape: [], floatVal: [0.5] } },
      { tag: "b", metadata, tensor: text },
      { tag: "c", simpleValue: 0 },
    ];
    const events = logged((sink) => {
      addSummary(sink, values, 3, { wallTime: 5 });
      addSummary(sink, values[2]!, 4);
    });
    expect(events).toMatchObject([
      { step: 3, wallTime: 5, summary: values },
      { step: 4, summary: [values[2]] },
    ]);
  });

  it.each<[string, unknown, string]>([
    ["no value", null, "Expected `value` to be a value with a tag, and a simpleValue or a tensor, got null"],
    [
      "a value without a tag",
      { tag: "", simpleValue: 1 },
      'Expected `tag` to be a string that is not empty, got "" (string)',
    ],
    [
      "a value without data",
      { tag: "a", metadata },
      "Expected `value` to be a value with either a simpleValue or a tensor, got neither",
    ],
    [
      "a value in an old form",
      { tag: "a", histo: {} },
      "Expected `value` to be a value with either a simpleValue or a tensor, got neither",
    ],
    [
      "a value with two kinds of data",
      { tag: "a", simpleValue: 1, tensor: text },
      "Expected `value` to be a value with either a simpleValue or a tensor, got both",
    ],
    [
      "a scalar that is a text",
      { tag: "a", simpleValue: "1" },
      'Expected `value.simpleValue` to be a number, got "1" (string)',
    ],
    [
      "a tensor of an unknown type",
      { tag: "a", tensor: { dtype: 99, shape: [] } },
      "Expected `value.tensor.dtype` to be one of DataType, got 99 (number)",
    ],
    [
      "a tensor without a shape",
      { tag: "a", tensor: { dtype: 1 } },
      "Expected `value.tensor.shape` to be a list of sizes, integers from 0, got undefined",
    ],
    [
      "a tensor of unknown size",
      { tag: "a", tensor: { dtype: 1, shape: [-1] } },
      "Expected `value.tensor.shape` to be a list of sizes, integers from 0, got an array",
    ],
    [
      "a tensor with bytes for another shape",
      { tag: "a", tensor: { dtype: 1, shape: [2], content: bytes("00000000") } },
      "Expected `value.tensor` to be one with the elements of shape [2], got an object (Object)",
    ],
    [
      "texts for another shape",
      { tag: "a", tensor: { ...text, shape: [1] } },
      "Expected `value.tensor` to be one with the elements of shape [1], got an object (Object)",
    ],
  ])("refuses %s, and adds nothing of the event", (_, value, message) => {
    const events = logged((sink) => {
      const good = { tag: "good", simpleValue: 1 };
      const body = () => addSummary(sink, [good, value as SummaryValue], 1);
      expect(errorOf(ArgumentError, body).message).toBe(message);
    });
    expect(events).toEqual([]);
  });
});
