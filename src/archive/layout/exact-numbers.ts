// Which numbers come back from a column with the bits that they had: JavaScript has one NaN, and may lose the bits of another one.

const NAN_32 = 0x7fc00000;
const NAN_64_HIGH = 0x7ff80000;

/** Whether `number`, the float at `at`, is one of these. */
export function isExact32(number: number, view: DataView, at: number): boolean {
  return number === number || view.getInt32(at, true) === NAN_32;
}

/** The same of a double. */
export function isExact64(number: number, view: DataView, at: number): boolean {
  return number === number || (view.getInt32(at + 4, true) === NAN_64_HIGH && view.getInt32(at, true) === 0);
}
