// What kind of numbers a program gave, before they are all the same.

/**
 * The class of the typed array that holds the numbers of an input, such as `Uint8Array`, at whatever depth it is nested or beside its
 * shape; `undefined` for plain numbers. The first element tells.
 */
export function elementType(input: unknown): string | undefined {
  let part = input;
  while (Array.isArray(part)) part = part[0];
  if (ArrayBuffer.isView(part)) {
    return (part as unknown as { readonly [Symbol.toStringTag]: string })[Symbol.toStringTag];
  }
  return typeof part === "object" && part !== null && "data" in part ? elementType(part.data) : undefined;
}
