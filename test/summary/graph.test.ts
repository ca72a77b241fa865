// Graphs of operations: their bytes, those of torch, and what is refused.
import { describe, expect, it } from "vitest";
import { ArgumentError } from "../../src/errors.js";
import { decodeGraph, encodeGraph, type OperationNode } from "../../src/summary/graph.js";
import { forPeer, proves } from "../compatibility/proves.js";
import { bytes, hex } from "../helpers/bytes.js";
import { errorOf } from "../helpers/errors.js";
import { fixtures } from "../helpers/fixtures.js";
import { describeWithPython, runPython } from "../helpers/python.js";

const NODES: OperationNode[] = [
  { name: "x", op: "Placeholder", outputShapes: [[null, 3]] },
  {
    name: "layer/w",
    op: "Const",
    device: "/device:CPU:0",
    attributes: {
      dtype: { type: 1 },
      shape: { shape: [3, 2] },
      any: { shape: undefined },
      frozen: false,
      zero: 0,
      rate: 0.5,
      big: 2n ** 60n,
      note: "größe",
      raw: bytes("ff00"),
      strides: [1, -2, 3],
      scales: [1, 0.5],
      names: ["a", "b"],
      flags: [true, false],
      types: [{ type: 1 }, { type: 3 }],
      none: [],
    },
  },
  {
    name: "layer/mul",
    op: "MatMul",
    inputs: ["x", "layer/w:0", "^init"],
    outputShapes: [[2, 2], undefined, []],
  },
  { name: "init", op: "NoOp" },
];

describe("encodeGraph", () => {
  it("writes a GraphDef byte for byte", () => {
    const nodes = [
      { name: "a", op: "Op", inputs: ["b:1"], device: "d", attributes: { k: 7 }, outputShapes: [[2, null]] },
    ];
    const b = { name: "b", op: "Op" };
    expect(hex(encodeGraph([...nodes, b]))).toBe(
      hex(
        bytes(
          "0a 41 0a0161 12024f70 1a03623a31 220164", // name, op, input, device
          "2a 07 0a016b 1202 1807", // k: i = 7
          "2a 27 0a0e5f6f75747075745f736861706573", // _output_shapes:
          "12 15 0a13 3a11 1202 0802 120b 08ffffffffffffffffff01", // list(shape(2, -1))
          "0a 07 0a0162 12024f70",
          "22 02 0816", // versions: producer 22
        ),
      ),
    );
  });

  it("is read back as it was", () => {
    expect(decodeGraph({ graphDef: encodeGraph(NODES) })).toStrictEqual(NODES);
  });

  it("leaves attributes of more than 1024 bytes out and lists them where TensorBoard looks", () => {
    const weights = Array.from({ length: 1000 }, (_, i) => i / 8);
    const attributes = { ok: "x".repeat(1021), large: "x".repeat(1022), weights, raw: new Uint8Array(5000) };
    const graphDef = encodeGraph([{ name: "c", op: "Const", attributes }]);
    expect(graphDef.length).toBeLessThan(1200);
    expect(decodeGraph({ graphDef })).toStrictEqual([
      {
        name: "c",
        op: "Const",
        attributes: { ok: attributes.ok, _too_large_attrs: ["large", "weights", "raw"] },
      },
    ]);
  });

  it("takes nodes in any order and circles", () => {
    const nodes = [
      { name: "a", op: "Enter", inputs: ["b"] },
      { name: "b", op: "NextIteration", inputs: ["a", "b"] },
    ];
    expect(decodeGraph({ graphDef: encodeGraph(nodes) })).toStrictEqual(nodes);
  });

  const a = { name: "a", op: "Op" };
  it.each<[string, unknown, string]>([
    ["no nodes", [], "Expected `nodes` to be a list of at least one node, got an array"],
    ["no list", a, "Expected `nodes` to be a list of at least one node, got an object (Object)"],
    [
      "a node without a name",
      [{ op: "Op" }],
      "Expected `nodes[0].name` to be a string that is not empty, got undefined",
    ],
    [
      "a node without an operation",
      [{ name: "a", op: "" }],
      'Expected `nodes[0].op` to be a string that is not empty, got "" (string)',
    ],
    ["a name twice", [a, a], 'Expected `nodes[1].name` to be a name of one node only, got "a" (string)'],
    [
      "an input that is no node",
      [{ ...a, inputs: ["a", "^b:1"] }],
      'Expected `nodes[0].inputs[1]` to be the name of a node, got "^b:1" (string)',
    ],
    [
      "an input that is no text",
      [{ ...a, inputs: [1] }],
      "Expected `nodes[0].inputs[0]` to be the name of a node, got 1 (number)",
    ],
    [
      "an attribute of no kind",
      [{ ...a, attributes: { k: null } }],
      'Expected `attributes["k"] of a` to be a number, boolean, text, bytes, { type } or { shape }, got null',
    ],
    [
      "a list of two kinds",
      [{ ...a, attributes: { k: [1, "a"] } }],
      'Expected `attributes["k"] of a` to be a list of values of one kind, got i and s',
    ],
    [
      "a list in a list",
      [{ ...a, attributes: { k: [[1]] } }],
      'Expected `attributes["k"] of a[0]` to be a number, boolean, text, bytes, { type } or { shape }, got an array',
    ],
    [
      "a shape with a fraction",
      [{ ...a, outputShapes: [[0.5]] }],
      'Expected `attributes["_output_shapes"] of a[0]` to be a shape of whole numbers, null where one is not known, got 0.5 (number)',
    ],
    [
      "a shape that is no list",
      [{ ...a, outputShapes: [3] }],
      'Expected `attributes["_output_shapes"] of a[0]` to be a shape, a list of sizes, got 3 (number)',
    ],
  ])("refuses %s", (_, nodes, message) => {
    expect(errorOf(ArgumentError, () => encodeGraph(nodes as OperationNode[])).message).toBe(message);
  });
});

describe("decodeGraph", () => {
  it("reads torch's graph", () => {
    proves(forPeer("torch", "addGraph", "read"));
    const { events } = fixtures.find(({ name }) => name === "peer-torch-plugins")!;
    const graphDef = events.find((event) => event.graphDef !== undefined)!.graphDef!;
    const nodes = decodeGraph({ graphDef })!;
    expect(nodes.map(({ name }) => name)).toContain("Net/Linear[hidden]/31");
    expect(nodes.find(({ op }) => op === "aten::relu")).toStrictEqual({
      name: "Net/input",
      op: "aten::relu",
      inputs: ["Net/Linear[hidden]/31"],
      attributes: { attr: "{}" },
      outputShapes: [[2, 4]],
    });
    // Some of its inputs are no nodes; ours are.
    expect(errorOf(ArgumentError, () => encodeGraph(nodes)).message).toContain("to be the name of a node");
  });

  it("leaves attributes out that are tensors or functions", () => {
    const [tensor, func] = ["2a0d 0a0576616c7565 1204 42020801", "2a07 0a0166 1202 5200"];
    const graphDef = bytes("0a 28 0a0161 12024f70", tensor!, func!, "2a07 0a016b 1202 1801");
    expect(decodeGraph({ graphDef })).toStrictEqual([{ name: "a", op: "Op", attributes: { k: 1 } }]);
  });

  it("gives nothing for an event without a graph, or with bytes that are none", () => {
    expect(decodeGraph({})).toBeUndefined();
    expect(decodeGraph({ graphDef: bytes("0aff") })).toBeUndefined();
  });
});

describeWithPython("TensorBoard's protobuf", () => {
  it("reads the same graph", async () => {
    const script = `
import json, sys
from google.protobuf import json_format
from tensorboard.compat.proto import graph_pb2
print(json_format.MessageToJson(graph_pb2.GraphDef.FromString(bytes.fromhex(sys.argv[1]))))
`;
    const graph = JSON.parse(await runPython(script, [hex(encodeGraph(NODES))])) as { node: object[] };
    const shape = (...sizes: string[]) => ({ dim: sizes.map((size) => ({ size })) });
    expect(graph).toEqual({
      versions: { producer: 22 },
      node: [
        { name: "x", op: "Placeholder", attr: { _output_shapes: { list: { shape: [shape("-1", "3")] } } } },
        {
          name: "layer/w",
          op: "Const",
          device: "/device:CPU:0",
          attr: {
            dtype: { type: "DT_FLOAT" },
            shape: { shape: shape("3", "2") },
            any: { shape: { unknownRank: true } },
            frozen: { b: false },
            zero: { i: "0" },
            rate: { f: 0.5 },
            big: { i: "1152921504606846976" },
            note: { s: Buffer.from("größe").toString("base64") },
            raw: { s: "/wA=" },
            strides: { list: { i: ["1", "-2", "3"] } },
            scales: { list: { f: [1, 0.5] } },
            names: { list: { s: ["YQ==", "Yg=="] } },
            flags: { list: { b: [true, false] } },
            types: { list: { type: ["DT_FLOAT", "DT_INT32"] } },
            none: { list: {} },
          },
        },
        {
          name: "layer/mul",
          op: "MatMul",
          input: ["x", "layer/w:0", "^init"],
          attr: { _output_shapes: { list: { shape: [shape("2", "2"), { unknownRank: true }, {}] } } },
        },
        { name: "init", op: "NoOp" },
      ],
    });
  });
});
