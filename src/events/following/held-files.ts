// Files that are held open between two looks at them, so that what is written before they are deleted is not lost; not too many.

/** Something that holds a file open. */
export interface Holder {
  /** Whether it must not be closed now. */
  readonly isNeeded: boolean;
  /** Closes it. */
  release(): void;
}

/** The last ones that were in use. */
export class HeldFiles {
  readonly #most: number;
  readonly #holders = new Set<Holder>();

  /** `most` files are held at once. */
  constructor(most: number) {
    this.#most = most;
  }

  /** How many there are. */
  get count(): number {
    return this.#holders.size;
  }

  /** It is in use now. The one that was not for the longest time is closed if there are too many. */
  use(holder: Holder): void {
    this.#holders.delete(holder);
    this.#holders.add(holder);
    if (this.#holders.size <= this.#most) return;
    for (const one of this.#holders) {
      if (one === holder || one.isNeeded) continue;
      one.release();
      return;
    }
  }

  /** It has closed its file. */
  forget(holder: Holder): void {
    this.#holders.delete(holder);
  }
}
