// Scalars, encode and decode (tensorboard/plugins/scalar/metadata.py, data/server/data_compat.rs).

import { DataClass, type SummaryMetadata, type SummaryValue } from "../wire/summary.js";
import { numberIn } from "../wire/tensor-number.js";
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
  return value.tensor && numberIn(value.tensor);
}
