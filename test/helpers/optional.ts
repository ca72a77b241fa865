// Programs that some tests ask and that a machine may lack: such tests are skipped there, and say so.
/* oxlint-disable vitest/no-conditional-tests, vitest/valid-title, vitest/valid-describe-callback, vitest/expect-expect --
   the names and bodies of these suites are their callers'. */
import { describe, test } from "vitest";
import { isCi } from "./ci.js";

/** A program, or why it is not there. */
export type Optional<T> =
  | { readonly value: T; readonly missing?: undefined }
  | { readonly value?: undefined; readonly missing: string };

/**
 * For a global setup: prints one line when `program` is missing.
 *
 * @throws {Error} When it is missing and `CI=true`.
 */
export function announce(what: string, program: Optional<unknown>): void {
  if (program.missing === undefined) return;
  if (isCi()) throw new Error(`CI=true, and ${what} is missing: ${program.missing}`);
  process.stderr.write(`Tests that need ${what} are skipped: ${program.missing}\n`);
}

/**
 * `describe` with the program at hand. Where it is missing, one skipped test stands in for the block and carries the
 * reason in its name; with `CI=true` it fails instead.
 */
export function describeWith<T>(
  what: string,
  program: Optional<T>,
  name: string,
  body: (value: T) => void,
): void {
  if (program.missing === undefined) {
    describe(name, () => body(program.value));
    return;
  }
  const reason = `${what} is missing: ${program.missing}`;
  describe(name, () => {
    test.skipIf(!isCi())(reason, () => {
      throw new Error(reason);
    });
  });
}
