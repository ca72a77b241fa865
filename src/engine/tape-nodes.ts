// What stands on a tape, for those who tell of it.

import { ADD, ADD_CONSTANT, DIV, DIV_CONSTANT, MUL, MUL_CONSTANT, POW, SUB } from "./elementwise.js";
import type { Parameter } from "./parameter.js";
import { AT, CONSTANT, LEAF, LINEAR, LOG_SOFTMAX, NLL, SUM, UNARY, type Tape } from "./tape.js";
import { UNARY_NAMES } from "./unary.js";

/** A node of a tape. */
export interface TapeNode {
  /** What made it: `Add`, `Linear`, `Tanh`; `Parameter`, and `Data` for what is not trained. */
  readonly op: string;
  /** The places of the nodes it was made from. */
  readonly inputs: readonly number[];
  readonly shape: readonly number[];
  readonly parameter?: Parameter;
  /** The number that it was made with, such as an exponent. */
  readonly constant?: number;
}

/** A node as the tape has it. */
export interface StoredNode {
  readonly op: number;
  readonly left: number;
  readonly right: number;
  readonly constant: number;
  readonly shape: readonly number[];
  readonly parameter: Parameter | undefined;
}

/** What a step has computed. */
export interface Computation {
  /** In the order in which they were made. */
  readonly nodes: readonly TapeNode[];
  /** The place of the prediction; undefined where a model has its own gradient and no criterion goes on from there. */
  readonly prediction: number | undefined;
  /** The place of the loss, if the tape has it. */
  readonly loss: number | undefined;
  /** Whether the model computed the prediction without the tape. */
  readonly isOwn: boolean;
}

const NAMES: Readonly<Record<number, string>> = {
  [LEAF]: "Parameter",
  [CONSTANT]: "Data",
  [ADD]: "Add",
  [SUB]: "Sub",
  [MUL]: "Mul",
  [DIV]: "Div",
  [ADD_CONSTANT]: "Add",
  [MUL_CONSTANT]: "Mul",
  [DIV_CONSTANT]: "Div",
  [POW]: "Pow",
  [SUM]: "Sum",
  [AT]: "At",
  [LINEAR]: "Linear",
  [LOG_SOFTMAX]: "LogSoftmax",
  [NLL]: "NLL",
};

/** Every node of the tape. */
export function nodesOf(tape: Tape): TapeNode[] {
  return tape.stored().map(toNode);
}

function toNode({ op, left, right, constant, shape, parameter }: StoredNode): TapeNode {
  switch (op) {
    case LEAF:
    case CONSTANT:
      return { op: NAMES[op]!, inputs: [], shape, ...(parameter && { parameter }) };
    case ADD:
    case SUB:
    case MUL:
    case DIV:
    case NLL:
      return { op: NAMES[op]!, inputs: [left, right], shape };
    case LINEAR:
      // Its bias stands where others have a number.
      return { op: NAMES[op]!, inputs: [left, right, ...(constant < 0 ? [] : [constant])], shape };
    case UNARY:
      return { op: capitalized(UNARY_NAMES[right]!), inputs: [left], shape };
    case AT:
      return { op: NAMES[op]!, inputs: [left], shape, constant: right };
    case SUM:
    case LOG_SOFTMAX:
      return { op: NAMES[op]!, inputs: [left], shape };
    default:
      return { op: NAMES[op]!, inputs: [left], shape, constant };
  }
}

function capitalized(name: string): string {
  return name.charAt(0).toUpperCase() + name.slice(1);
}
