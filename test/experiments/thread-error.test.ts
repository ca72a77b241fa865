// Errors that are sent between threads, through a real structured clone.
import { describe, expect, it } from "vitest";
import * as errors from "../../src/errors.js";
import { packError, unpackError } from "../../src/experiments/thread-error.js";

const sent = (thrown: unknown): unknown => unpackError(structuredClone(packError(thrown)));

const system = Object.assign(new Error("no space"), { code: "ENOSPC", errno: -28, syscall: "write" });

/** One of each class of this package. */
const OURS: Record<string, errors.TnlError> = {
  ArgumentError: new errors.ArgumentError("steps", "an integer", -1),
  UnknownNameError: new errors.UnknownNameError("problem", "onlin", ["online"], "online"),
  NoMatchError: new errors.NoMatchError("run", ["a*"], "/logs", ["b"]),
  LogdirError: new errors.LogdirError("RUN_EXISTS", "/logs/a", "The run is there", system),
  WriteError: new errors.WriteError("/logs/a", system),
  BusyError: new errors.BusyError("wait"),
  ContextError: new errors.ContextError("not here"),
  MissingPackageError: new errors.MissingPackageError("A figure", "resvg", system),
  ModuleError: new errors.ModuleError("MODULE_EXPORTS", "./a.ts", "nothing"),
  ClosedError: new errors.ClosedError("The writer"),
  ArchiveError: new errors.ArchiveError("HASH_MISMATCH", "/a", "other bytes"),
  CheckpointError: new errors.CheckpointError("CHECKPOINT_DAMAGED", "/c", "bytes are missing"),
  ThreadError: new errors.ThreadError("with exit code 7"),
  CallbackError: new errors.CallbackError("a text"),
  CorruptFileError: new errors.CorruptFileError("BAD_DATA_CRC", 24, "wrong", { path: "/f", cause: system }),
};

describe("an error of this package", () => {
  it.each(Object.entries(OURS))(
    "%s has its class, name, message, stack, cause and all it has",
    (name, error) => {
      const arrived = sent(error) as errors.TnlError;
      expect(arrived).toBeInstanceOf(errors.TnlError);
      expect(arrived.name).toBe(name);
      expect(Object.getPrototypeOf(arrived)).toBe(Object.getPrototypeOf(error));
      expect({ ...arrived }).toEqual({ ...error });
      for (const property of ["name", "message", "stack", "code"] as const) {
        expect(arrived[property]).toBe(error[property]);
      }
      expect("cause" in arrived).toBe(error.cause !== undefined);
      expect(arrived.cause).toEqual(error.cause);
    },
  );

  it("is one of these: there is no other class", () => {
    const classes = Object.entries(errors).filter(
      ([, value]) => typeof value === "function" && value.prototype instanceof errors.TnlError,
    );
    expect(classes.map(([name]) => name).toSorted()).toEqual(Object.keys(OURS).toSorted());
  });
});

describe("another error", () => {
  it("of JavaScript has its class, and the code that Node has put on it", () => {
    const error = Object.assign(new TypeError("no function"), { code: "ERR_X", cause: system });
    const arrived = sent(error) as typeof error;
    expect(arrived).toBeInstanceOf(TypeError);
    expect(arrived).toMatchObject({
      name: "TypeError",
      message: "no function",
      code: "ERR_X",
      stack: error.stack,
    });
    expect(arrived.cause).toMatchObject({ message: "no space", code: "ENOSPC", syscall: "write" });
  });

  it("of a class of the program's is an Error of that name", () => {
    class TooFar extends Error {
      override readonly name = "TooFar";
      readonly at = { x: 3 };
      readonly how = (): void => {};
    }
    const arrived = sent(new TooFar("far")) as TooFar;
    expect(Object.getPrototypeOf(arrived)).toBe(Error.prototype);
    expect(arrived).toMatchObject({ name: "TooFar", message: "far", at: { x: 3 } });
    // A function cannot be sent.
    expect("how" in arrived).toBe(false);
  });

  it("that is its own cause ends somewhere", () => {
    const error = new Error("ring");
    error.cause = error;
    let depth = 0;
    for (let at = sent(error); at instanceof Error; at = at.cause) depth++;
    expect(depth).toBe(9);
  });
});

describe("what is no error", () => {
  it.each([["a text"], [7], [undefined], [null], [{ a: [1] }]])("is what it was: %j", (thrown) => {
    expect(sent(thrown)).toEqual(thrown);
  });

  it("is a text where it cannot be sent", () => {
    expect(sent(Symbol("s"))).toBe("Symbol(s)");
  });
});
