// What a program may hand to a call by mistake, by name; and, of each call that logs, a good one.

/** An array that contains itself. */
function endless(): unknown[] {
  const array: unknown[] = [];
  array.push(array);
  return array;
}

/** By name, each made anew. */
export const WRONG_KINDS: Readonly<Record<string, () => unknown>> = {
  undefined: () => undefined,
  null: () => null,
  true: () => true,
  "a number": () => 3,
  NaN: () => Number.NaN,
  Infinity: () => Infinity,
  negative: () => -1,
  fraction: () => 1.5,
  "2^53": () => 2 ** 53,
  bigint: () => 3n,
  text: () => "x",
  "empty text": () => "",
  "half a pair": () => "a\ud800",
  symbol: () => Symbol("s"),
  function: () => () => 1,
  Date: () => new Date(0),
  Map: () => new Map([["a", 1]]),
  "[]": () => [],
  "[[]]": () => [[]],
  ragged: () => [[1, 2], [1]],
  "[null]": () => [null],
  "[undefined]": () => [undefined],
  holes: () => Array(2),
  "[text]": () => ["x"],
  "[half a pair]": () => ["a\ud800"],
  "[{}]": () => [{}],
  "[NaN, 1]": () => [Number.NaN, 1],
  endless,
  deep: () => [[[[[[1]]]]]],
  "{}": () => ({}),
  "no prototype": () => Object.create(null) as unknown,
  "{ a: null }": () => ({ a: null }),
  "{ a: NaN }": () => ({ a: Number.NaN }),
  "{ a: text }": () => ({ a: "x" }),
  "half a pair: 1": () => ({ "a\ud800": 1 }),
  "empty text: 1": () => ({ "": 1 }),
  "Float32Array of NaN": () => Float32Array.of(Number.NaN),
  "empty Float32Array": () => new Float32Array(),
  bytes: () => Uint8Array.of(1, 2),
  BigInt64Array: () => BigInt64Array.of(1n),
  ArrayBuffer: () => new ArrayBuffer(3),
  DataView: () => new DataView(new ArrayBuffer(8)),
  "wrong shape": () => ({ shape: [2, 2], data: [1] }),
  "huge shape": () => ({ shape: [1e9, 1e9], data: [] }),
  "shape of null": () => ({ shape: null, data: null }),
  "wrong ImageData": () => ({ width: 1, height: 2, data: [] }),
};

const PNG = Buffer.from(
  "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAQAAAC1HAwCAAAAC0lEQVR42mNkYAAAAAYAAjCB0C8AAAAASUVORK5CYII=",
  "base64",
);
const layer = () => ({ class_name: "Dense", config: { name: "d" } });
const tensor = (more: object) => ({ tag: "t", metadata: { pluginName: "p", dataClass: 2 }, tensor: more });

/** The arguments of a good call, by the method's name; `addSummary of floats` is another one of `addSummary`. */
export const GOOD_CALLS: Readonly<Record<string, () => unknown[]>> = {
  addScalar: () => ["t", 1, 1, 5],
  addStep: () => [1, { a: 1 }, 5],
  addScalars: () => ["m", { a: 1 }, 1, 5],
  scalar: () => ["t", {}],
  scalars: () => [["t"]],
  addText: () => ["t", "x", 1, {}],
  addHistogram: () => ["t", [1, 2], 1, {}],
  addHistogramRaw: () => ["t", { edges: [0, 1], counts: [1] }, 1, {}],
  "addHistogramRaw of limits": () => ["t", { min: 0, max: 1, limits: [1], counts: [1] }, 1, {}],
  addPrCurve: () => ["t", [0, 1], [0, 1], 1, {}],
  addPrCurveRaw: () => [
    "t",
    { truePositives: [1], falsePositives: [1], trueNegatives: [1], falseNegatives: [1] },
    1,
    {},
  ],
  addCustomScalars: () => [{ a: { b: { tags: ["x"] } } }],
  "addCustomScalars as a list": () => [[{ title: "a", charts: { b: { margin: [["x", "y", "z"]] } } }]],
  addCustomScalarsMultilineChart: () => [["a"], "c", "t"],
  addCustomScalarsMarginChart: () => [["a", "b", "c"], "c", "t"],
  addEmbedding: () => [[[1, 2]], {}],
  "addEmbedding with labels": () => [[[1, 2]], { metadata: { header: ["a"], rows: [["x"]] } }],
  "addEmbedding with pictures": () => [[[1, 2]], { labelImages: { sprite: PNG, width: 1, height: 1 } }],
  addAudio: () => ["t", [0, 1], 1, {}],
  addGraph: () => [[{ name: "a", op: "b", attributes: {} }], {}],
  addKerasModel: () => [{ class_name: "Sequential", config: { name: "m", layers: [layer()] } }, {}],
  addImage: () => ["t", [[0, 1]], 1, { format: "HW" }],
  addImages: () => ["t", [[[0, 1]]], 1, { format: "NHW" }],
  "addImages in a grid": () => ["t", [[[0, 1]]], 1, { format: "NHW", grid: {} }],
  addImageWithBoxes: () => ["t", [[0, 1]], [[0, 0, 1, 1]], 1, { format: "HW" }],
  addVideo: () => ["t", [[[0, 1]]], 1, { format: "NTHW" }],
  addFigure: () => ["t", '<svg xmlns="http://www.w3.org/2000/svg" width="2" height="1"/>', 1, {}],
  addHParams: () => [{ lr: 1 }, { metrics: {} }],
  endHParams: () => ["success", {}],
  addHParamsExperiment: () => [{ hparams: [{ name: "lr", type: "number" }], metrics: [{ tag: "loss" }] }, {}],
  "addHParamsExperiment with a domain": () => [
    { hparams: [{ name: "lr", domain: { min: 0, max: 1 } }], metrics: [{ tag: "loss" }] },
    {},
  ],
  addMesh: () => ["t", [[0, 1, 2]], 1, {}],
  addTensor: () => ["t", [1], 1, {}],
  addSummary: () => [{ tag: "t", simpleValue: 1, metadata: { pluginName: "p", dataClass: 1 } }, 1, {}],
  "addSummary of bytes": () => [tensor({ dtype: 1, shape: [1], content: new Uint8Array(4) }), 1],
  "addSummary of texts": () => [tensor({ dtype: 7, shape: [1], stringVal: [Uint8Array.of(97)] }), 1],
  "addSummary of floats": () => [tensor({ dtype: 1, shape: [1], floatVal: [1] }), 1],
  "addSummary of integers": () => [tensor({ dtype: 9, shape: [1], int64Val: [1n] }), 1],
  "addSummary of booleans": () => [tensor({ dtype: 10, shape: [1], boolVal: [true] }), 1],
};
