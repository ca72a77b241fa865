// Scalars, encode and decode (tensorboard/plugins/scalar/metadata.py, data/server/data_compat.rs).

import { DataClass, type SummaryMetadata, type SummaryValue } from "../wire/summary.js";
import { DataType, type Tensor } from "../wire/tensor.js";
import { checkText } from "./checks.js";

/** How a tag is shown beside its chart. */
export interface TagDescription {
  /** Shown instead of the tag. */
  readonly displayName?: string;
  /** Markdown, shown behind an information sign. */
  readonly description?: string;
}

/** Throws an `ArgumentError` when a text cannot be shown; `place` stands before the name of what is wrong. */
export function checkDescription({ displayName, description }: TagDescription, place = ""): void {
  if (displayName !== undefined) checkText(`${place}displayName`, displayName);
  if (description !== undefined) checkText(`${place}description`, description);
}

/**
 * The metadata that a tag's first scalar carries in every file. The data class stands there explicitly, since both loaders then take
 * the metadata as they are; without it one of them drops display name and description.
 */
export function scalarMetadata(tag: TagDescription = {}): SummaryMetadata {
  return {
    pluginName: "scalars",
    dataClass: DataClass.SCALAR,
    ...(tag.displayName !== undefined && { displayName: tag.displayName }),
    ...(tag.description !== undefined && { description: tag.description }),
  };
}

/**
 * A scalar as a summary value, with metadata for a tag's first one. It is stored as float32, the only scalar both loaders show; NaN and
 * infinities are kept.
 */
export function encodeScalar(tag: string, value: number, metadata?: SummaryMetadata): SummaryValue {
  return { tag, simpleValue: value, ...(metadata && { metadata }) };
}

/**
 * The number of a scalar in either of its forms: the plain value, or a tensor with one element of a real or integer type.
 * `undefined` for everything else.
 */
export function decodeScalar(value: SummaryValue): number | undefined {
  if (value.simpleValue !== undefined) return value.simpleValue;
  const { tensor } = value;
  if (tensor === undefined || tensor.shape.some((size) => size !== 1)) return undefined;
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
