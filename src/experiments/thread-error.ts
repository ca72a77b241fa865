// Errors on their way between threads: the structured clone alone loses their classes and codes.

import * as errors from "../errors.js";

/** An error as data. */
export interface PackedError {
  /** The name of its class, for those of this package and of JavaScript. */
  readonly type: string;
  readonly message: string;
  readonly stack: string | undefined;
  /** Its other properties, such as `code` and `path`. */
  readonly fields: Readonly<Record<string, unknown>>;
  readonly cause?: PackedError | { readonly value: unknown };
}

const CLASSES: Readonly<Record<string, unknown>> = {
  ...errors,
  ...{ Error, AggregateError, EvalError, RangeError, ReferenceError, SyntaxError, TypeError, URIError },
};

/** A chain of causes may be a ring. */
const MOST_CAUSES = 8;

/** What was thrown, as what can be sent to another thread. What cannot be sent of it is left out. */
export function packError(thrown: unknown, causes = MOST_CAUSES): PackedError | { readonly value: unknown } {
  if (!(thrown instanceof Error)) return { value: sendable(thrown) ? thrown : String(thrown) };
  const { message, stack, cause, ...rest } = Object.fromEntries(
    ["message", "stack", "cause", ...Object.getOwnPropertyNames(thrown)].map((name) => [
      name,
      (thrown as unknown as Record<string, unknown>)[name],
    ]),
  );
  return {
    type: thrown.constructor.name,
    message: String(message),
    stack: typeof stack === "string" ? stack : undefined,
    fields: Object.fromEntries(
      Object.entries({ ...rest, ...nameOf(thrown) }).filter(([, value]) => sendable(value)),
    ),
    ...(cause !== undefined && causes > 0 && { cause: packError(cause, causes - 1) }),
  };
}

/** What `packError` was given: an error of the same class, message, code and cause. Of a class that only the program knows, an `Error` of its name. */
export function unpackError(packed: PackedError | { readonly value: unknown }): unknown {
  if (!("type" in packed)) return packed.value;
  const error = new Error(packed.message);
  const known = Object.hasOwn(CLASSES, packed.type) ? CLASSES[packed.type] : undefined;
  if (typeof known === "function") Object.setPrototypeOf(error, known.prototype as object);
  const hidden = { stack: packed.stack, ...(packed.cause && { cause: unpackError(packed.cause) }) };
  for (const [name, value] of Object.entries(hidden))
    Object.defineProperty(error, name, { value, writable: true, configurable: true });
  return Object.assign(error, packed.fields);
}

// A class of this package has its name from its prototype.
function nameOf(error: Error): { name?: string } {
  return Object.hasOwn(CLASSES, error.constructor.name) ? {} : { name: error.name };
}

function sendable(value: unknown): boolean {
  try {
    structuredClone(value);
    return true;
  } catch {
    return false;
  }
}
