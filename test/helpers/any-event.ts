// Events of any content, for properties.
import * as fc from "fast-check";
import { DataType } from "../../src/wire/tensor.js";

const tag = fc.oneof(
  fc.constantFrom("a", "loss", "train/loss", "loss/ü", ""),
  fc.string({ unit: "binary-ascii" }),
  fc.string(),
);
const number = fc.oneof(fc.float(), fc.constantFrom(NaN, Infinity, -Infinity, 0, -0));
const metadata = fc.record({
  pluginName: fc.constantFrom("scalars", "histograms", "ü"),
  dataClass: fc.constantFrom(1, 2),
});
const tensor = fc.oneof(
  fc.record({ dtype: fc.constant(DataType.FLOAT), shape: fc.constant([]), floatVal: fc.tuple(number) }),
  fc.record({
    dtype: fc.constant(DataType.DOUBLE),
    shape: fc.constantFrom([], [1], [1, 1], [2], [-1], [300]),
    doubleVal: fc.tuple(fc.double()),
  }),
  fc.record({
    dtype: fc.constant(DataType.FLOAT),
    shape: fc.constant([]),
    content: fc.uint8Array({ minLength: 4, maxLength: 4 }),
  }),
  fc.record({ dtype: fc.constant(DataType.INT64), shape: fc.constant([]), int64Val: fc.tuple(fc.integer()) }),
  fc.record({
    dtype: fc.constant(DataType.STRING),
    shape: fc.constant([]),
    stringVal: fc.tuple(fc.uint8Array()),
  }),
);
const value = fc.oneof(
  fc.record({ tag, simpleValue: number }),
  fc.record({ tag, simpleValue: number, metadata }),
  fc.record({ tag, tensor }),
  fc.record({ tag, tensor, metadata }),
);
const time = fc.oneof(fc.double({ noNaN: true }), fc.constantFrom(NaN, Infinity, 0));
const step = fc.oneof(
  fc.integer({ min: -5, max: 300 }),
  fc.maxSafeInteger(),
  fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }),
);
/** What this package's codec writes: scalars in every form, other tensors, and events without values; also times and steps that are none. */
export const anyEvent = fc.oneof(
  { weight: 8, arbitrary: fc.record({ wallTime: time, step, summary: fc.array(value, { maxLength: 4 }) }) },
  fc.record({ wallTime: time, step, sessionLog: fc.record({ status: fc.constantFrom(1, 2, 3) }) }),
  fc.record({ wallTime: time, step, fileVersion: fc.string() }),
  fc.record({ wallTime: time, step, graphDef: fc.uint8Array() }),
  fc.record({ wallTime: time, step }),
);
