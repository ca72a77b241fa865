// The gradients that scripts/generate-optimizer-fixtures.py gives the optimizers of other programs, in the same arithmetic.

/** `steps` rows: noise, one sign, mostly 0, large and tiny, alternating, and 0 in the first thousand steps. */
export function mixedGradients(steps: number): number[][] {
  let state = 1;
  const uniform = (): number => {
    state = (Math.imul(1664525, state) + 1013904223) >>> 0;
    return state / 2 ** 32;
  };
  return Array.from({ length: steps }, (_, step) => {
    const noise = uniform() - 0.5;
    const oneSign = uniform() + 0.5;
    const rare = uniform();
    const size = Math.floor(uniform() * 61) - 40;
    const largeOrTiny = (uniform() - 0.5) * 2 ** size;
    const alternating = (1 + uniform()) * (step % 2 === 0 ? 1 : -1);
    const late = uniform() - 0.25;
    return [
      noise,
      oneSign,
      rare > 0.9 ? (rare - 0.95) * 64 : 0,
      largeOrTiny,
      alternating,
      step >= 1000 ? late : 0,
    ];
  });
}

/** The slope of the online problem of "On the Convergence of Adam and Beyond" at a step, counted from 0. */
export function onlineGradient(step: number): number {
  return step % 101 === 1 ? 1010 : -10;
}
