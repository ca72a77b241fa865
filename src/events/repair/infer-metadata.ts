// What a tag is, judged by one of its values, where the event that said so is lost.

import { encodePrCurveData, encodeWavData } from "../../wire/plugin-data.js";
import { DataClass, type SummaryMetadata, type SummaryValue } from "../../wire/summary.js";
import { DataType, type Tensor } from "../../wire/tensor.js";
import { numberIn } from "../../wire/tensor-number.js";
import { isText } from "../verify/value-form.js";

const CUSTOM_SCALARS_TAG = "custom_scalars__config__";
/** How the files begin that the Images dashboard shows: PNG, JPEG, GIF, BMP. */
const PICTURES = ["\x89PNG\r\n", "\xff\xd8\xff", "GIF8", "BM"];
const FLOATS: readonly number[] = [DataType.FLOAT, DataType.DOUBLE];

/**
 * The metadata that such a value has had: of scalars, histograms, PR curves, pictures, clips, texts, and the layout of charts. `undefined` for what
 * could be anything, and for old forms, which need none.
 */
export function inferMetadata({ tag, tensor }: SummaryValue): SummaryMetadata | undefined {
  if (tensor === undefined) return undefined;
  return tensor.dtype === DataType.STRING ? ofStrings(tag, tensor) : ofNumbers(tensor);
}

function ofStrings(tag: string, { shape, stringVal = [] }: Tensor): SummaryMetadata | undefined {
  const rank = shape.length;
  if (stringVal.length === 0 || rank > 2) return undefined;
  if (tag === CUSTOM_SCALARS_TAG) return { pluginName: "custom_scalars", dataClass: DataClass.TENSOR };
  const [width, height, ...files] = stringVal;
  if (rank === 1 && files.length > 0 && isSize(width!) && isSize(height!) && files.every(isPicture)) {
    return { pluginName: "images", dataClass: DataClass.BLOB_SEQUENCE };
  }
  const clips = rank === 2 ? stringVal.filter((_, i) => i % 2 === 0) : stringVal;
  if (rank > 0 && clips.every(isWav)) {
    return { pluginName: "audio", pluginContent: encodeWavData(), dataClass: DataClass.BLOB_SEQUENCE };
  }
  return stringVal.every(isText) ? { pluginName: "text", dataClass: DataClass.TENSOR } : undefined;
}

function isSize(bytes: Uint8Array): boolean {
  return bytes.length > 0 && bytes.length < 10 && bytes.every((byte) => byte >= 0x30 && byte <= 0x39);
}

function isPicture(bytes: Uint8Array): boolean {
  return PICTURES.some((start) => latin1(bytes, 0, start.length) === start);
}

function isWav(bytes: Uint8Array): boolean {
  return latin1(bytes, 0, 4) === "RIFF" && latin1(bytes, 8, 12) === "WAVE";
}

function latin1(bytes: Uint8Array, from: number, to: number): string {
  return String.fromCharCode(...bytes.subarray(from, to));
}

function ofNumbers(tensor: Tensor): SummaryMetadata | undefined {
  const { dtype, shape } = tensor;
  if (shape.length === 0) {
    const isNumber = numberIn(tensor) !== undefined;
    return isNumber ? { pluginName: "scalars", dataClass: DataClass.SCALAR } : undefined;
  }
  const [rows, columns] = shape;
  if (shape.length !== 2 || !FLOATS.includes(dtype)) return undefined;
  // Six rows of three numbers may be both; then a histogram's are a left edge, a right edge and a count.
  if (columns === 3 && (rows !== 6 || hasEdges(tensor))) {
    return { pluginName: "histograms", dataClass: DataClass.TENSOR };
  }
  if (rows !== 6 || dtype !== DataType.FLOAT) return undefined;
  return { pluginName: "pr_curves", pluginContent: encodePrCurveData(columns!), dataClass: DataClass.TENSOR };
}

function hasEdges(tensor: Tensor): boolean {
  const numbers = elements(tensor);
  for (let i = 0; i + 2 < numbers.length; i += 3) {
    const isTouching = i === 0 || numbers[i] === numbers[i - 2];
    if (!isTouching || numbers[i]! > numbers[i + 1]! || numbers[i + 2]! < 0) return false;
  }
  return true;
}

function elements({ dtype, content, floatVal, doubleVal }: Tensor): readonly number[] {
  if (content === undefined) return floatVal ?? doubleVal ?? [];
  const view = new DataView(content.buffer, content.byteOffset, content.length);
  const size = dtype === DataType.FLOAT ? 4 : 8;
  const read = (i: number): number =>
    size === 4 ? view.getFloat32(i * size, true) : view.getFloat64(i * size, true);
  return Array.from({ length: Math.floor(content.length / size) }, (_, i) => read(i));
}
