// The graph of a training's step, as TensorBoard draws it.

import type { OperationNode } from "../../summary/graph.js";
import type { Parameter } from "../parameter.js";
import type { State } from "../state.js";
import type { TapeNode } from "../tape-nodes.js";

/**
 * What the last step has computed: the model with its parameters, the criterion, the loss. A model that has its own gradient is one node. Only what the
 * loss was made from is in it, and all parameters.
 */
export function graphOf(state: State): OperationNode[] {
  const { model, criterion } = state;
  const { nodes, prediction, loss, isOwn } = state.computation() ?? NOTHING;
  const graph = new Graph();
  const scope = model.name;
  const named = model.namedParameters();
  const parameters = new Map<Parameter, string>();
  for (const [name, parameter] of named) {
    const node = { op: "Parameter", inputs: [], shape: parameter.shape };
    parameters.set(parameter, graph.add(`${scope}/${name.replaceAll(".", "/")}`, node));
  }
  const own = (): string =>
    graph.add(`${scope}/gradient`, { op: "Gradient", inputs: [...parameters.values()] });
  let last: string;
  if (loss === undefined || prediction === undefined) last = own();
  else {
    // One that has the loss's name would hide it.
    const second = ["", "loss"].includes(criterion?.name ?? "") ? "criterion" : criterion!.name;
    const names = new Map<number, string>();
    for (const i of ancestors(nodes, loss)) {
      const { op, parameter, inputs, ...rest } = nodes[i]!;
      const known = parameter && parameters.get(parameter);
      const isOfModel = i <= prediction;
      if (known !== undefined) names.set(i, known);
      else if (isOwn && i === prediction) names.set(i, own());
      else {
        const name = `${isOfModel ? scope : second}/${op}`;
        names.set(i, graph.add(name, { op, inputs: inputs.map((input) => names.get(input)!), ...rest }));
      }
    }
    last = names.get(loss)!;
  }
  graph.add("loss", { op: "Loss", inputs: [last], shape: [] });
  return graph.nodes;
}

const NOTHING = { nodes: [], prediction: undefined, loss: undefined, isOwn: true };

class Graph {
  readonly nodes: OperationNode[] = [];
  readonly #names = new Set<string>();

  /** Adds a node of that name, or with a number behind it if there is one; gives the name. */
  add(
    wanted: string,
    {
      op,
      inputs,
      shape = [],
      constant,
    }: Pick<TapeNode, "op" | "constant"> & { inputs: readonly string[]; shape?: readonly number[] },
  ): string {
    let name = wanted;
    for (let k = 1; this.#names.has(name); k++) name = `${wanted}_${k}`;
    this.#names.add(name);
    const attributes = constant === undefined ? {} : { attributes: { constant } };
    this.nodes.push({ name, op, inputs, outputShapes: [[...shape]], ...attributes });
    return name;
  }
}

// The places of what a node was made from and its own, in the order of the tape.
function ancestors(nodes: readonly TapeNode[], last: number): number[] {
  const found = new Set([last]);
  for (let i = last; i >= 0; i--) {
    if (found.has(i)) for (const input of nodes[i]!.inputs) found.add(input);
  }
  return [...found].toSorted((a, b) => a - b);
}
