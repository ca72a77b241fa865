// Any tensor, and values of any plugin as they are.

import { ArgumentError } from "../../errors.js";
import type { EventSink } from "../../events/event-sink.js";
import { DataClass, type SummaryMetadata, type SummaryValue } from "../../wire/summary.js";
import { DataType, type Tensor } from "../../wire/tensor.js";
import type { ArrayInput } from "../arrays.js";
import { checkOptions, checkRecord, checkTag, checkText } from "../checks.js";
import { encodeTensor, type ElementType } from "../tensor.js";
import { numbersOf, stringsOf } from "../tensor-values.js";
import { checkCall, writeValues, type DashboardOptions } from "./write.js";

/** The elements of a tensor, and what is said of its tag. */
export interface TensorOptions extends DashboardOptions {
  /** Of the typed array unless given; int64 for bigints, bool for booleans, float64 for plain numbers. */
  readonly dtype?: ElementType;
}

/** When a value was logged. */
export interface SummaryOptions {
  /** Seconds since 1970; now unless given. */
  readonly wallTime?: number;
}

/**
 * Logs an array of any shape, for programs that read the file: no dashboard shows it. After torch's
 * `add_tensor(tag, tensor, global_step)`.
 *
 * Throws an `ArgumentError`, or a `WriteError` when the event file cannot be written.
 */
export function addTensor(
  sink: EventSink,
  tag: string,
  values: ArrayInput,
  step: number,
  options: TensorOptions = {},
): void {
  checkCall(tag, step, options);
  writeValues(sink, [encodeTensor(tag, values, options.dtype, options)], step, options.wallTime);
}

/**
 * Logs values as they are, for a plugin of one's own: one, or several of one event. A tag's first value in each file has metadata with the
 * plugin's name and a data class, or TensorBoard does not show the tag.
 *
 * Throws an `ArgumentError` when a value is no scalar and no tensor, or a tensor has not as many elements as its shape says; and a
 * `WriteError` when the event file cannot be written.
 */
export function addSummary(
  sink: EventSink,
  value: SummaryValue | readonly SummaryValue[],
  step: number,
  options: SummaryOptions = {},
): void {
  checkOptions(options);
  const values = Array.isArray(value) ? (value as readonly SummaryValue[]) : [value as SummaryValue];
  for (const each of values) checkValue(each);
  writeValues(sink, values, step, options.wallTime);
}

function checkValue(value: SummaryValue): void {
  checkRecord("value", value, "a value with a tag, and a simpleValue or a tensor");
  const { tag, metadata, simpleValue, tensor } = value;
  checkTag(tag);
  if ((simpleValue === undefined) === (tensor === undefined)) {
    const got = tensor === undefined ? "neither" : "both";
    throw new ArgumentError("value", "a value with either a simpleValue or a tensor", value, got);
  }
  if (simpleValue !== undefined && typeof simpleValue !== "number") {
    throw new ArgumentError("value.simpleValue", "a number", simpleValue);
  }
  if (metadata !== undefined) checkMetadata(metadata);
  if (tensor !== undefined) checkTensor(tensor);
}

function checkMetadata(metadata: SummaryMetadata): void {
  checkRecord("value.metadata", metadata, "an object");
  const { pluginName, pluginContent, displayName, description, dataClass } = metadata;
  for (const [name, text] of Object.entries({ pluginName, displayName, description })) {
    if (text !== undefined) checkText(`value.metadata.${name}`, text);
  }
  if (pluginContent !== undefined && !(pluginContent instanceof Uint8Array)) {
    throw new ArgumentError("value.metadata.pluginContent", "bytes, a Uint8Array", pluginContent);
  }
  if (dataClass !== undefined && !Object.values<unknown>(DataClass).includes(dataClass)) {
    throw new ArgumentError("value.metadata.dataClass", "one of DataClass", dataClass);
  }
}

const isNumber = (element: unknown): boolean => typeof element === "number";
const isWhole = (element: unknown): boolean => typeof element === "bigint" || Number.isSafeInteger(element);

/** What the elements of each list are: the codec would make something of everything. */
const LISTS = {
  floatVal: [isNumber, "numbers"],
  doubleVal: [isNumber, "numbers"],
  intVal: [Number.isSafeInteger, "whole numbers"],
  int64Val: [isWhole, "whole numbers"],
  uint32Val: [Number.isSafeInteger, "whole numbers"],
  uint64Val: [isWhole, "whole numbers"],
  halfVal: [Number.isSafeInteger, "whole numbers"],
  boolVal: [(element: unknown): boolean => typeof element === "boolean", "booleans"],
  stringVal: [(element: unknown): boolean => element instanceof Uint8Array, "bytes, each a Uint8Array"],
} as const;

/** One that TensorBoard cannot make an array of takes the answer for all of its tag. */
function checkTensor(tensor: Tensor): void {
  checkRecord("value.tensor", tensor, "an object with a dtype and a shape");
  const { dtype, shape, content } = tensor;
  if (!Object.values<unknown>(DataType).includes(dtype)) {
    throw new ArgumentError("value.tensor.dtype", "one of DataType", dtype);
  }
  if (!Array.isArray(shape) || ![...shape].every((size) => Number.isSafeInteger(size) && size >= 0)) {
    throw new ArgumentError("value.tensor.shape", "a list of sizes, integers from 0", shape);
  }
  if (content !== undefined && !(content instanceof Uint8Array)) {
    throw new ArgumentError("value.tensor.content", "bytes, a Uint8Array", content);
  }
  for (const [name, [isElement, elements]] of Object.entries(LISTS)) {
    const list = tensor[name as keyof typeof LISTS];
    if (list === undefined || (Array.isArray(list) && Array.from<unknown>(list).every(isElement))) continue;
    throw new ArgumentError(`value.tensor.${name}`, `a list of ${elements}`, list);
  }
  if ((dtype === DataType.STRING ? stringsOf(tensor) : numbersOf(tensor)) !== undefined) return;
  throw new ArgumentError("value.tensor", `one with the elements of shape [${shape.join(", ")}]`, tensor);
}
