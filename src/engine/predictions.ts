// Gathers what a model predicts (torchbearer/callbacks/aggregate_predictions.py).

/** Predictions one after the other, as one array. */
export class Predictions {
  readonly #parts: Float64Array[] = [];

  /** Copies what a step predicted. */
  add(prediction: number | Float64Array): void {
    this.#parts.push(typeof prediction === "number" ? Float64Array.of(prediction) : prediction.slice());
  }

  /** All of them. */
  all(): Float64Array {
    const all = new Float64Array(this.#parts.reduce((sum, part) => sum + part.length, 0));
    let at = 0;
    for (const part of this.#parts) {
      all.set(part, at);
      at += part.length;
    }
    return all;
  }
}
