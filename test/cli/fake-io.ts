// `tnl` inside of a test: what it writes is kept, and its signals are the test's.
import { EventEmitter } from "node:events";
import { main } from "../../src/cli/main.js";
import type { Io } from "../../src/cli/io.js";

/** What `tnl` did. */
export interface Outcome {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** An `Io` that keeps what is written. `exit` only notes the code: a test's process goes on. */
export class FakeIo implements Io {
  readonly written = { stdout: "", stderr: "" };
  readonly exits: number[] = [];
  readonly signals = new EventEmitter();
  readonly env: Record<string, string | undefined>;
  readonly stdout = { write: (text: string) => void (this.written.stdout += text) };
  readonly stderr = { write: (text: string) => void (this.written.stderr += text) };

  constructor(env: Record<string, string | undefined> = {}) {
    this.env = env;
  }

  exit(code: number): never {
    this.exits.push(code);
    throw new Error(`The process ends with ${code}`);
  }
}

/** One whose signal comes as soon as somebody listens. */
export class SignalledIo extends FakeIo {
  constructor(signal: "SIGINT" | "SIGTERM") {
    super();
    this.signals.on("newListener", (name) => {
      if (name === signal) process.nextTick(() => this.signals.emit(signal, signal));
    });
  }
}

/** Runs `tnl` with these arguments in this process. */
export async function tnl(argv: readonly string[], io = new FakeIo()): Promise<Outcome> {
  const code = await main(argv, io);
  return { code, ...io.written };
}
