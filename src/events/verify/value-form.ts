// Whether TensorBoard's data server shows a value of a tag, by its rules (tensorboard/data/server/data_compat.rs).

import { DataClass, type SummaryMetadata, type SummaryValue } from "../../wire/summary.js";
import { DataType, type Tensor } from "../../wire/tensor.js";

const CLASSES: Readonly<Record<string, number>> = {
  scalars: DataClass.SCALAR,
  ...classesOf(DataClass.TENSOR, "histograms", "text", "hparams", "pr_curves", "mesh", "custom_scalars"),
  ...classesOf(DataClass.BLOB_SEQUENCE, "images", "audio"),
  ...classesOf(
    DataClass.BLOB_SEQUENCE,
    "graph_run_metadata",
    "graph_run_metadata_graph",
    "graph_keras_model",
  ),
};

function classesOf(dataClass: number, ...plugins: readonly string[]): Record<string, number> {
  return Object.fromEntries(plugins.map((plugin) => [plugin, dataClass]));
}

/** Dashboards that show one value of a tag only, whatever its step. */
export const OF_ONE_VALUE: readonly string[] = ["custom_scalars", "hparams"];

/** What the data server takes a tag for, from its first value: its data class, 0 for a tag that is not shown, and its plugin. */
export interface TagType {
  readonly dataClass: number;
  readonly plugin: string;
}

/** The type of a tag whose first value this is. */
export function typeOf(value: SummaryValue): TagType {
  const { metadata } = value;
  if (metadata?.dataClass) return { dataClass: metadata.dataClass, plugin: metadata.pluginName ?? "" };
  if (value.simpleValue !== undefined) return { dataClass: DataClass.SCALAR, plugin: "scalars" };
  if (value.image !== undefined) return { dataClass: DataClass.BLOB_SEQUENCE, plugin: "images" };
  if (value.audio !== undefined) return { dataClass: DataClass.BLOB_SEQUENCE, plugin: "audio" };
  if (value.histo !== undefined) return { dataClass: DataClass.TENSOR, plugin: "histograms" };
  return { dataClass: classOf(metadata), plugin: metadata?.pluginName ?? "" };
}

function classOf(metadata: SummaryMetadata | undefined): number {
  const plugin = metadata?.pluginName ?? "";
  return Object.hasOwn(CLASSES, plugin) ? CLASSES[plugin]! : DataClass.UNKNOWN;
}

/** Whether a value fits its tag: `TWO_TYPES` for one of another dashboard, `WRONG_FORM` for another type or shape of number or text. */
export function misfitOf(value: SummaryValue, type: TagType): "TWO_TYPES" | "WRONG_FORM" | undefined {
  if (value.tensor === undefined && value.histo === undefined && !isOfNoTensor(value)) return undefined;
  switch (type.dataClass) {
    case DataClass.SCALAR:
      return scalarMisfit(value);
    case DataClass.TENSOR:
      return tensorMisfit(value);
    case DataClass.BLOB_SEQUENCE:
      return blobMisfit(value, type.plugin);
    default:
      return undefined;
  }
}

function scalarMisfit({ simpleValue, tensor }: SummaryValue): "TWO_TYPES" | "WRONG_FORM" | undefined {
  if (simpleValue !== undefined) return undefined;
  if (tensor === undefined || tensor.dtype === DataType.STRING) return "TWO_TYPES";
  return isFloat(tensor) ? undefined : "WRONG_FORM";
}

function isFloat({ dtype, shape, floatVal, content }: Tensor): boolean {
  if (dtype !== DataType.FLOAT || shape.length > 0) return false;
  return floatVal === undefined ? content?.length === 4 : floatVal.length === 1;
}

function tensorMisfit(value: SummaryValue): "TWO_TYPES" | "WRONG_FORM" | undefined {
  if (value.histo !== undefined) {
    return value.histo.bucket.length === value.histo.bucketLimit.length ? undefined : "WRONG_FORM";
  }
  return isOfNoTensor(value) ? "TWO_TYPES" : undefined;
}

function isOfNoTensor(value: SummaryValue): boolean {
  const { simpleValue, image, audio, oldStyleHistogram } = value;
  return [simpleValue, image, audio, oldStyleHistogram].some((data) => data !== undefined);
}

function blobMisfit(value: SummaryValue, plugin: string): "TWO_TYPES" | "WRONG_FORM" | undefined {
  if (value.image !== undefined || value.audio !== undefined) return undefined;
  const { tensor } = value;
  if (tensor?.dtype !== DataType.STRING) return "TWO_TYPES";
  const { shape } = tensor;
  const isLabelled = shape.length === 2 && shape[1] === 2 && plugin === "audio";
  const isOne = shape.length === 0 && tensor.stringVal?.length === 1 && plugin.startsWith("graph_");
  return shape.length === 1 || isLabelled || isOne ? undefined : "WRONG_FORM";
}

const DECODER = new TextDecoder("utf-8", { fatal: true });

/** Whether bytes are UTF-8. */
export function isText(bytes: Uint8Array): boolean {
  try {
    DECODER.decode(bytes);
    return true;
  } catch {
    return false;
  }
}

/** Whether the strings of a value are UTF-8, as those of a text have to be. */
export function hasText({ tensor }: SummaryValue): boolean {
  return tensor?.dtype !== DataType.STRING || tensor.stringVal?.every(isText) !== false;
}
