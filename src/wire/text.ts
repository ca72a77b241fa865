// Text at the border to the generated codec, which would write half a surrogate pair as it is.

/**
 * `text` with U+FFFD for each half of a surrogate pair that stands alone: as UTF-8 it would be invalid, and one invalid string ends the
 * file for one of TensorBoard's loaders and the loading of all runs for the other.
 */
export function wellFormed(text: string): string {
  return text.replaceAll(/\p{Surrogate}/gu, "\ufffd");
}
