// Models as Keras and TensorFlow.js describe them.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { ArgumentError } from "../../src/errors.js";
import { decodeKerasModel, encodeKerasModel, type KerasLayer } from "../../src/summary/keras-model.js";
import { decodeEvent, encodeEvent } from "../../src/wire/event.js";
import { forPeer, proves } from "../compatibility/proves.js";
import { bytes } from "../helpers/bytes.js";
import { errorOf } from "../helpers/errors.js";

function models(file: string): { two: KerasLayer; outer: KerasLayer } {
  const path = join(import.meta.dirname, "..", "fixtures", `model-${file}.json`);
  return JSON.parse(readFileSync(path, "utf8")) as { two: KerasLayer; outer: KerasLayer };
}

/** Of each layer the names of what goes into its calls, in the form of Keras 3. */
function inputsOf(model: KerasLayer): Record<string, string[][]> {
  const entries = (model.config.layers ?? []).map((layer): [string, string[][]] => {
    const calls = (layer.inbound_nodes ?? []) as { args: unknown[] }[];
    const names = calls.map(({ args }) => {
      const tensors = args.flat() as { config: { keras_history: [string, number, number] } }[];
      return tensors.map(({ config }) => config.keras_history.join(":"));
    });
    return [layer.config.name!, names];
  });
  return Object.fromEntries(entries);
}

const written = (model: KerasLayer | string): KerasLayer =>
  decodeKerasModel(encodeKerasModel("keras", model))!;

describe("encodeKerasModel", () => {
  it("is a list of one text, with the content that TensorBoard asks for and explicit data class", () => {
    const value = encodeKerasModel("keras", models("keras").two);
    expect(value.metadata).toEqual({
      pluginName: "graph_keras_model",
      pluginContent: bytes("31"),
      dataClass: 3,
    });
    expect(value.tensor).toMatchObject({ dtype: 7, shape: [1] });
    const [read] = decodeEvent(encodeEvent({ wallTime: 1, summary: [value] })).summary!;
    expect(decodeKerasModel(read!)).toEqual(written(models("keras").two));
  });

  it("keeps what Keras 3 writes, but for the inputs of models, which become names", () => {
    const { two, outer } = models("keras");
    const { config, ...rest } = two;
    expect(written(two)).toEqual({ ...rest, config: { ...config, input_layers: ["left", "right"] } });
    expect(written(outer).config.layers![2]!.config["input_layers"]).toEqual(["a", "b"]);
    // A second time nothing is lost.
    expect(written(written(outer))).toEqual(written(outer));
  });

  it.each(["two", "outer"] as const)("gives TensorFlow.js's model the edges of Keras's: %s", (name) => {
    const [keras, tfjs] = [models("keras")[name], models("tfjs")[name]];
    const withoutCalls = (inputs: Record<string, string[][]>) =>
      JSON.parse(JSON.stringify(inputs).replaceAll(/:1:0/g, ":0:0")) as unknown;
    expect(withoutCalls(inputsOf(written(tfjs)))).toEqual(withoutCalls(inputsOf(written(keras))));
    expect(written(tfjs).config["input_layers"]).toEqual(written(keras).config["input_layers"]);
  });

  it("finds what goes into a call among its further arguments", () => {
    const layer = (name: string, inbound: unknown): KerasLayer => ({
      class_name: "L",
      config: { name },
      inbound_nodes: inbound,
    });
    const model = {
      config: {
        name: "m",
        layers: [
          layer("a", []),
          layer("b", []),
          layer("c", [["a", 0, 0, { y: ["b", 0, 1], n: 2 }]]),
          layer("d", null),
        ],
      },
    };
    expect(inputsOf(written(model))).toEqual({ a: [], b: [], c: [["a:0:0", "b:0:1"]], d: [] });
  });

  it("takes JSON", () => {
    expect(written(JSON.stringify(models("tfjs").two))).toEqual(written(models("tfjs").two));
  });

  const layer = { class_name: "Dense", config: { name: "a" } };
  const of = (...layers: unknown[]) => ({ config: { name: "m", layers } });
  it.each<[string, unknown, string]>([
    [
      "text that is no JSON",
      "{",
      "Expected `model` to be the JSON of a model, got Expected property name or '}' in JSON at position 1",
    ],
    [
      "a layer",
      layer,
      "Expected `model` to be a model: { config: { layers: [...] } }, got an object (Object)",
    ],
    [
      "the list of layers of Keras 1",
      { config: [layer] },
      "Expected `model` to be a model: { config: { layers: [...] } }, got an object (Object)",
    ],
    ["nothing", null, "Expected `model` to be a model: { config: { layers: [...] } }, got null"],
    [
      "a model without layers",
      of(),
      "Expected `model.config.layers` to be a list of at least one layer, got an array",
    ],
    [
      "a layer without a config",
      of(layer, {}),
      "Expected `model.config.layers[1]` to be a layer with a config, got an object (Object)",
    ],
    [
      "a layer without a name",
      of({ config: {} }),
      "Expected `model.config.layers[0].config.name` to be a string that is not empty, got undefined",
    ],
    [
      "a class that is not ASCII",
      of({ ...layer, class_name: "Größe" }),
      'Expected `model.config.layers[0].class_name` to be a name in ASCII, got "Größe" (string)',
    ],
    [
      "calls that are no list",
      of({ ...layer, inbound_nodes: 1 }),
      "Expected `model.config.layers[0].inbound_nodes` to be a list, got 1 (number)",
    ],
    [
      "an inner model without layers",
      of({ config: { name: "b", layers: [] } }),
      "Expected `model.config.layers[0].config.layers` to be a list of at least one layer, got an array",
    ],
  ])("refuses %s", (_, model, message) => {
    expect(errorOf(ArgumentError, () => encodeKerasModel("keras", model as KerasLayer)).message).toContain(
      message,
    );
  });
});

describe("decodeKerasModel", () => {
  it("reads the form of TensorFlow: no data class, rank 0", () => {
    proves(forPeer("Keras", "addKerasModel", "read"));
    const { two } = models("keras");
    const stringVal = [new TextEncoder().encode(JSON.stringify(two))];
    const metadata = { pluginName: "graph_keras_model", pluginContent: bytes("31") };
    expect(decodeKerasModel({ tag: "keras", metadata, tensor: { dtype: 7, shape: [], stringVal } })).toEqual(
      two,
    );
  });

  it("gives nothing for other values", () => {
    const metadata = { pluginName: "graph_keras_model" };
    const text = (content: string) => ({
      dtype: 7,
      shape: [1],
      stringVal: [new TextEncoder().encode(content)],
    });
    expect(decodeKerasModel({ tag: "a", simpleValue: 1 })).toBeUndefined();
    expect(decodeKerasModel({ tag: "a", metadata })).toBeUndefined();
    expect(decodeKerasModel({ tag: "a", metadata, tensor: text("{") })).toBeUndefined();
    expect(decodeKerasModel({ tag: "a", metadata, tensor: text("{}") })).toBeUndefined();
    expect(
      decodeKerasModel({
        tag: "a",
        metadata: { pluginName: "text" },
        tensor: text('{"config":{"layers":[]}}'),
      }),
    ).toBeUndefined();
  });
});
