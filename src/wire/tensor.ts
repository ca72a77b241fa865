// A typed array of any rank as it stands in an event file (tensorboard/compat/proto/tensor.proto).

import { fromInt64, toInt64, type Int64 } from "./int64.js";
import type { tensorboard } from "./proto/messages.js";

/** Element types by name, with their numbers in the file. */
export const DataType = {
  FLOAT: 1,
  DOUBLE: 2,
  INT32: 3,
  UINT8: 4,
  INT16: 5,
  INT8: 6,
  STRING: 7,
  INT64: 9,
  BOOL: 10,
  HALF: 19,
  UINT32: 22,
  UINT64: 23,
} as const;

/** A tensor message: its elements are in `content` (raw, little-endian, row by row) or in one of the lists. */
export interface Tensor {
  /** One of `DataType`; a number not named there is possible. */
  readonly dtype: number;
  /** Sizes of the dimensions; empty for a single element. */
  readonly shape: readonly number[];
  readonly content?: Uint8Array;
  readonly floatVal?: readonly number[];
  readonly doubleVal?: readonly number[];
  /** int32 and shorter. */
  readonly intVal?: readonly number[];
  readonly stringVal?: readonly Uint8Array[];
  readonly int64Val?: readonly (number | bigint)[];
  readonly uint32Val?: readonly number[];
  readonly uint64Val?: readonly (number | bigint)[];
  readonly boolVal?: readonly boolean[];
  /** The 16 bits of each half-precision number. */
  readonly halfVal?: readonly number[];
}

/** To the generated codec's form. */
export function tensorToMessage(tensor: Tensor): tensorboard.TensorProto.$Properties {
  return {
    dtype: tensor.dtype,
    tensorShape: { dim: tensor.shape.map((size) => ({ size })) },
    ...(tensor.content && { tensorContent: tensor.content }),
    ...(tensor.floatVal && { floatVal: [...tensor.floatVal] }),
    ...(tensor.doubleVal && { doubleVal: [...tensor.doubleVal] }),
    ...(tensor.intVal && { intVal: [...tensor.intVal] }),
    ...(tensor.stringVal && { stringVal: [...tensor.stringVal] }),
    ...(tensor.int64Val && { int64Val: tensor.int64Val.map(toInt64) }),
    ...(tensor.uint32Val && { uint32Val: [...tensor.uint32Val] }),
    ...(tensor.uint64Val && { uint64Val: tensor.uint64Val.map(toInt64) }),
    ...(tensor.boolVal && { boolVal: [...tensor.boolVal] }),
    ...(tensor.halfVal && { halfVal: [...tensor.halfVal] }),
  };
}

/** From the generated codec's form. */
export function tensorFromMessage(message: tensorboard.TensorProto.$Properties): Tensor {
  return {
    dtype: message.dtype ?? 0,
    shape: (message.tensorShape?.dim ?? []).map((dim) => Number(fromInt64(dim.size ?? 0))),
    ...(message.tensorContent?.length && { content: Uint8Array.from(message.tensorContent) }),
    ...list("floatVal", message.floatVal),
    ...list("doubleVal", message.doubleVal),
    ...list("intVal", message.intVal),
    ...list(
      "stringVal",
      message.stringVal?.map((bytes) => Uint8Array.from(bytes)),
    ),
    ...list("int64Val", (message.int64Val as Int64[] | null | undefined)?.map(fromInt64)),
    ...list("uint32Val", message.uint32Val),
    ...list("uint64Val", (message.uint64Val as Int64[] | null | undefined)?.map(fromInt64)),
    ...list("boolVal", message.boolVal),
    ...list("halfVal", message.halfVal),
  };
}

function list<K extends string, T>(
  key: K,
  values: readonly T[] | null | undefined,
): { [P in K]?: readonly T[] } {
  return values && values.length > 0 ? ({ [key]: values } as { [P in K]?: readonly T[] }) : {};
}
