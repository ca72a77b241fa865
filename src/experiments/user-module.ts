// Problems and optimizers of the user's own: modules that are named by their paths.

import { register } from "node:module";
import { basename, extname, resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { errnoOf, MissingPackageError, ModuleError } from "../errors.js";
import type { Model } from "../engine/model.js";
import type { OptimizerEntry, Problem, ProblemConfig } from "./registry.js";

/** Whether a name is a path: it has a slash, or ends as a program does. */
export function isModulePath(name: string): boolean {
  return /[/\\]/.test(name) || /\.[cm]?[jt]s$/.test(name);
}

/** The name of what a module at `path` gives, for runs and tables: the file's without its ending. */
export function nameOfModule(path: string): string {
  return basename(path, extname(path));
}

/**
 * The problem that a module exports as `problem` or as its default: a `Problem`, a class of models, or a function that makes a model of the
 * configuration. Throws a `ModuleError`, or a `MissingPackageError` where TypeScript cannot be loaded.
 */
export async function loadProblem(path: string): Promise<Problem> {
  const exported = await exportOf(path, "problem");
  if (isModelClass(exported)) {
    return {
      description: path,
      make: (config) => new (exported as new (config: ProblemConfig) => Model)(config),
    };
  }
  if (typeof exported === "function")
    return {
      description: path,
      make: (config) => checkModel(path, (exported as (config: ProblemConfig) => unknown)(config)),
    };
  if (isObject(exported) && typeof exported["make"] === "function") {
    const problem = exported as unknown as Problem;
    return {
      ...problem,
      description: problem.description ?? path,
      make: (config) => checkModel(path, problem.make(config)),
    };
  }
  throw new ModuleError(
    "MODULE_EXPORTS",
    path,
    `${path} exports no problem: expected \`problem\` or a default export that is a class of models, a function that makes one, or an object with \`make\``,
  );
}

/** The optimizer that a module exports as `optimizer` or as its default: an `OptimizerEntry`, or a function of the parameters and the configuration. */
export async function loadOptimizer(path: string): Promise<OptimizerEntry> {
  const exported = await exportOf(path, "optimizer");
  const entry = (typeof exported === "function" ? { make: exported } : exported) as Partial<OptimizerEntry>;
  const make = isObject(entry) ? entry.make : undefined;
  if (typeof make !== "function") {
    throw new ModuleError(
      "MODULE_EXPORTS",
      path,
      `${path} exports no optimizer: expected \`optimizer\` or a default export that is a function (params, config), or an object with \`make\``,
    );
  }
  return {
    ...entry,
    description: entry.description ?? path,
    make: (params, config) => {
      const made = make(params, config);
      // Not by its class, as `checkModel`.
      if (isObject(made) && typeof made["step"] === "function" && typeof made["zeroGrad"] === "function")
        return made;
      throw new ModuleError(
        "MODULE_EXPORTS",
        path,
        `${path} makes no optimizer: expected an object with \`step\` and \`zeroGrad\``,
      );
    },
  };
}

async function exportOf(path: string, name: string): Promise<unknown> {
  const loaded = await load(path);
  const { default: byDefault } = loaded;
  if (loaded[name] !== undefined || !isObject(byDefault)) return loaded[name] ?? byDefault;
  // A CommonJS module has its exports in the default one; a compiled one its own default among them.
  return byDefault[name] ?? byDefault["default"] ?? byDefault;
}

async function load(path: string): Promise<Record<string, unknown>> {
  const url = pathToFileURL(resolve(path)).href;
  try {
    return (await import(url)) as Record<string, unknown>;
  } catch (error) {
    if (errnoOf(error) === "ERR_UNKNOWN_FILE_EXTENSION" && /\.[cm]?ts$/.test(path))
      return loadTypeScript(path, url);
    throw notLoaded(path, error);
  }
}

// Node loads TypeScript by itself from 22.18 on.
async function loadTypeScript(path: string, url: string): Promise<Record<string, unknown>> {
  try {
    await (learning ??= learnTypeScript());
  } catch (error) {
    throw new MissingPackageError(`This version of Node.js cannot load TypeScript: ${path}`, "tsx", error);
  }
  try {
    // Under another name, since Node remembers that it could not load it.
    return (await import(`${url}?typescript`)) as Record<string, unknown>;
  } catch (error) {
    throw notLoaded(path, error);
  }
}

let learning: Promise<void> | undefined;

// Not by `tsImport`, which loads all that the module imports a second time: its models would be of another copy of this package.
async function learnTypeScript(): Promise<void> {
  const tsx = await import("tsx/esm/api");
  tsx.register();
  register(`data:text/javascript,${encodeURIComponent(AS_ES_MODULES)}`);
}

/** Node's newer versions see by its syntax that a file is an ES module; tsx looks only at `type` in the nearest package.json. */
const AS_ES_MODULES = `export async function resolve(specifier, context, next) {
  const found = await next(specifier, context);
  const isCommonJs = found.format === "commonjs" && /\\.ts($|\\?)/.test(found.url);
  return isCommonJs ? { ...found, format: "module" } : found;
}`;

function notLoaded(path: string, error: unknown): ModuleError {
  const reason = error instanceof Error ? error.message : String(error);
  return new ModuleError("MODULE_NOT_LOADED", path, `Cannot load ${path}: ${reason}`, error);
}

function checkModel(path: string, made: unknown): Model {
  // Not by its class: the module may have a copy of this package of its own.
  if (isObject(made) && typeof made["forward"] === "function" && typeof made["parameters"] === "function")
    return made as unknown as Model;
  throw new ModuleError(
    "MODULE_EXPORTS",
    path,
    `${path} makes no model: expected an object with \`forward\` and \`parameters\``,
  );
}

function isModelClass(value: unknown): boolean {
  return (
    typeof value === "function" &&
    typeof (value.prototype as { forward?: unknown } | undefined)?.forward === "function"
  );
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null;
}
