// The writers that are open in this process, so that a normal end of it loses nothing.

/** What this module needs of a writer. */
interface Closable {
  closeSync(): void;
}

const open = new Set<Closable>();
const outer = new Set<Closable>();
let listening = false;

/** Closes `writer` when the process exits, unless it is removed before; one that writes to others (`isOuter`) before all that are not. */
export function addOpenWriter(writer: Closable, isOuter = false): void {
  (isOuter ? outer : open).add(writer);
  // The only listener this package adds by itself: signals and exceptions belong to the program.
  if (!listening) process.on("exit", closeAllAtExit);
  listening = true;
}

/** Forgets a writer that was closed. */
export function removeOpenWriter(writer: Closable): void {
  open.delete(writer);
  outer.delete(writer);
}

/** Closes every open writer of this process (of this worker thread). Throws the first error after trying all. */
export function closeAllWriters(): void {
  const errors: unknown[] = [];
  for (const writer of [...outer, ...open]) {
    try {
      writer.closeSync();
    } catch (error) {
      errors.push(error);
    }
  }
  if (errors.length > 0) throw errors[0];
}

/**
 * Installs listeners that close every open writer on these signals, then lets the signal end the process as it would have.
 * For programs without a signal handler of their own; returns a function that removes the listeners.
 */
export function closeOnSignals(signals: readonly NodeJS.Signals[] = ["SIGINT", "SIGTERM"]): () => void {
  const onSignal = (signal: NodeJS.Signals): void => {
    remove();
    try {
      closeAllWriters();
    } catch (error) {
      report(error);
    }
    // With our listener gone the default action is back, unless the program has a listener too: then the end is its decision.
    if (process.listenerCount(signal) === 0) process.kill(process.pid, signal);
  };
  const remove = (): void => {
    for (const signal of signals) process.removeListener(signal, onSignal);
  };
  for (const signal of signals) process.on(signal, onSignal);
  return remove;
}

function closeAllAtExit(): void {
  try {
    closeAllWriters();
  } catch (error) {
    report(error);
    // An exit that lost events is no success.
    process.exitCode ||= 1;
  }
}

function report(error: unknown): void {
  process.stderr.write(
    `tensorboard-node-logger: ${error instanceof Error ? error.message : String(error)}\n`,
  );
}
