// Colours by name or hex, for SVG and for terminals.

import { closest, distance } from "fastest-levenshtein";
import { ArgumentError, UnknownNameError } from "../errors.js";

/** A colour, checked: safe to write into an attribute or an escape sequence. */
export interface Color {
  /** `#rrggbb`, lower case. */
  readonly hex: string;
  /** Parameters of the terminal's SGR sequence: the theme's own colour where the name has one (`31`), else 24 bits. */
  readonly sgr: string;
}

/**
 * Reads a colour: a name (CSS's values; `r`, `g`, `b`, `c`, `m`, `y`, `k` as in matplotlib), `#rgb` or `#rrggbb`.
 *
 * @throws {ArgumentError} a malformed hex colour
 * @throws {UnknownNameError} a name that is not known
 */
export function parseColor(text: string): Color {
  if (typeof text !== "string") throw new ArgumentError("color", "a colour's name or #rrggbb", text);
  if (text.startsWith("#")) return fromHex(text);
  const key = text.toLowerCase();
  const name = LETTERS[key] ?? key;
  const hex = Object.hasOwn(NAMES, name) ? NAMES[name] : undefined;
  if (hex === undefined) {
    const known = Object.keys(NAMES);
    const near = closest(key, known);
    throw new UnknownNameError("color", text, known, distance(key, near) <= 2 ? near : undefined);
  }
  const ansi = ANSI[name];
  return ansi === undefined ? fromHex(hex) : { hex, sgr: String(ansi) };
}

/** The colour of a figure's `index`-th series when its maker names none. */
export function paletteColor(index: number): Color {
  return fromHex(PALETTE[index % PALETTE.length]!);
}

function fromHex(text: string): Color {
  const digits = /^#(?:[0-9a-f]{3}|[0-9a-f]{6})$/i.exec(text)?.[0].slice(1).toLowerCase();
  if (digits === undefined) throw new ArgumentError("color", "a colour's name, #rgb or #rrggbb", text);
  const six = digits.length === 6 ? digits : digits.replace(/./g, "$&$&");
  const value = Number.parseInt(six, 16);
  return { hex: `#${six}`, sgr: `38;2;${value >> 16};${(value >> 8) & 255};${value & 255}` };
}

/** Okabe and Ito's colours, which colour-blind readers can tell apart, without the yellow that white paper swallows. */
const PALETTE = ["#0072b2", "#d55e00", "#009e73", "#cc79a7", "#e69f00", "#56b4e9"];

/** How many series have colours of their own. */
export const PALETTE_SIZE = PALETTE.length;

const LETTERS: Record<string, string> = {
  __proto__: null as never,
  r: "red",
  g: "green",
  b: "blue",
  c: "cyan",
  m: "magenta",
  y: "yellow",
  k: "black",
};

/** Terminal themes choose readable shades for these; black and white are left as they are, for light and dark screens. */
const ANSI: Record<string, number> = {
  __proto__: null as never,
  black: 39,
  red: 31,
  green: 32,
  yellow: 33,
  blue: 34,
  magenta: 35,
  cyan: 36,
  white: 39,
  gray: 90,
  grey: 90,
};

const NAMES: Record<string, string> = {
  black: "#000000",
  white: "#ffffff",
  gray: "#808080",
  grey: "#808080",
  silver: "#c0c0c0",
  red: "#ff0000",
  green: "#008000",
  blue: "#0000ff",
  cyan: "#00ffff",
  magenta: "#ff00ff",
  yellow: "#ffff00",
  orange: "#ffa500",
  purple: "#800080",
  brown: "#a52a2a",
  pink: "#ffc0cb",
  olive: "#808000",
  teal: "#008080",
  navy: "#000080",
  maroon: "#800000",
  lime: "#00ff00",
  gold: "#ffd700",
  indigo: "#4b0082",
  violet: "#ee82ee",
  crimson: "#dc143c",
  tomato: "#ff6347",
  coral: "#ff7f50",
  salmon: "#fa8072",
  chocolate: "#d2691e",
  darkorange: "#ff8c00",
  darkred: "#8b0000",
  darkgreen: "#006400",
  darkblue: "#00008b",
  forestgreen: "#228b22",
  seagreen: "#2e8b57",
  steelblue: "#4682b4",
  royalblue: "#4169e1",
  dodgerblue: "#1e90ff",
  skyblue: "#87ceeb",
  slateblue: "#6a5acd",
  turquoise: "#40e0d0",
};
