// Functions of one number that the tape knows, each with its derivative.

/** `value`, and `slope` from the argument `a` and the value `y`, whichever is cheaper. */
export interface UnaryFunction {
  value(a: number): number;
  slope(a: number, y: number): number;
}

/** By name; the slopes at the kinks of `abs` and `relu` are torch's. */
export const UNARY = {
  exp: { value: Math.exp, slope: (_a, y) => y },
  log: { value: Math.log, slope: (a) => 1 / a },
  sqrt: { value: Math.sqrt, slope: (_a, y) => 0.5 / y },
  sin: { value: Math.sin, slope: (a) => Math.cos(a) },
  cos: { value: Math.cos, slope: (a) => -Math.sin(a) },
  tanh: { value: Math.tanh, slope: (_a, y) => 1 - y * y },
  sigmoid: { value: (a) => 1 / (1 + Math.exp(-a)), slope: (_a, y) => y * (1 - y) },
  logSigmoid: {
    value: (a) => Math.min(0, a) - Math.log1p(Math.exp(-Math.abs(a))),
    slope: (a) => 1 / (1 + Math.exp(a)),
  },
  relu: { value: (a) => (a > 0 ? a : a === a ? 0 : a), slope: (a) => (a > 0 ? 1 : 0) },
  abs: { value: Math.abs, slope: (a) => Math.sign(a) },
} as const satisfies Record<string, UnaryFunction>;

/** The name of a function in `UNARY`. */
export type UnaryName = keyof typeof UNARY;

/** The functions in a fixed order, so that a node can name one by a number. */
export const UNARY_LIST: readonly UnaryFunction[] = Object.values(UNARY);
export const UNARY_NAMES = Object.keys(UNARY) as readonly UnaryName[];
export const UNARY_INDEX = Object.fromEntries(Object.keys(UNARY).map((name, i) => [name, i])) as Record<
  UnaryName,
  number
>;
