// Names with numbers, beside what Python's str.format makes of them (literals from CPython 3.11).
import { describe, expect, it } from "vitest";
import { NameFormat } from "../../src/engine/format-name.js";
import { ArgumentError, UnknownNameError } from "../../src/errors.js";
import { errorOf } from "../helpers/errors.js";

const NUMBERS = {
  epoch: 3,
  val_loss: 0.12345,
  "loss/a b": 2,
  neg: -1.5,
  big: 123456789,
  tiny: 1.5e-7,
  nan: NaN,
  inf: Infinity,
};

describe("a name", () => {
  it.each([
    ["model.json", "model.json"],
    ["{epoch:02d}-{val_loss:.2f}", "03-0.12"],
    ["{epoch}", "3"],
    ["{epoch:5d}|", "    3|"],
    ["{neg:07.2f}", "-001.50"],
    ["{val_loss:e}", "1.234500e-01"],
    ["{tiny:.3e}", "1.500e-07"],
    ["{val_loss:f}", "0.123450"],
    ["{big:.1f}", "123456789.0"],
    ["{{{epoch}}}", "{3}"],
    ["{nan:05.1f}", "00nan"],
    ["{inf:.2f}", "inf"],
    ["{val_loss:8.3f}|", "   0.123|"],
    ["{val_loss:.3}", "0.123"],
    ["{epoch:03d}/{val_loss:.0f}", "003/0"],
    ["{loss/a b}", "2"],
  ])("%s is %s", (format, expected) => {
    expect(new NameFormat("fileFormat", format).format(NUMBERS)).toBe(expected);
  });

  it.each(["{epoch", "epoch}", "{}", "{:02d}", "{epoch:2x}", "{epoch:.2d}", "{a{b}}", "", 3])(
    "is refused: %s",
    (format) => {
      const error = errorOf(ArgumentError, () => new NameFormat("fileFormat", format as string));
      expect(error.argument).toBe("fileFormat");
    },
  );

  it("with a number that there is not says which there are", () => {
    const error = errorOf(UnknownNameError, () => new NameFormat("f", "{val_los:.2f}").format(NUMBERS));
    expect(error.message).toMatch(
      /^Unknown number in a file name "val_los". Did you mean val_loss\? Known: epoch, val_loss, /,
    );
    expect(() => new NameFormat("f", "{toString}").format(NUMBERS)).toThrow(UnknownNameError);
  });
});
