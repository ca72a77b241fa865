// Says in an error where it was thrown, so that whoever reads the log of a long run knows what to look at.

import { CallbackError, CheckpointError, LogdirError, WriteError } from "../errors.js";
import type { State } from "./state.js";

const placed = new WeakSet<Error>();

/**
 * `error` with the place at the end of its message: `… (thrown by EarlyStopping at onEndEpoch, epoch 3, batch 20)`. It stays the error that it
 * was, of its class and code, so that a program can still tell it; only what is no `Error` becomes a `CallbackError`. The first place stays.
 * What is wrong with a file or directory has its place already, and is left as it is.
 */
export function withPlace(error: unknown, what: string, where: string, { epoch, batch }: State): Error {
  const named = error instanceof Error ? error : new CallbackError(error);
  if (placed.has(named) || isAboutFile(named)) return named;
  placed.add(named);
  const message = `${named.message} (thrown by ${what} at ${where}, epoch ${epoch}, batch ${batch})`;
  try {
    // The stack begins with the message that the error was made with, and is what Node prints.
    const stack = named.stack?.replace(named.message, () => message);
    for (const [key, value] of Object.entries({ message, stack })) {
      Object.defineProperty(named, key, { value, configurable: true, writable: true, enumerable: false });
    }
  } catch {
    // A frozen error goes on as it is.
  }
  return named;
}

function isAboutFile(error: Error): boolean {
  return error instanceof WriteError || error instanceof LogdirError || error instanceof CheckpointError;
}
