// What the program log-bounded.ts logs, so that a test knows it.

/** Steps between two spikes; each is somewhere in the first half of its stretch. */
const STRETCH = 30_000;

/** Whether `loss` has a spike at `step`. */
export function isSpike(step: number): boolean {
  const stretch = Math.floor(step / STRETCH);
  return step - stretch * STRETCH === (stretch * 7919 + 1234) % (STRETCH / 2);
}

/** The steps of all spikes before `count`. */
export function spikesBefore(count: number): number[] {
  const steps: number[] = [];
  for (let step = 0; step < count; step++) if (isSpike(step)) steps.push(step);
  return steps;
}

/** The value of `loss`. */
export function lossAt(step: number): number {
  return isSpike(step) ? 100 + (step % 7) : Math.sin(step / 5000) + ((step * 31) % 101) / 1000;
}

/** The value of `rare`, which is logged at every thousandth step. */
export function rareAt(step: number): number {
  return Math.sqrt(step);
}
