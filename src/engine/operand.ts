// The arithmetic that a model's forward function is written in.

import type { Var } from "./var.js";

/**
 * Something that can be computed with in `forward`: a scalar, a vector or a matrix. Operations are elementwise; a scalar goes with anything,
 * else both have one shape.
 * Each gives a new node on the tape of the running step, valid until that step ends.
 */
export abstract class Operand {
  /** The node it stands for. */
  abstract node(): Var;

  add(other: Operand | number): Var {
    const a = this.node();
    return typeof other === "number" ? a.tape.addConstant(a, other) : a.tape.add(a, other.node());
  }

  sub(other: Operand | number): Var {
    const a = this.node();
    return typeof other === "number" ? a.tape.addConstant(a, -other) : a.tape.sub(a, other.node());
  }

  mul(other: Operand | number): Var {
    const a = this.node();
    return typeof other === "number" ? a.tape.mulConstant(a, other) : a.tape.mul(a, other.node());
  }

  div(other: Operand | number): Var {
    const a = this.node();
    return typeof other === "number" ? a.tape.divConstant(a, other) : a.tape.div(a, other.node());
  }

  neg(): Var {
    return this.mul(-1);
  }

  /** To a constant power. */
  pow(exponent: number): Var {
    const a = this.node();
    return a.tape.pow(a, exponent);
  }

  exp(): Var {
    const a = this.node();
    return a.tape.unary("exp", a);
  }

  /** Natural logarithm. */
  log(): Var {
    const a = this.node();
    return a.tape.unary("log", a);
  }

  sqrt(): Var {
    const a = this.node();
    return a.tape.unary("sqrt", a);
  }

  sin(): Var {
    const a = this.node();
    return a.tape.unary("sin", a);
  }

  cos(): Var {
    const a = this.node();
    return a.tape.unary("cos", a);
  }

  tanh(): Var {
    const a = this.node();
    return a.tape.unary("tanh", a);
  }

  sigmoid(): Var {
    const a = this.node();
    return a.tape.unary("sigmoid", a);
  }

  /** The logarithm of `sigmoid`, without its loss of precision far from 0. */
  logSigmoid(): Var {
    const a = this.node();
    return a.tape.unary("logSigmoid", a);
  }

  /** The derivative at 0 is 0, as in torch. */
  relu(): Var {
    const a = this.node();
    return a.tape.unary("relu", a);
  }

  /** The derivative at 0 is 0, as in torch. */
  abs(): Var {
    const a = this.node();
    return a.tape.unary("abs", a);
  }

  /** The logarithm of the softmax of each row's columns: their logarithmic probabilities. A vector is one row. */
  logSoftmax(): Var {
    const a = this.node();
    return a.tape.logSoftmax(a);
  }

  /** The sum of the elements, a scalar. */
  sum(): Var {
    const a = this.node();
    return a.tape.sum(a);
  }

  /** The mean of the elements, a scalar. */
  mean(): Var {
    const a = this.node();
    return a.tape.divConstant(a.tape.sum(a), a.length);
  }

  /** The inner product with a vector of the same length, a scalar. */
  dot(other: Operand): Var {
    return this.mul(other).sum();
  }

  /** Element `index`, counted row by row, a scalar. */
  at(index: number): Var {
    const a = this.node();
    return a.tape.at(a, index);
  }
}
