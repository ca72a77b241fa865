// The conceptual graph of a model, from JSON as Keras and TensorFlow.js write it (tensorboard/plugins/graph/keras_util.py).

import { ArgumentError } from "../errors.js";
import { checkText } from "./checks.js";
import { DataClass, type SummaryValue } from "../wire/summary.js";
import { DataType } from "../wire/tensor.js";
import { wellFormed } from "../wire/text.js";

/** A model or a layer as Keras's `model.to_json()` and TensorFlow.js's `model.toJSON()` describe it, parsed. */
export interface KerasLayer {
  readonly class_name?: string;
  readonly config: {
    readonly name?: string;
    readonly layers?: readonly KerasLayer[];
    readonly input_layers?: unknown;
    readonly [key: string]: unknown;
  };
  readonly inbound_nodes?: unknown;
  readonly [key: string]: unknown;
}

const PLUGIN = "graph_keras_model";
/** What the plugin's content must be. */
const CONTENT = Uint8Array.of(0x31);

/**
 * A model's layers as a summary value. TensorBoard draws edges from what Keras 3 writes alone; what Keras 2 and TensorFlow.js
 * write is put into that form. `model` is the description, or its JSON.
 *
 * Throws an `ArgumentError` when it is no model, or one that TensorBoard cannot answer for.
 */
export function encodeKerasModel(tag: string, model: KerasLayer | string): SummaryValue {
  const json = toJson(typeof model === "string" ? parse(model) : model);
  return {
    tag,
    metadata: { pluginName: PLUGIN, pluginContent: CONTENT, dataClass: DataClass.BLOB_SEQUENCE },
    tensor: { dtype: DataType.STRING, shape: [1], stringVal: [new TextEncoder().encode(json)] },
  };
}

/** The description of a model's layers, from our form or TensorFlow's; `undefined` for every other value. */
export function decodeKerasModel({ metadata, tensor }: SummaryValue): KerasLayer | undefined {
  const [bytes] = tensor?.stringVal ?? [];
  if (metadata?.pluginName !== PLUGIN || bytes === undefined) return undefined;
  try {
    const model: unknown = JSON.parse(new TextDecoder().decode(bytes));
    return checkModel(model);
  } catch {
    return undefined;
  }
}

function parse(json: string): unknown {
  try {
    return JSON.parse(json);
  } catch (error) {
    throw new ArgumentError("model", "the JSON of a model", json, (error as Error).message);
  }
}

function toJson(model: unknown): string {
  try {
    // Half a surrogate pair would stand there escaped, and TensorBoard can make no name of it.
    return JSON.stringify(normalize(checkModel(model)), (_key, value: unknown) =>
      typeof value === "string" ? wellFormed(value) : value,
    );
  } catch (error) {
    if (error instanceof ArgumentError) throw error;
    // What contains itself, and numbers that JSON has not.
    throw new ArgumentError("model", "a model that is JSON", model, (error as Error).message);
  }
}

function checkModel(model: unknown): KerasLayer {
  const layers = isObject(model) && isObject(model["config"]) ? model["config"]["layers"] : undefined;
  if (!Array.isArray(layers)) {
    throw new ArgumentError("model", "a model: { config: { layers: [...] } }", model);
  }
  checkLayer(model, "model");
  return model as KerasLayer;
}

function checkLayer(layer: unknown, argument: string): void {
  const config = isObject(layer) ? layer["config"] : undefined;
  if (!isObject(layer) || !isObject(config))
    throw new ArgumentError(argument, "a layer with a config", layer);
  const { class_name: className, inbound_nodes: inbound } = layer;
  const { name, layers, input_layers: inputs } = config;
  if (argument !== "model" || name !== undefined) checkName(name, `${argument}.config.name`);
  // TensorBoard encodes it so, and answers 500 for all else.
  // eslint-disable-next-line no-control-regex
  if (className !== undefined && (typeof className !== "string" || !/^[\u0000-\u007f]*$/.test(className))) {
    throw new ArgumentError(`${argument}.class_name`, "a name in ASCII", className);
  }
  if (inbound !== undefined && inbound !== null && !Array.isArray(inbound)) {
    throw new ArgumentError(`${argument}.inbound_nodes`, "a list", inbound);
  }
  if (inputs !== undefined && inputs !== null && !Array.isArray(inputs)) {
    throw new ArgumentError(`${argument}.config.input_layers`, "a list", inputs);
  }
  if (layers === undefined || layers === null) return;
  if (!Array.isArray(layers) || layers.length === 0) {
    throw new ArgumentError(`${argument}.config.layers`, "a list of at least one layer", layers);
  }
  for (const [i, each] of layers.entries()) checkLayer(each, `${argument}.config.layers[${i}]`);
}

function checkName(name: unknown, argument: string): void {
  if (typeof name !== "string" || name === "") {
    throw new ArgumentError(argument, "a string that is not empty", name);
  }
  checkText(argument, name);
}

/** Name of a layer, number of the call, number of the output. */
type History = readonly [string, number, number];

function normalize(layer: KerasLayer): KerasLayer {
  const { config, inbound_nodes: inbound } = layer;
  const { layers, input_layers: inputs } = config;
  return {
    ...layer,
    ...(Array.isArray(inbound) && { inbound_nodes: inbound.map(inboundNode) }),
    config: {
      ...config,
      ...(layers && { layers: layers.map(normalize) }),
      ...(Array.isArray(inputs) && { input_layers: inputNames(inputs) }),
    },
  };
}

/** The names alone, by which TensorBoard finds what goes into a model inside of a model; Keras has `["a", 0, 0]` for each. */
function inputNames(inputs: readonly unknown[]): unknown[] {
  if (inputs.every((each) => typeof each === "string")) return [...inputs];
  return historiesIn(inputs).map(([name]) => name);
}

/** A call of a layer as Keras 3 writes it, from lists of what goes in: Keras 2, TensorFlow.js. */
function inboundNode(node: unknown): unknown {
  if (!Array.isArray(node)) return node;
  const args = historiesIn(node).map((history) => ({
    class_name: "__keras_tensor__",
    config: { keras_history: history },
  }));
  return { args: [args], kwargs: {} };
}

/** What goes into a call, wherever it stands: `["a", 0, 0, { y: ["b", 0, 0] }]` are two. */
function historiesIn(value: unknown): History[] {
  if (isObject(value)) return Object.values(value).flatMap(historiesIn);
  if (!Array.isArray(value)) return [];
  const [name, call, output, ...rest] = value as unknown[];
  if (typeof name === "string" && typeof call === "number" && typeof output === "number") {
    return [[name, call, output], ...historiesIn(rest)];
  }
  return value.flatMap(historiesIn);
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
