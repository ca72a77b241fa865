// Powers of a number below 1, made a factor a step: a power computed anew costs more than the rest of a step.

/**
 * `p`, or 0 in its place when it is below 1e-300. So small a power changes nothing any more, and as a subnormal number it would make every
 * further step slow.
 */
export function power(p: number): number {
  return p < 1e-300 ? 0 : p;
}
