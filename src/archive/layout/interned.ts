// Numbers for what comes again and again.

/** Strings by number, in the order in which they came. */
export class Names {
  readonly list: string[] = [];
  readonly #numbers = new Map<string, number>();

  numberOf(name: string): number {
    let number = this.#numbers.get(name);
    if (number === undefined) {
      number = this.list.push(name) - 1;
      this.#numbers.set(name, number);
    }
    return number;
  }
}

/** Bytes by number, in the order in which they came. */
export class Layouts {
  readonly list: Uint8Array[] = [];
  readonly #numbers = new Map<string, number>();

  clear(): void {
    this.list.length = 0;
    this.#numbers.clear();
  }

  /** `layout` is kept as it is. */
  numberOf(layout: Uint8Array): number {
    const key = Buffer.from(layout.buffer, layout.byteOffset, layout.length).toString("latin1");
    let number = this.#numbers.get(key);
    if (number === undefined) {
      number = this.list.push(layout) - 1;
      this.#numbers.set(key, number);
    }
    return number;
  }
}
