// What every dashboard says of its tags.

import type { SummaryMetadata } from "../wire/summary.js";
import type { TagDescription } from "./scalar.js";

/**
 * A tag's metadata. The data class must stand there: only then do both of TensorBoard's loaders take value and metadata as they are.
 */
export function tagMetadata(
  plugin: { readonly name: string; readonly content?: Uint8Array; readonly dataClass: number },
  tag: TagDescription = {},
): SummaryMetadata {
  return {
    pluginName: plugin.name,
    ...(plugin.content !== undefined && { pluginContent: plugin.content }),
    dataClass: plugin.dataClass,
    ...(tag.displayName !== undefined && { displayName: tag.displayName }),
    ...(tag.description !== undefined && { description: tag.description }),
  };
}
