// The columns of the hyperparameters' table, as a program gives them.

import { ArgumentError } from "../../errors.js";
import { checkRecord, checkText } from "../checks.js";
import { checkDescription, type TagDescription } from "../scalar.js";
import {
  HParamType,
  type HParamColumn,
  type HParamsExperiment,
  type HParamValue,
} from "../../wire/hparams.js";

/** A hyperparameter's column. */
export interface HParamColumnInput {
  readonly name: string;
  readonly displayName?: string;
  readonly description?: string;
  /** What the values are; what the domain has unless given. */
  readonly type?: "string" | "boolean" | "number";
  /** All values there will be, or the least and the greatest: runs outside of it are filtered out at first. */
  readonly domain?: readonly HParamValue[] | { readonly min: number; readonly max: number };
  /** Whether the runs differ in it; then it is shown first. True unless given. */
  readonly differs?: boolean;
}

/** A metric's column: the last scalar of a tag. */
export interface MetricColumnInput {
  readonly tag: string;
  /** The run that has it, below that of the hyperparameters, such as `val`; that run itself unless given. */
  readonly group?: string;
  readonly displayName?: string;
  readonly description?: string;
  readonly dataset?: "training" | "validation";
}

/** The columns of the table, and what is said of the experiment. */
export interface HParamsColumns {
  /** At least one, at most 1000, with different names. */
  readonly hparams: readonly HParamColumnInput[];
  /** At least one, all different. */
  readonly metrics: readonly MetricColumnInput[];
  readonly name?: string;
  /** Markdown. */
  readonly description?: string;
  readonly user?: string;
}

const TYPES = { string: HParamType.STRING, boolean: HParamType.BOOL, number: HParamType.FLOAT64 } as const;
const DATASETS = { training: 1, validation: 2 } as const;

/** The experiment that these columns are. Throws an `ArgumentError`. */
export function experimentOf(columns: HParamsColumns, maxHParams: number): HParamsExperiment {
  checkRecord("columns", columns, "an object with hparams and metrics");
  const { hparams, metrics, name, description, user } = columns;
  if (!Array.isArray(hparams) || hparams.length === 0 || hparams.length > maxHParams) {
    const got = Array.isArray(hparams) ? String(hparams.length) : undefined;
    throw new ArgumentError("hparams", `a list of 1 to ${maxHParams} columns`, hparams, got);
  }
  if (!Array.isArray(metrics) || metrics.length === 0) {
    throw new ArgumentError("metrics", "a list of at least one column", metrics);
  }
  for (const [i, column] of [...hparams].entries()) checkColumn(column, `hparams[${i}]`, "name");
  for (const [i, column] of [...metrics].entries()) {
    checkColumn(column, `metrics[${i}]`, "tag");
    if (column.group !== undefined) checkText(`metrics[${i}].group`, column.group);
  }
  for (const [argument, text] of Object.entries({ name, description, user })) {
    if (text !== undefined) checkText(argument, text);
  }
  checkDiffer(
    "hparams",
    hparams.map((column: HParamColumnInput) => column.name),
  );
  checkDiffer(
    "metrics",
    metrics.map((column: MetricColumnInput) => [column.group ?? "", column.tag].join("/")),
  );
  return {
    ...(name !== undefined && { name }),
    ...(description !== undefined && { description }),
    ...(user !== undefined && { user }),
    hparams: hparams.map((column: HParamColumnInput, i) => hparamColumn(column, `hparams[${i}]`)),
    metrics: metrics.map(({ dataset, ...column }: MetricColumnInput, i) => {
      if (dataset === undefined) return column;
      if (typeof dataset === "string" && Object.hasOwn(DATASETS, dataset))
        return { ...column, datasetType: DATASETS[dataset] };
      throw new ArgumentError(`metrics[${i}].dataset`, '"training" or "validation"', dataset);
    }),
  };
}

function hparamColumn(column: HParamColumnInput, argument: string): HParamColumn {
  const { type: given, domain, differs = true, ...labels } = column;
  if (given !== undefined && !(typeof given === "string" && Object.hasOwn(TYPES, given))) {
    throw new ArgumentError(`${argument}.type`, '"string", "boolean" or "number"', given);
  }
  if (typeof differs !== "boolean") throw new ArgumentError(`${argument}.differs`, "a boolean", differs);
  const found = domain === undefined ? undefined : typeOfDomain(domain, `${argument}.domain`);
  const type = given ?? found;
  if (type === undefined)
    throw new ArgumentError(`${argument}.type`, "given where there is no domain", given);
  if (found !== undefined && found !== type) {
    throw new ArgumentError(`${argument}.domain`, `of the type ${type}`, domain, `one of the type ${found}`);
  }
  return { ...labels, type: TYPES[type], differs, ...(domain !== undefined && { domain }) };
}

function typeOfDomain(
  domain: NonNullable<HParamColumnInput["domain"]>,
  argument: string,
): keyof typeof TYPES {
  if (typeof domain !== "object" || domain === null || !("min" in domain || Array.isArray(domain))) {
    throw new ArgumentError(argument, "{ min, max }, or a list of values", domain);
  }
  if ("min" in domain) {
    const { min, max } = domain;
    if (Number.isFinite(min) && Number.isFinite(max) && min <= max) return "number";
    throw new ArgumentError(
      argument,
      "{ min, max } with finite min <= max",
      domain,
      `{ min: ${shown(min)}, max: ${shown(max)} }`,
    );
  }
  for (const [i, value] of domain.entries()) {
    if (typeof value === "string") checkText(`${argument}[${i}]`, value);
  }
  const types = new Set(domain.map((value) => typeof value));
  const [type] = types;
  const isDomain = type !== undefined && Object.hasOwn(TYPES, type) && types.size === 1;
  if (isDomain && domain.every((value) => typeof value !== "number" || Number.isFinite(value))) {
    return type as keyof typeof TYPES;
  }
  throw new ArgumentError(
    argument,
    "{ min, max }, or at least one value, all strings, all booleans or all finite numbers",
    domain,
    `[${Array.from(domain, shown).join(", ")}]`,
  );
}

/** Not every object can be made text. */
function shown(value: unknown): string {
  return typeof value === "object" && value !== null ? "an object" : String(value);
}

/** Of a hyperparameter or a metric: what both have. */
function checkColumn(column: unknown, argument: string, key: "name" | "tag"): void {
  checkRecord(argument, column, `an object with a ${key}`);
  const name = (column as Record<string, unknown>)[key];
  if (typeof name !== "string" || name === "") {
    throw new ArgumentError(`${argument}.${key}`, "a string that is not empty", name);
  }
  checkText(`${argument}.${key}`, name);
  checkDescription(column as TagDescription, `${argument}.`);
}

function checkDiffer(argument: string, names: readonly string[]): void {
  const twice = names.find((name, i) => names.indexOf(name) !== i);
  if (twice !== undefined) throw new ArgumentError(argument, "columns that differ", twice, `${twice} twice`);
}
