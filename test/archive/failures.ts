// The error that a work must end with, without the directory of the test.
import { TnlError } from "../../src/errors.js";

/** What a test compares of an error. */
export interface Failure {
  readonly code: string;
  readonly message: string;
}

/** Code and message of the package's error that `work` ends with; any other one is thrown on, and none is an error too. */
export async function failureOf(dir: string, work: Promise<unknown>): Promise<Failure> {
  try {
    await work;
  } catch (error) {
    if (!(error instanceof TnlError)) throw error;
    return { code: error.code, message: error.message.replaceAll(`${dir}/`, "") };
  }
  throw new Error("nothing was thrown");
}
