// What surrounds a run: the signal that ends it, and what is called when an error does.

import { WriteError } from "../errors.js";
import type { CallbackList } from "./callback-list.js";
import type { State } from "./state.js";

/** Runs `body`, which ends after its step when `signal` is aborted. Of what it throws `onException` is told before it is thrown on. */
export async function guarded<T, S extends State>(
  state: S,
  callbacks: CallbackList,
  signal: AbortSignal | undefined,
  body: () => Promise<T>,
): Promise<T> {
  state.phase = "between";
  state.stopTraining = state.interrupted = signal?.aborted === true;
  state.stopReason = undefined;
  // Heard, so that the loop need not look at it at each step.
  const stop = (): void => {
    // A run that a callback has ended would have ended here without the signal too.
    state.interrupted = !state.stopTraining;
    state.stopTraining = true;
  };
  signal?.addEventListener("abort", stop);
  try {
    return await body();
  } catch (error) {
    await reportException(callbacks, state, error);
    throw error;
  } finally {
    signal?.removeEventListener("abort", stop);
  }
}

// The error that ended the run is the one to throw; what goes wrong while things are closed after it must not take its place.
async function reportException(callbacks: CallbackList, state: State, error: unknown): Promise<void> {
  for (const onException of callbacks.at("onException")) {
    try {
      await onException(state);
    } catch (another) {
      // That a log which could not be written cannot be closed either is no news.
      if (!(error instanceof WriteError)) process.emitWarning(another as Error);
    }
  }
}
