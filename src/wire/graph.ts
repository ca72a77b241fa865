// A graph of operations, as plain values (tensorboard/compat/proto/graph.proto, node_def.proto, attr_value.proto).

import { ArgumentError } from "../errors.js";
import { fromInt64, toInt64, type Int64 } from "./int64.js";
import { tensorboard } from "./proto/messages.js";
import { wellFormed } from "./text.js";

/** Sizes of the dimensions, null for one that is not known; `undefined` when not even their number is. */
export type GraphShape = readonly (number | null)[] | undefined;

/** One value of an attribute. A whole number is an integer in the file, another one a float32; text is UTF-8. */
export type GraphScalar =
  | number
  | bigint
  | boolean
  | string
  | Uint8Array
  | { readonly type: number }
  | { readonly shape: GraphShape };

/** An attribute of a node: a value, or a list of values of one kind. `type` is one of `DataType`. */
export type GraphAttribute = GraphScalar | readonly GraphScalar[];

/** An operation. */
export interface GraphNode {
  /** A `/` puts it into a group: `layer1/weights`. */
  readonly name: string;
  readonly op: string;
  /** Names of nodes: `a`, `a:1` for its second output, `^a` for what must merely run before. */
  readonly inputs?: readonly string[];
  readonly device?: string;
  readonly attributes?: Readonly<Record<string, GraphAttribute>>;
}

/** Where an attribute stands is left out: the names of the attributes that were too large. TensorBoard's own name for it. */
export const TOO_LARGE_ATTRIBUTES = "_too_large_attrs";

/** The version of the format of graphs; TensorFlow's of 2018, torch's too. */
const PRODUCER = 22;

/**
 * Serializes a GraphDef. Attributes of more than `maxAttributeBytes` are left out and listed in `_too_large_attrs`, where
 * TensorBoard looks for them.
 *
 * Throws an `ArgumentError` for an attribute that is none of the kinds.
 */
export function encodeGraphDef(nodes: readonly GraphNode[], maxAttributeBytes = Infinity): Uint8Array {
  const bytes = tensorboard.GraphDef.encode({
    node: nodes.map((node) => nodeToMessage(node, maxAttributeBytes)),
    versions: { producer: PRODUCER },
  }).finish();
  return new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.length);
}

/**
 * Parses a GraphDef. Attributes of other kinds (tensors, functions) are left out; bytes that are UTF-8 are text.
 *
 * Throws the codec's error when `bytes` is none.
 */
export function decodeGraphDef(bytes: Uint8Array): GraphNode[] {
  return (tensorboard.GraphDef.decode(bytes).node ?? []).map((message) => {
    const attributes = Object.entries(message.attr ?? {}).flatMap(([name, value]) =>
      attributeFromMessage(value).map((attribute) => [name, attribute] as const),
    );
    return {
      name: message.name ?? "",
      op: message.op ?? "",
      ...(message.input && message.input.length > 0 && { inputs: message.input }),
      ...(message.device && { device: message.device }),
      ...(attributes.length > 0 && { attributes: Object.fromEntries(attributes) }),
    };
  });
}

function nodeToMessage(node: GraphNode, maxAttributeBytes: number): tensorboard.NodeDef.$Properties {
  const attributes: [string, tensorboard.AttrValue.$Properties][] = [];
  const tooLarge: string[] = [];
  for (const [name, attribute] of Object.entries(node.attributes ?? {})) {
    const message = attributeToMessage(attribute, `attributes[${JSON.stringify(name)}] of ${node.name}`);
    if (tensorboard.AttrValue.encode(message).len > maxAttributeBytes) tooLarge.push(name);
    else attributes.push([wellFormed(name), message]);
  }
  if (tooLarge.length > 0) attributes.push([TOO_LARGE_ATTRIBUTES, { list: { s: tooLarge.map(toBytes) } }]);
  return {
    name: wellFormed(node.name),
    op: wellFormed(node.op),
    input: (node.inputs ?? []).map(wellFormed),
    ...(node.device !== undefined && { device: wellFormed(node.device) }),
    attr: Object.fromEntries(attributes),
  };
}

function attributeToMessage(attribute: GraphAttribute, argument: string): tensorboard.AttrValue.$Properties {
  if (!Array.isArray(attribute)) return scalarToMessage(attribute as GraphScalar, argument);
  const list = attribute as readonly GraphScalar[];
  const messages = list.map((value, i) => scalarToMessage(value, `${argument}[${i}]`));
  const kinds = new Set(messages.flatMap((message) => Object.keys(message)));
  // 1 among numbers with a fraction is one of them.
  if (kinds.size === 2 && kinds.has("i") && kinds.has("f")) return { list: { f: list.map(Number) } };
  if (kinds.size > 1) {
    throw new ArgumentError(argument, "a list of values of one kind", attribute, [...kinds].join(" and "));
  }
  const [kind] = kinds as Set<keyof tensorboard.AttrValue.$Properties>;
  if (kind === undefined) return { list: {} };
  return { list: { [kind]: messages.map((message) => message[kind]) } };
}

function scalarToMessage(value: GraphScalar, argument: string): tensorboard.AttrValue.$Properties {
  if (typeof value === "string") return { s: toBytes(value) };
  if (typeof value === "boolean") return { b: value };
  if (typeof value === "bigint" && BigInt.asIntN(64, value) === value) return { i: toInt64(value) };
  if (typeof value === "number") return Number.isSafeInteger(value) ? { i: value } : { f: value };
  if (value instanceof Uint8Array) return { s: value };
  if (typeof value === "object" && value !== null) {
    if ("type" in value && Number.isInteger(value.type)) return { type: value.type };
    if ("shape" in value) return { shape: shapeToMessage(value.shape, argument) };
  }
  throw new ArgumentError(argument, "a number, boolean, text, bytes, { type } or { shape }", value);
}

function attributeFromMessage(message: tensorboard.AttrValue.$Properties): GraphAttribute[] {
  const { list } = message;
  if (!list) return scalarFromMessage(message);
  const { s, i, f, b, type, shape } = list;
  const kinds: Record<string, readonly unknown[] | null | undefined> = { s, i, f, b, type, shape };
  const [kind, values] = Object.entries(kinds).find(([, found]) => found && found.length > 0) ?? [];
  if (kind === undefined || !values) return [[]];
  return [values.flatMap((value) => scalarFromMessage({ [kind]: value }))];
}

function scalarFromMessage(message: tensorboard.AttrValue.$Properties): GraphScalar[] {
  const { s, i, f, b, type, shape } = message;
  if (s) return [textOrBytes(s)];
  if (i !== undefined && i !== null) return [fromInt64(i as Int64)];
  if (f !== undefined && f !== null) return [f];
  if (b !== undefined && b !== null) return [b];
  if (type !== undefined && type !== null) return [{ type }];
  return shape ? [{ shape: shapeFromMessage(shape) }] : [];
}

function shapeToMessage(shape: GraphShape, argument: string): tensorboard.TensorShapeProto.$Properties {
  if (shape === undefined) return { unknownRank: true };
  if (!Array.isArray(shape)) throw new ArgumentError(argument, "a shape, a list of sizes", shape);
  return {
    dim: (shape as readonly (number | null)[]).map((size) => {
      if (size === null) return { size: -1 };
      if (Number.isSafeInteger(size) && size >= 0) return { size };
      throw new ArgumentError(argument, "a shape of whole numbers, null where one is not known", size);
    }),
  };
}

function shapeFromMessage({ unknownRank, dim }: tensorboard.TensorShapeProto.$Properties): GraphShape {
  if (unknownRank) return undefined;
  return (dim ?? []).map(({ size }) => {
    const number = Number(fromInt64((size ?? 0) as Int64));
    return number < 0 ? null : number;
  });
}

function toBytes(text: string): Uint8Array {
  return new TextEncoder().encode(wellFormed(text));
}

function textOrBytes(bytes: Uint8Array): string | Uint8Array {
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    return Uint8Array.from(bytes);
  }
}
