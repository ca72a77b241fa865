// The number in the bytes of a tensor with one element, without making objects of them.

import { tensorboard } from "./proto/messages.js";
import { DataType, tensorFromMessage } from "./tensor.js";
import { numberIn } from "./tensor-number.js";

/** Reads one tensor after another. */
export class ScalarTensor {
  /** What `read` found. */
  number = 0;
  #at = 0;

  /** Whether the tensor in `bytes[from, to)` has one element of a real or integer type; then `number` is that. `view`: of the same bytes. */
  read(bytes: Uint8Array, view: DataView, from: number, to: number): boolean {
    let dtype = 0;
    this.#at = from;
    while (this.#at < to) {
      const key = bytes[this.#at++];
      if (key === 0x08) {
        dtype = bytes[this.#at++]!;
        if (dtype === DataType.STRING) return false;
      } else if (key === 0x12) {
        const length = bytes[this.#at++]!;
        const one = length < 0x80 ? this.#isOne(bytes, this.#at + length) : undefined;
        if (one !== true) return one === undefined && this.#readAny(bytes, from, to);
      } else if (key === 0x22 || key === 0x2a || key === 0x32) {
        const length = bytes[this.#at++]!;
        const isFloat = dtype === DataType.FLOAT && length === 4 && key !== 0x32;
        const isDouble = dtype === DataType.DOUBLE && length === 8 && key !== 0x2a;
        if (this.#at + length !== to || (!isFloat && !isDouble)) return this.#readAny(bytes, from, to);
        this.number = isFloat ? view.getFloat32(this.#at, true) : view.getFloat64(this.#at, true);
        return true;
      } else {
        return this.#readAny(bytes, from, to);
      }
    }
    return false;
  }

  // Whether a shape has one element; `undefined` for one in an unusual form. A large tensor is not decoded to find that it is no number.
  #isOne(bytes: Uint8Array, end: number): boolean | undefined {
    for (; this.#at < end; this.#at += 4) {
      if (bytes[this.#at] !== 0x12 || bytes[this.#at + 2] !== 0x08) return undefined;
      if (bytes[this.#at + 3] !== 1) return false;
      if (bytes[this.#at + 1] !== 2) return undefined;
    }
    return this.#at === end ? true : undefined;
  }

  #readAny(bytes: Uint8Array, from: number, to: number): boolean {
    try {
      const message = tensorboard.TensorProto.decode(bytes.subarray(from, to));
      const number = numberIn(tensorFromMessage(message));
      this.number = number ?? 0;
      return number !== undefined;
    } catch {
      return false;
    }
  }
}
