// The values of one step as they stand in an event file (tensorboard/compat/proto/summary.proto).

import { ArgumentError } from "../errors.js";
import { fromInt64, type Int64 } from "./int64.js";
import { tensorboard } from "./proto/messages.js";
import { tensorFromMessage, tensorToMessage, type Tensor } from "./tensor.js";
import { wellFormed } from "./text.js";

/** How TensorBoard stores a tag's data, by name; a tag of unknown class is not shown. */
export const DataClass = { UNKNOWN: 0, SCALAR: 1, TENSOR: 2, BLOB_SEQUENCE: 3 } as const;

/** What TensorBoard keeps about a tag; the first one of a run wins. */
export interface SummaryMetadata {
  /** Which dashboard shows the tag, and a message of its own. */
  readonly pluginName?: string;
  readonly pluginContent?: Uint8Array;
  readonly displayName?: string;
  /** Markdown. */
  readonly description?: string;
  /** One of `DataClass`. */
  readonly dataClass?: number;
}

/** One value under one tag: at most one of the fields from `simpleValue` on. */
export interface SummaryValue {
  readonly tag: string;
  /** A tag's name in very old files. */
  readonly nodeName?: string;
  readonly metadata?: SummaryMetadata;
  /** A scalar, float32. */
  readonly simpleValue?: number;
  readonly tensor?: Tensor;
  /** Old form of a picture: encoded bytes and their size. */
  readonly image?: { height: number; width: number; colorspace: number; encoded: Uint8Array };
  /** Old form of a histogram. */
  readonly histo?: {
    min: number;
    max: number;
    num: number;
    sum: number;
    sumSquares: number;
    bucketLimit: readonly number[];
    bucket: readonly number[];
  };
  /** Old form of a sound clip. */
  readonly audio?: {
    sampleRate: number;
    numChannels: number;
    lengthFrames: number | bigint;
    encoded: Uint8Array;
    contentType: string;
  };
  /** A histogram of programs older than TensorBoard 0.1; not decoded further. */
  readonly oldStyleHistogram?: Uint8Array;
}

/**
 * To the generated codec's form. Old forms are read, never written: the loaders convert them differently.
 *
 * Throws an `ArgumentError` for a value in an old form.
 */
export function summaryToMessage(values: readonly SummaryValue[]): tensorboard.Summary.$Properties {
  return {
    value: values.map(checkForm).map((value) => ({
      tag: wellFormed(value.tag),
      ...(value.metadata && { metadata: metadataToMessage(value.metadata) }),
      ...(value.simpleValue !== undefined && { simpleValue: value.simpleValue }),
      ...(value.tensor && { tensor: tensorToMessage(value.tensor) }),
    })),
  };
}

const OLD_FORMS = ["image", "histo", "audio", "oldStyleHistogram", "nodeName"] as const;

function checkForm(value: SummaryValue): SummaryValue {
  const old = OLD_FORMS.find((form) => value[form] !== undefined);
  if (old !== undefined)
    throw new ArgumentError("value", "a scalar or a tensor, the forms that are written", old);
  return value;
}

/** From the generated codec's form. */
export function summaryFromMessage(message: tensorboard.Summary.$Properties): SummaryValue[] {
  return (message.value ?? []).map((value) => ({
    tag: value.tag ?? "",
    ...(value.nodeName && { nodeName: value.nodeName }),
    ...(value.metadata && { metadata: metadataFromMessage(value.metadata) }),
    ...dataFromMessage(value),
  }));
}

function dataFromMessage(value: tensorboard.Summary.Value.$Properties): Partial<SummaryValue> {
  if (value.simpleValue !== null && value.simpleValue !== undefined)
    return { simpleValue: value.simpleValue };
  if (value.tensor) return { tensor: tensorFromMessage(value.tensor) };
  if (value.image) {
    const { height, width, colorspace, encodedImageString } = value.image;
    return {
      image: {
        height: height ?? 0,
        width: width ?? 0,
        colorspace: colorspace ?? 0,
        encoded: Uint8Array.from(encodedImageString ?? []),
      },
    };
  }
  if (value.histo) {
    const { min, max, num, sum, sumSquares, bucketLimit, bucket } = value.histo;
    return {
      histo: {
        min: min ?? 0,
        max: max ?? 0,
        num: num ?? 0,
        sum: sum ?? 0,
        sumSquares: sumSquares ?? 0,
        bucketLimit: bucketLimit ?? [],
        bucket: bucket ?? [],
      },
    };
  }
  if (value.audio) {
    const { sampleRate, numChannels, lengthFrames, encodedAudioString, contentType } = value.audio;
    return {
      audio: {
        sampleRate: sampleRate ?? 0,
        numChannels: Number(fromInt64((numChannels ?? 0) as Int64)),
        lengthFrames: fromInt64((lengthFrames ?? 0) as Int64),
        encoded: Uint8Array.from(encodedAudioString ?? []),
        contentType: contentType ?? "",
      },
    };
  }
  if (value.obsoleteOldStyleHistogram) {
    return { oldStyleHistogram: Uint8Array.from(value.obsoleteOldStyleHistogram) };
  }
  return {};
}

/** To the generated codec's form. */
export function metadataToMessage(metadata: SummaryMetadata): tensorboard.SummaryMetadata.$Properties {
  const { pluginName, pluginContent, displayName, description, dataClass } = metadata;
  return {
    ...(pluginName !== undefined && {
      pluginData: { pluginName: wellFormed(pluginName), ...(pluginContent && { content: pluginContent }) },
    }),
    ...(displayName !== undefined && { displayName: wellFormed(displayName) }),
    ...(description !== undefined && { summaryDescription: wellFormed(description) }),
    ...(dataClass !== undefined && { dataClass }),
  };
}

/** Serializes metadata. */
export function encodeMetadata(metadata: SummaryMetadata): Uint8Array {
  return tensorboard.SummaryMetadata.encode(metadataToMessage(metadata)).finish();
}

/** Parses metadata. Throws the codec's error when `bytes` are none. What it returns shares no memory with `bytes`. */
export function decodeMetadata(bytes: Uint8Array): SummaryMetadata {
  return metadataFromMessage(tensorboard.SummaryMetadata.decode(bytes));
}

function metadataFromMessage(message: tensorboard.SummaryMetadata.$Properties): SummaryMetadata {
  const content = message.pluginData?.content;
  return {
    ...(message.pluginData?.pluginName && { pluginName: message.pluginData.pluginName }),
    ...(content && content.length > 0 && { pluginContent: Uint8Array.from(content) }),
    ...(message.displayName && { displayName: message.displayName }),
    ...(message.summaryDescription && { description: message.summaryDescription }),
    ...(message.dataClass && { dataClass: message.dataClass }),
  };
}
