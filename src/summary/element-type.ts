// What kind of numbers a program gave, before they are all the same.

/** As deep as an array may be, and one level more for its shape and data; what contains itself has no end. */
const MAX_DEPTH = 33;

/**
 * The first element of an input, at whatever depth it is nested or beside its shape: an element, or the typed array that has it.
 */
export function firstElement(input: unknown): unknown {
  let part = input;
  for (let depth = 0; depth < MAX_DEPTH; depth++) {
    if (Array.isArray(part)) part = part[0];
    else if (typeof part === "object" && part !== null && !ArrayBuffer.isView(part) && "data" in part) {
      part = part.data;
    } else return part;
  }
  return undefined;
}

/**
 * The class of the typed array that holds the numbers of an input, such as `Uint8Array`, at whatever depth it is nested or beside its
 * shape; `undefined` for plain numbers. The first element tells.
 */
export function elementType(input: unknown): string | undefined {
  const first = firstElement(input);
  if (!ArrayBuffer.isView(first)) return undefined;
  return (first as unknown as { readonly [Symbol.toStringTag]: string })[Symbol.toStringTag];
}
