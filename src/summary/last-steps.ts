// The step of a value that is logged without one.

/** Keeps the last step of each tag in a session of a run, and tells the next one. */
export class LastSteps {
  readonly #cells = new Map<string, Float64Array>();
  readonly #firstStep: number | undefined;
  readonly #readEarlier: () => ReadonlyMap<string, number>;
  #earlier: ReadonlyMap<string, number> | undefined;

  /** `firstStep` of a session that says where it begins; else `readEarlier` gives the highest step of each tag in earlier sessions. */
  constructor(firstStep: number | undefined, readEarlier: () => ReadonlyMap<string, number>) {
    this.#firstStep = firstStep;
    this.#readEarlier = readEarlier;
  }

  /** Holds the tag's last step; NaN before the first one. Whoever logs under the tag writes it. */
  cell(tag: string): Float64Array {
    const known = this.#cells.get(tag);
    if (known !== undefined) return known;
    const cell = Float64Array.of(Number.NaN);
    this.#cells.set(tag, cell);
    return cell;
  }

  /** One more than the tag's last step; for its first one in this session, one more than its highest in earlier ones; else 0. */
  next(tag: string): number {
    const last = this.cell(tag)[0]!;
    if (!Number.isNaN(last)) return last + 1;
    if (this.#firstStep !== undefined) return this.#firstStep;
    this.#earlier ??= this.#readEarlier();
    return (this.#earlier.get(tag) ?? -1) + 1;
  }
}
