// The error that something must throw.

/** What `body` throws, which must be a `type`: another error is thrown on, and none is an error too. */
export function errorOf<T extends Error>(type: abstract new (...args: never[]) => T, body: () => unknown): T {
  try {
    body();
  } catch (error) {
    if (error instanceof type) return error;
    throw error;
  }
  throw new Error("nothing was thrown");
}
