// Graphs, encode and decode: of operations, the one of the run (tensorboard/plugins/graph/graphs_plugin.py).

import { ArgumentError } from "../errors.js";
import { checkRecord, checkText } from "./checks.js";
import type { Event } from "../wire/event.js";
import {
  decodeGraphDef,
  encodeGraphDef,
  type GraphAttribute,
  type GraphNode,
  type GraphShape,
} from "../wire/graph.js";

/** An operation, with the shapes of what it gives: TensorBoard writes them beside the edges. */
export interface OperationNode extends GraphNode {
  readonly outputShapes?: readonly GraphShape[];
}

/** Attributes that take more bytes are left out of the file; it is the size up to which TensorBoard shows them. */
export const MAX_ATTRIBUTE_BYTES = 1024;

const OUTPUT_SHAPES = "_output_shapes";

/**
 * The graph of these nodes, which an event takes as `graphDef`. Attributes of more than 1024 bytes, such as large constants, are left
 * out; TensorBoard lists their names.
 *
 * Throws an `ArgumentError` when a name is empty or there twice, when an input is no node, or when an attribute cannot be written.
 */
export function encodeGraph(nodes: readonly OperationNode[]): Uint8Array {
  if (!Array.isArray(nodes) || nodes.length === 0) {
    throw new ArgumentError("nodes", "a list of at least one node", nodes);
  }
  const names = new Set<string>();
  for (const [i, node] of (nodes as readonly OperationNode[]).entries()) {
    checkRecord(`nodes[${i}]`, node, "a node with a name and an op");
    const { name, op, inputs, outputShapes, attributes, device } = node;
    checkName(name, `nodes[${i}].name`);
    checkName(op, `nodes[${i}].op`);
    if (names.has(name)) throw new ArgumentError(`nodes[${i}].name`, "a name of one node only", name);
    names.add(name);
    if (inputs !== undefined && !Array.isArray(inputs))
      throw new ArgumentError(`nodes[${i}].inputs`, "a list of names of nodes", inputs);
    if (outputShapes !== undefined && !Array.isArray(outputShapes))
      throw new ArgumentError(`nodes[${i}].outputShapes`, "a list of shapes", outputShapes);
    if (attributes !== undefined)
      checkRecord(`nodes[${i}].attributes`, attributes, "an object of attributes by name");
    if (device !== undefined) checkText(`nodes[${i}].device`, device);
  }
  for (const [i, { inputs = [] }] of (nodes as readonly OperationNode[]).entries()) {
    for (const [j, input] of inputs.entries()) {
      if (names.has(nameOf(input))) continue;
      throw new ArgumentError(`nodes[${i}].inputs[${j}]`, "the name of a node", input);
    }
  }
  return encodeGraphDef((nodes as readonly OperationNode[]).map(withShapes), MAX_ATTRIBUTE_BYTES);
}

/** The nodes of an event's graph; `undefined` when the event has none, or one that cannot be parsed. */
export function decodeGraph({ graphDef }: Pick<Event, "graphDef">): OperationNode[] | undefined {
  if (graphDef === undefined) return undefined;
  try {
    return decodeGraphDef(graphDef).map(withoutShapes);
  } catch {
    return undefined;
  }
}

/** The node that an input comes from. */
function nameOf(input: string): string {
  return typeof input === "string" ? input.replace(/^\^/, "").replace(/:\d+$/, "") : "";
}

function withShapes({ outputShapes, ...node }: OperationNode): GraphNode {
  if (outputShapes === undefined) return node;
  const shapes = Array.from(outputShapes, (shape) => ({ shape }));
  return { ...node, attributes: { ...node.attributes, [OUTPUT_SHAPES]: shapes } };
}

function withoutShapes(node: GraphNode): OperationNode {
  const { [OUTPUT_SHAPES]: found, ...attributes } = node.attributes ?? {};
  const outputShapes = shapesOf(found);
  if (outputShapes === undefined) return node;
  const { attributes: _, ...rest } = node;
  return { ...rest, ...(Object.keys(attributes).length > 0 && { attributes }), outputShapes };
}

function shapesOf(attribute: GraphAttribute | undefined): GraphShape[] | undefined {
  if (!Array.isArray(attribute)) return undefined;
  const shapes = (attribute as readonly object[]).flatMap((value) =>
    typeof value === "object" && "shape" in value ? [value.shape as GraphShape] : [],
  );
  return shapes.length === attribute.length ? shapes : undefined;
}

function checkName(name: unknown, argument: string): void {
  if (typeof name !== "string" || name === "") {
    throw new ArgumentError(argument, "a string that is not empty", name);
  }
  checkText(argument, name);
}
