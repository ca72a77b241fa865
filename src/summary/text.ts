// Texts, encode and decode (tensorboard/plugins/text/metadata.py, text_plugin.py).

import { ArgumentError } from "../errors.js";
import { DataClass, type SummaryMetadata, type SummaryValue } from "../wire/summary.js";
import type { TagDescription } from "./scalar.js";
import { isOfPlugin, tagMetadata } from "./tag-metadata.js";
import { stringsOf, textTensor } from "./tensor-values.js";

/** One Markdown text, a column of them, or the rows of a table. */
export type Text = string | readonly string[] | readonly (readonly string[])[];

/** As `Text`, of any depth, since other programs may write more than TensorBoard shows. */
export type DecodedText = string | readonly DecodedText[];

/**
 * One Markdown text, a column or a table of them as a summary value. The tag is kept as it is. Half a surrogate pair in a text
 * becomes U+FFFD, and a list without any text one empty text: TensorBoard answers with an error for all values of the tag when one is
 * invalid UTF-8 or an empty list.
 *
 * Throws an `ArgumentError` that names the place, as `text[1][0]`, when rows differ in length or an element is no string.
 */
export function encodeText(tag: string, text: Text, description?: TagDescription): SummaryValue {
  const given = flatten(text);
  const { shape, texts } = given.texts.length > 0 ? given : { shape: [], texts: [""] };
  return {
    tag,
    metadata: tagMetadata("text", DataClass.TENSOR, description),
    tensor: textTensor(shape, texts),
  };
}

/**
 * What a text value has, `undefined` for another value; `metadata` are the tag's, needed where the value has none. One text that
 * torch or tensorboardX wrote, a column of one under a tag that ends in `/text_summary`, is a string too.
 */
export function decodeText(value: SummaryValue, metadata?: SummaryMetadata): DecodedText | undefined {
  if (value.tensor === undefined || !isOfPlugin(value, "text", metadata)) return undefined;
  const strings = stringsOf(value.tensor);
  if (strings === undefined) return undefined;
  const texts = strings.data.map((bytes) => new TextDecoder().decode(bytes));
  const isOne = texts.length === 1 && strings.shape.length === 1 && value.tag.endsWith("/text_summary");
  return nest(isOne ? [] : strings.shape, texts);
}

function flatten(text: Text): { readonly shape: readonly number[]; readonly texts: readonly string[] } {
  if (typeof text === "string") return { shape: [], texts: [text] };
  if (!Array.isArray(text))
    throw new ArgumentError("text", "a string, or strings in a list or a table", text);
  const rows = text as readonly unknown[];
  const first = rows[0];
  if (!Array.isArray(first)) {
    return { shape: [rows.length], texts: Array.from(rows, (each, i) => checkString(each, `text[${i}]`)) };
  }
  const texts = Array.from(rows, (row, i) => {
    if (!Array.isArray(row) || row.length !== first.length) {
      const got = Array.isArray(row) ? `a row of ${row.length}` : undefined;
      throw new ArgumentError(`text[${i}]`, `a row of ${first.length}, like the first`, row, got);
    }
    return Array.from(row, (each: unknown, j) => checkString(each, `text[${i}][${j}]`));
  }).flat();
  return { shape: [rows.length, first.length], texts };
}

function checkString(text: unknown, argument: string): string {
  if (typeof text !== "string") throw new ArgumentError(argument, "a string", text);
  return text;
}

function nest(shape: readonly number[], texts: readonly string[]): DecodedText {
  const [size, ...inner] = shape;
  if (size === undefined) return texts[0]!;
  const each = texts.length / size;
  return Array.from({ length: size }, (_, i) => nest(inner, texts.slice(i * each, (i + 1) * each)));
}
