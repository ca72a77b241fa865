// The number in a tensor with one element.

import { DataType, type Tensor } from "./tensor.js";

/** The element of a tensor that has one, of a real or integer type; `undefined` for every other tensor. */
export function numberIn(tensor: Tensor): number | undefined {
  if (tensor.dtype === DataType.STRING || tensor.shape.some((size) => size !== 1)) return undefined;
  return tensor.content === undefined ? fromLists(tensor) : fromContent(tensor.dtype, tensor.content);
}

function fromLists(tensor: Tensor): number | undefined {
  const lists = [
    tensor.floatVal,
    tensor.doubleVal,
    tensor.intVal,
    tensor.int64Val,
    tensor.uint32Val,
    tensor.uint64Val,
  ];
  const first = lists.find((list) => list !== undefined)?.[0];
  return first === undefined ? undefined : Number(first);
}

const READERS: Readonly<Record<number, { size: number; read(view: DataView): number }>> = {
  [DataType.FLOAT]: { size: 4, read: (view) => view.getFloat32(0, true) },
  [DataType.DOUBLE]: { size: 8, read: (view) => view.getFloat64(0, true) },
  [DataType.INT32]: { size: 4, read: (view) => view.getInt32(0, true) },
  [DataType.UINT8]: { size: 1, read: (view) => view.getUint8(0) },
  [DataType.INT16]: { size: 2, read: (view) => view.getInt16(0, true) },
  [DataType.INT8]: { size: 1, read: (view) => view.getInt8(0) },
  [DataType.INT64]: { size: 8, read: (view) => Number(view.getBigInt64(0, true)) },
  [DataType.UINT32]: { size: 4, read: (view) => view.getUint32(0, true) },
  [DataType.UINT64]: { size: 8, read: (view) => Number(view.getBigUint64(0, true)) },
};

function fromContent(dtype: number, content: Uint8Array): number | undefined {
  const reader = READERS[dtype];
  if (reader === undefined || content.length !== reader.size) return undefined;
  return reader.read(new DataView(content.buffer, content.byteOffset, content.length));
}
