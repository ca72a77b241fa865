// File names with numbers of a training in them, as Python's `str.format` makes them: `model.{epoch:02d}-{val_loss:.2f}`.

import { ArgumentError, UnknownNameError } from "../errors.js";
import { nearestName } from "../math/nearest-name.js";

interface Field {
  readonly name: string;
  readonly zeros: boolean;
  readonly width: number;
  readonly precision: number | undefined;
  readonly type: string;
}

/** A name with places for numbers. */
export class NameFormat {
  readonly #parts: readonly (string | Field)[];

  /**
   * `format`: text with `{name}` or `{name:spec}`, and `{{` and `}}` for braces. A spec is Python's: a width, with a 0 before it to fill up with
   * zeros, a precision, and `d`, `f`, `e` or nothing. `argument` is what an error names. Throws an `ArgumentError`.
   */
  constructor(argument: string, format: string) {
    if (typeof format !== "string" || format === "") throw new ArgumentError(argument, "a path", format);
    this.#parts = parse(argument, format);
  }

  /** The name with `numbers` in it. Throws an `UnknownNameError` for a number that is not there. */
  format(numbers: Readonly<Record<string, number>>): string {
    return this.#parts
      .map((part) => {
        if (typeof part === "string") return part;
        const value = Object.hasOwn(numbers, part.name) ? numbers[part.name] : undefined;
        if (value !== undefined) return show(value, part);
        const known = Object.keys(numbers);
        throw new UnknownNameError("number in a file name", part.name, known, nearestName(part.name, known));
      })
      .join("");
  }
}

const TOKEN = /\{\{|\}\}|\{([^{}]*)\}|[^{}]+|[{}]/g;
const SPEC = /^([^:]+?)(?::(0?)(\d*)(?:\.(\d+))?([dfe]?))?$/;

function parse(argument: string, format: string): (string | Field)[] {
  return Array.from(format.matchAll(TOKEN), ([token, inner]): string | Field => {
    if (token === "{{" || token === "}}") return token[0]!;
    if (inner === undefined) {
      if (token === "{" || token === "}")
        throw new ArgumentError(argument, "a format whose braces are in pairs", format);
      return token;
    }
    const found = SPEC.exec(inner);
    // Python has no precision for an integer either.
    if (found === null || (found[5] === "d" && found[4] !== undefined)) {
      throw new ArgumentError(argument, 'a format with places as "{epoch:02d}" or "{val_loss:.2f}"', format);
    }
    const [, name = "", zero, width, precision, type = ""] = found;
    return {
      name,
      zeros: zero === "0",
      width: Number(width ?? 0),
      precision: precision === undefined ? undefined : Math.min(100, Number(precision)),
      type,
    };
  });
}

function show(value: number, { zeros, width, precision, type }: Field): string {
  const text = Number.isFinite(value) ? digits(value, precision, type) : nonFinite(value);
  if (!zeros) return text.padStart(width);
  const sign = text.startsWith("-") ? "-" : "";
  return sign + text.slice(sign.length).padStart(width - sign.length, "0");
}

function digits(value: number, precision: number | undefined, type: string): string {
  if (type === "d") return String(Math.round(value));
  if (type === "f") return value.toFixed(precision ?? 6);
  if (type === "e") return value.toExponential(precision ?? 6).replace(/e([+-])(\d)$/, "e$10$2");
  return precision === undefined ? String(value) : String(Number(value.toPrecision(Math.max(1, precision))));
}

function nonFinite(value: number): string {
  return Number.isNaN(value) ? "nan" : value > 0 ? "inf" : "-inf";
}
