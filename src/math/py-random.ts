// Python's random numbers, so that a seeded experiment draws the same ones here and there.

import { ArgumentError } from "../errors.js";

const N = 624;
const M = 397;

/** Where a `PyRandom` is. */
export interface PyRandomState {
  readonly words: Uint32Array;
  readonly index: number;
}

/**
 * The generator behind Python's `random` module: MT19937 (Matsumoto and Nishimura, 1998), seeded as `random.seed(int)` does and read
 * as `random.random()` does (CPython, Modules/_randommodule.c).
 */
export class PyRandom {
  readonly #state = new Uint32Array(N);
  #index = N;

  /** `seed`: an integer; its absolute value is used, as in Python. Throws an `ArgumentError` for a number that is no integer. */
  constructor(seed: number | bigint) {
    if (typeof seed === "number" && !Number.isInteger(seed))
      throw new ArgumentError("seed", "an integer", seed);
    this.#seedByArray(words(BigInt(seed)));
  }

  /** A number in [0, 1) with 53 random bits. */
  random(): number {
    const high = this.#next() >>> 5;
    const low = this.#next() >>> 6;
    return (high * 67108864 + low) / 9007199254740992;
  }

  /** Where the generator is. */
  stateDict(): PyRandomState {
    return { words: this.#state.slice(), index: this.#index };
  }

  /** Goes on where another one was. Throws an `ArgumentError` for what is no such state. */
  loadStateDict({ words: state, index }: PyRandomState): void {
    if (!(state instanceof Uint32Array) || state.length !== N)
      throw new ArgumentError("words", `${N} words of 32 bits`, state);
    if (!Number.isSafeInteger(index) || index < 0 || index > N)
      throw new ArgumentError("index", `an integer from 0 to ${N}`, index);
    this.#state.set(state);
    this.#index = index;
  }

  #next(): number {
    if (this.#index >= N) this.#refill();
    let y = this.#state[this.#index++]!;
    y ^= y >>> 11;
    y ^= (y << 7) & 0x9d2c5680;
    y ^= (y << 15) & 0xefc60000;
    return y ^ (y >>> 18);
  }

  #refill(): void {
    const state = this.#state;
    for (let i = 0; i < N; i++) {
      const y = (state[i]! & 0x80000000) | (state[(i + 1) % N]! & 0x7fffffff);
      state[i] = state[(i + M) % N]! ^ (y >>> 1) ^ (y & 1 ? 0x9908b0df : 0);
    }
    this.#index = 0;
  }

  // init_by_array of the reference implementation.
  #seedByArray(key: readonly number[]): void {
    const state = this.#state;
    state[0] = 19650218;
    for (let i = 1; i < N; i++) state[i] = Math.imul(state[i - 1]! ^ (state[i - 1]! >>> 30), 1812433253) + i;
    let i = 1;
    let j = 0;
    for (let k = Math.max(N, key.length); k > 0; k--) {
      state[i] = (state[i]! ^ Math.imul(state[i - 1]! ^ (state[i - 1]! >>> 30), 1664525)) + key[j]! + j;
      if (++i >= N) {
        state[0] = state[N - 1]!;
        i = 1;
      }
      if (++j >= key.length) j = 0;
    }
    for (let k = N - 1; k > 0; k--) {
      state[i] = (state[i]! ^ Math.imul(state[i - 1]! ^ (state[i - 1]! >>> 30), 1566083941)) - i;
      if (++i >= N) {
        state[0] = state[N - 1]!;
        i = 1;
      }
    }
    state[0] = 0x80000000;
  }
}

// The absolute value in 32-bit words, least first; zero is one word.
function words(seed: bigint): number[] {
  let rest = seed < 0n ? -seed : seed;
  const result: number[] = [];
  do {
    result.push(Number(rest & 0xffffffffn));
    rest >>= 32n;
  } while (rest > 0n);
  return result;
}
