// A TensorBoard that is open all the time: it has read every event that it ever found, in files that are gone too.
import type { Event } from "../../src/wire/event.js";
import { eventFilesIn, readEventFile } from "./events.js";
import { byPythonRule, byRustRule, type Curves } from "./loader-rules.js";

/** Follows a run by looking at its files again and again. */
export class OpenLoader {
  readonly #dir: string;
  readonly #read = new Map<string, number>();
  readonly #events: Event[] = [];

  constructor(dir: string) {
    this.#dir = dir;
  }

  /** Reads what is new, in the order of the files. */
  look(): void {
    for (const path of eventFilesIn(this.#dir)) {
      const { events } = readEventFile(path);
      this.#events.push(...events.slice(this.#read.get(path) ?? 0));
      this.#read.set(path, events.length);
    }
  }

  /** What the data server shows now. */
  get rust(): Curves {
    return byRustRule([this.#events]);
  }

  /** What the Python loader shows now. */
  get python(): Curves {
    return byPythonRule([this.#events]);
  }
}
