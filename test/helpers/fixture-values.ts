// What TensorBoard's own code makes of the values of the fixtures (scripts/describe-values.py), and ours in the same words.
import { readFileSync } from "node:fs";
import type { LoggedKind, LoggedValue } from "../../src/summary/index.js";
import { reviveFixture } from "./fixtures.js";

/** A value as the script describes it; of `unknown` without its content. */
export interface DescribedValue {
  readonly tag: string;
  readonly step: number | bigint;
  readonly wallTime: number;
  readonly kind: LoggedKind;
  readonly displayName?: string;
  readonly description?: string;
  readonly value?: unknown;
}

/** The values of the fixture at `path`, in the order of the file. */
export function describedValues(path: string): DescribedValue[] {
  const text = readFileSync(path.replace(/\.tfevents$/, ".values.json"), "utf8");
  const { values } = JSON.parse(text, reviveFixture) as { values: DescribedValue[] };
  return values.map((described) => ({ ...described, ...likeOurs(described) }));
}

// Where the package says the same in another way.
function likeOurs({ kind, tag, value }: DescribedValue): Partial<DescribedValue> {
  // TensorBoard makes float32 of an old histogram.
  if (kind === "histogram") return { value: (value as number[][]).map((row) => row.map(Math.fround)) };
  if (kind === "text" && tag.endsWith("/text_summary") && (value as unknown[]).length === 1) {
    return { value: (value as unknown[])[0] };
  }
  if (kind !== "tensor") return {};
  const { dtype, shape, data } = value as { dtype: string; shape: number[]; data: unknown[] };
  // A number that says nothing of itself.
  const isNumber = data.length === 1 && shape.every((size) => size === 1) && typeof data[0] === "number";
  if (isNumber && dtype !== "DT_STRING" && dtype !== "DT_BOOL") return { kind: "scalar", value: data[0] };
  return {
    value: { dtype: DTYPES[dtype] ?? dtype.slice(3).toLowerCase(), shape, data: data.map(plainNumber) },
  };
}

const DTYPES: Readonly<Record<string, string>> = {
  DT_FLOAT: "float32",
  DT_DOUBLE: "float64",
  DT_HALF: "float16",
};

/** A value of a reader in those words, but for its run and plugin. */
export function describe(logged: LoggedValue): DescribedValue {
  const { tag, step, wallTime, kind, displayName, description } = logged;
  const value = contentOf(logged);
  return {
    ...{ tag, step, wallTime, kind },
    ...(displayName !== undefined && { displayName }),
    ...(description !== undefined && { description }),
    ...(value !== undefined && { value }),
  };
}

function contentOf(logged: LoggedValue): unknown {
  switch (logged.kind) {
    case "unknown":
      return undefined;
    case "histogram":
      return logged.value.map(({ left, right, count }) => [left, right, count].map(Math.fround));
    case "audio":
      return logged.value.map(({ encoded }) => encoded);
    case "prCurve":
      return Object.fromEntries(Object.entries(logged.value).map(([name, row]) => [name, [...row]]));
    case "mesh":
      return { ...logged.value, data: [...logged.value.data] };
    case "graph":
      return logged.value.map(({ name, op, inputs, device }) => ({
        ...{ name, op },
        ...(inputs !== undefined && { inputs }),
        ...(device !== undefined && { device }),
      }));
    case "tensor":
      return { ...logged.value, data: Array.from(logged.value.data as Iterable<unknown>, plainNumber) };
    default:
      return logged.value;
  }
}

function plainNumber(value: unknown): unknown {
  if (typeof value === "boolean") return Number(value);
  if (typeof value === "bigint" && Number.isSafeInteger(Number(value))) return Number(value);
  return value;
}
