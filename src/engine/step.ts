// One step of a model: prediction, loss, gradients.

import { ArgumentError } from "../errors.js";
import { loss, type Criterion } from "./criterion.js";
import { withPlace } from "./error-place.js";
import type { Model } from "./model.js";
import type { Operand } from "./operand.js";
import type { Optimizer } from "./optim/optimizer.js";
import type { Parameter } from "./parameter.js";
import type { State } from "./state.js";
import { nodesOf, type Computation } from "./tape-nodes.js";
import { Tape } from "./tape.js";
import type { Var } from "./var.js";

/**
 * Computes a step in three calls, between which the hooks are called: `forward`, `criterion`, `backward`. What leaves the tape is a
 * number in the state.
 */
export interface Step {
  forward(state: State): void;
  criterion(state: State): void;
  backward(): void;
  /** What was computed, for drawing. */
  computation(): Computation;
}

/** The step of a model in training; it takes the model's own gradient if there is one. */
export function trainingStep(
  model: Model,
  criterion: Criterion | undefined,
  optimizer: Optimizer | undefined,
): Step {
  return model.gradient === undefined
    ? new TapeStep(model, criterion, optimizer)
    : new OwnGradientStep(model as ModelWithGradient, criterion);
}

/** The step of a model in validation: no gradients. */
export function validationStep(model: Model, criterion: Criterion | undefined): Step {
  return new TapeStep(model, criterion, undefined);
}

function lossOf(criterion: Criterion | undefined, prediction: Var, yTrue: unknown): Var {
  const node = criterion === undefined ? prediction : nodeOf("criterion", criterion(prediction, yTrue));
  if (node.length === 1) return node;
  throw new ArgumentError("loss", "a scalar", undefined, `${node.length} numbers`);
}

// What a user's function returns, which no compiler has seen.
function nodeOf(argument: string, result: unknown): Var {
  if (typeof (result as Operand | undefined)?.node === "function") return (result as Operand).node();
  const expected = "a function that returns what is computed from its arguments and from parameters";
  throw new ArgumentError(argument, expected, result);
}

function placeOf(criterion: Criterion | undefined): string {
  return criterion === undefined ? "the loss" : "the criterion";
}

class TapeStep implements Step {
  readonly #tape = new Tape();
  readonly #model: Model;
  readonly #criterion: Criterion | undefined;
  readonly #optimizer: Optimizer | undefined;
  #prediction: Var | undefined;
  #loss: Var | undefined;

  constructor(model: Model, criterion: Criterion | undefined, optimizer: Optimizer | undefined) {
    this.#model = model;
    this.#criterion = criterion;
    this.#optimizer = optimizer;
  }

  forward(state: State): void {
    const tape = this.#tape;
    tape.reset();
    tape.activate();
    try {
      const prediction = nodeOf(`${this.#model.name}.forward`, this.#model.forward(state.x, state));
      this.#prediction = prediction;
      state.setPrediction(prediction);
    } catch (error) {
      throw withPlace(error, `${this.#model.name}.forward`, "a step", state);
    } finally {
      tape.deactivate();
    }
  }

  criterion(state: State): void {
    const tape = this.#tape;
    const prediction = this.#prediction!;
    tape.activate();
    try {
      this.#loss = lossOf(this.#criterion, prediction, state.yTrue);
      tape.copyItem(this.#loss, state.values);
    } catch (error) {
      throw withPlace(error, placeOf(this.#criterion), "a step", state);
    } finally {
      tape.deactivate();
    }
  }

  backward(): void {
    this.#optimizer?.zeroGrad();
    this.#tape.backward(this.#loss!);
  }

  computation(): Computation {
    return {
      nodes: nodesOf(this.#tape),
      prediction: this.#prediction?.index,
      loss: this.#loss?.index,
      isOwn: false,
    };
  }
}

type ModelWithGradient = Model & Required<Pick<Model, "gradient">>;

/** The model gives its value and derivative; a criterion, if it does anything, is differentiated on a tape of its own. */
class OwnGradientStep implements Step {
  readonly #tape = new Tape();
  readonly #model: ModelWithGradient;
  readonly #criterion: Criterion | undefined;
  readonly #parameters: readonly Parameter[];
  readonly #own: readonly Float64Array[];
  #prediction: Var | undefined;
  #loss: Var | undefined;

  constructor(model: ModelWithGradient, criterion: Criterion | undefined) {
    this.#model = model;
    // By far the most frequent one, and it does nothing.
    this.#criterion = criterion === loss ? undefined : criterion;
    this.#parameters = model.parameters();
    this.#own = this.#parameters.map(({ grad }) => new Float64Array(grad.length));
  }

  forward(state: State): void {
    try {
      this.#model.gradient(state.x, state);
    } catch (error) {
      throw withPlace(error, `${this.#model.name}.gradient`, "a step", state);
    }
  }

  criterion(state: State): void {
    if (this.#criterion === undefined) {
      state.values[0] = state.prediction[0]!;
      return;
    }
    const tape = this.#tape;
    const prediction = tape.restart(state.prediction);
    tape.activate();
    let loss: Var;
    try {
      loss = lossOf(this.#criterion, prediction, state.yTrue);
    } catch (error) {
      throw withPlace(error, placeOf(this.#criterion), "a step", state);
    } finally {
      tape.deactivate();
    }
    this.#prediction = prediction;
    this.#loss = loss;
    state.values[0] = loss === prediction ? state.prediction[0]! : loss.item();
  }

  backward(): void {
    if (this.#loss === this.#prediction) return;
    // The criterion may compute with parameters too (a penalty): their gradients come from the tape.
    const parameters = this.#parameters;
    for (let p = 0; p < parameters.length; p++) {
      const { grad } = parameters[p]!;
      const own = this.#own[p]!;
      for (let i = 0; i < grad.length; i++) {
        own[i] = grad[i]!;
        grad[i] = 0;
      }
    }
    this.#tape.backward(this.#loss!);
    const factor = this.#tape.gradOf(this.#prediction!);
    for (let p = 0; p < parameters.length; p++) {
      const { grad } = parameters[p]!;
      const own = this.#own[p]!;
      for (let i = 0; i < grad.length; i++) grad[i]! += own[i]! * factor;
    }
  }
  computation(): Computation {
    return {
      nodes: nodesOf(this.#tape),
      prediction: this.#prediction?.index,
      loss: this.#loss?.index,
      isOwn: true,
    };
  }
}
