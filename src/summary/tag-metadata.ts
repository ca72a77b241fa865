// What the values of a dashboard say of their tag.

import type { SummaryMetadata, SummaryValue } from "../wire/summary.js";
import type { TagDescription } from "./scalar.js";

/**
 * The metadata of a dashboard's values. The data class stands there explicitly: then both loaders take value and metadata as they are.
 * `content` is a message of the plugin's own; most need none.
 */
export function tagMetadata(
  pluginName: string,
  dataClass: number,
  { displayName, description }: TagDescription = {},
  content?: Uint8Array,
): SummaryMetadata {
  return {
    pluginName,
    dataClass,
    ...(content !== undefined && { pluginContent: content }),
    ...(displayName !== undefined && { displayName }),
    ...(description !== undefined && { description }),
  };
}

/**
 * Whether a value belongs to a plugin. Only the first value of a tag must say so: `metadata` are those, and count where a value has none.
 */
export function isOfPlugin(value: SummaryValue, pluginName: string, metadata?: SummaryMetadata): boolean {
  return (value.metadata?.pluginName ?? metadata?.pluginName) === pluginName;
}
