// A stream that shows what a terminal would: it obeys the few escape sequences that we write and refuses all others.
import { Writable } from "node:stream";

/** Stands in for `process.stderr`. */
export class FakeTerminal extends Writable {
  readonly isTTY: boolean;
  columns: number;
  rows: number;
  /** All that was written. */
  written = "";
  /** Calls of `write`. */
  writes = 0;
  readonly #lines: string[][] = [[]];
  #x = 0;
  #y = 0;

  constructor(options: { isTTY: boolean; columns?: number; rows?: number }) {
    super({ decodeStrings: false });
    this.isTTY = options.isTTY;
    this.columns = options.columns ?? 80;
    this.rows = options.rows ?? 24;
  }

  /** Where the code under test wants the real class. */
  get stream(): NodeJS.WriteStream {
    return this as unknown as NodeJS.WriteStream;
  }

  /** The lines on the screen and those that have scrolled off it, without blanks at their ends. */
  get screen(): string[] {
    return this.#lines.map((line) => line.join("").trimEnd());
  }

  hasColors(): boolean {
    return false;
  }

  override _write(chunk: string, _encoding: string, done: () => void): void {
    this.written += chunk;
    this.writes += 1;
    // oxlint-disable-next-line no-control-regex -- escape sequences begin with a control character
    for (const token of chunk.match(/\x1b\[[0-9;?]*[A-Za-z]|\x1b.|[^]/gu) ?? []) this.#obey(token);
    done();
  }

  #obey(token: string): void {
    if (token === "\n") {
      this.#x = 0;
      this.#y += 1;
      if (this.#y === this.#lines.length) this.#lines.push([]);
    } else if (token === "\r") this.#x = 0;
    else if (token.startsWith("\x1b")) this.#move(token);
    else this.#print(token);
  }

  #print(character: string): void {
    if (this.isTTY && this.#x === this.columns)
      throw new Error(`wrote past the last column: ${this.#lines[this.#y]?.join("")}`);
    const line = this.#lines[this.#y]!;
    while (line.length < this.#x) line.push(" ");
    line[this.#x] = character;
    this.#x += 1;
  }

  #move(sequence: string): void {
    const count = Number.parseInt(sequence.slice(2), 10);
    const kind = sequence.at(-1);
    if (kind === "A") {
      // No terminal goes above its first row.
      this.#y = Math.max(this.#y - count, this.#lines.length - this.rows, 0);
    } else if (kind === "G") this.#x = count - 1;
    else if (kind === "K") this.#lines[this.#y]!.length = Math.min(this.#lines[this.#y]!.length, this.#x);
    else if (kind === "J") {
      this.#lines[this.#y]!.length = Math.min(this.#lines[this.#y]!.length, this.#x);
      this.#lines.length = this.#y + 1;
    } else throw new Error(`unexpected escape sequence ${JSON.stringify(sequence)}`);
  }
}
