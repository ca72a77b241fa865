// Settings of problems and optimizers that are named on the command line: `optimizer.lr=0.01`.

import { ArgumentError, UnknownNameError } from "../errors.js";
import { nearestName } from "../math/nearest-name.js";

/** What problems and optimizers are given beside the experiment's own options. */
export interface Settings {
  readonly problem: Readonly<Record<string, unknown>>;
  readonly optimizer: Readonly<Record<string, unknown>>;
}

const KINDS = ["problem", "optimizer"] as const;

/**
 * Settings from texts such as `optimizer.lr=0.01`, `optimizer.betas=0.9,0.99`, `problem.name=a`: what is a number, `true`, `false`, `null` or JSON is
 * that, numbers with commas are a list, all else is text. Throws an `ArgumentError` or an `UnknownNameError` that names `argument`.
 */
export function parseSettings(argument: string, texts: readonly string[]): Settings {
  const settings = { problem: {} as Record<string, unknown>, optimizer: {} as Record<string, unknown> };
  for (const text of texts) {
    const match = /^(\w+)\.(\w+)=(.*)$/s.exec(text);
    if (match === null) throw new ArgumentError(argument, "optimizer.NAME=VALUE or problem.NAME=VALUE", text);
    const [, kind, name, value] = match as unknown as [string, string, string, string];
    if (!isKind(kind)) throw new UnknownNameError(argument, kind, KINDS, nearestName(kind, KINDS));
    settings[kind][name] = parseValue(value);
  }
  return settings;
}

/** Throws an `UnknownNameError` for a setting that the built-in `what` does not have. */
export function checkSettings(what: string, given: object, known: readonly string[] | undefined): void {
  if (known === undefined) return;
  for (const name of Object.keys(given)) {
    if (known.includes(name)) continue;
    throw new UnknownNameError(`setting of ${what}`, name, known, nearestName(name, known));
  }
}

function isKind(text: string): text is (typeof KINDS)[number] {
  return (KINDS as readonly string[]).includes(text);
}

function parseValue(text: string): unknown {
  const parts = text.split(",");
  if (parts.length > 1 && parts.every(isNumber)) return parts.map(Number);
  if (isNumber(text)) return Number(text);
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return text;
  }
}

function isNumber(text: string): boolean {
  return text.trim() !== "" && Number.isFinite(Number(text));
}
