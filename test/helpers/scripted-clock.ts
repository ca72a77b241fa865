// A clock that goes when the test says so, forwards and backwards.

/** Milliseconds since 1970, as `Date.now`; call it to read it. */
export interface ScriptedClock {
  (): number;
  /** Moves it by so many milliseconds; negative ones move it back. */
  advance(ms: number): void;
  /** How often it was read. */
  readonly reads: number;
}

/** A clock that stands at `start` until it is moved. */
export function scriptedClock(start = 1_700_000_000_000): ScriptedClock {
  let now = start;
  let reads = 0;
  const clock = (): number => {
    reads++;
    return now;
  };
  return Object.defineProperty(
    Object.assign(clock, {
      advance: (ms: number) => {
        now += ms;
      },
    }),
    "reads",
    { get: () => reads },
  ) as unknown as ScriptedClock;
}
