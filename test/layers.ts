// The rule "who may import whom", checked on what the compiler parses: static, dynamic and type-only imports.
import { dirname, posix } from "node:path";
import ts from "typescript";

/** A layer (a folder or a root file of `src`) and what it builds on; what those build on is allowed too. */
const BUILDS_ON: Readonly<Record<string, readonly string[]>> = {
  "errors.ts": [],
  "version.ts": [],
  math: ["errors.ts"],
  wire: ["math", "errors.ts", "version.ts"],
  events: ["wire"],
  summary: ["events"],
  archive: ["summary"],
  analysis: ["summary"],
  engine: ["summary"],
  plot: ["summary", "analysis", "engine"],
  tfjs: ["summary", "engine"],
  experiments: ["engine", "analysis", "plot"],
  cli: ["experiments", "archive", "tfjs", "index.ts"],
  "index.ts": ["experiments", "tfjs"],
};

/** What `index.ts` may not name although it may import what builds on it. */
const NOT_IN_ROOT = ["cli", "plot", "archive"];

/** Allowed only as `import()`, so that the heavy layer is loaded when it is asked for. */
const ONLY_DYNAMIC: readonly (readonly [from: string, to: string])[] = [["experiments", "tfjs"]];

/** What is never loaded by importing `index.ts`, at any depth: a training script needs none of it. */
const NOT_LOADED_BY_ROOT = [...NOT_IN_ROOT, "tfjs"];

/** Packages that belong to one layer; every other one may be used anywhere. */
const OWNED_PACKAGES: readonly (readonly [pattern: RegExp, layer: string])[] = [
  [/^@tensorflow\//, "tfjs"],
  [/^yargs($|\/)/, "cli"],
  [/^d3-/, "plot"],
  [/^(gifenc|@resvg\/resvg-js)$/, "summary"],
  [/^(protobufjs|long)($|\/)/, "wire"],
  [/^hyparquet(-writer)?($|\/)/, "archive"],
];

type Kind = "static" | "type" | "dynamic";

interface Import {
  readonly specifier: string | undefined;
  readonly kind: Kind;
  readonly line: number;
}

/** Sources by path from `src`, with `/`. */
export type Sources = ReadonlyMap<string, string>;

/** Every breach of the rules in `sources`, as `path:line: what is wrong`, sorted; `declared` are the packages of package.json. */
export function layerViolations(sources: Sources, declared: readonly string[]): string[] {
  const violations: string[] = [];
  const loadedByRoot = staticallyReached("index.ts", sources);
  for (const [path, text] of sources) {
    const layer = layerOf(path);
    if (!(layer in BUILDS_ON)) {
      violations.push(`${path}:1: ${layer} is not a layer`);
      continue;
    }
    if (loadedByRoot.has(path) && NOT_LOADED_BY_ROOT.includes(layer)) {
      violations.push(`${path}:1: index.ts loads ${layer}`);
    }
    for (const found of importsOf(path, text)) {
      const breach = breachOf(path, found, sources, declared);
      if (breach !== undefined) violations.push(`${path}:${found.line}: ${breach}`);
    }
  }
  return violations.toSorted();
}

/** What the user names on the command line is loaded here alone. */
const LOADS_USERS_MODULES = "experiments/user-module.ts";

function breachOf(
  path: string,
  { specifier, kind }: Import,
  sources: Sources,
  declared: readonly string[],
): string | undefined {
  const layer = layerOf(path);
  if (specifier === undefined)
    return path === LOADS_USERS_MODULES ? undefined : "imports something that only a run can tell";
  if (specifier.startsWith("node:")) return undefined;
  if (!specifier.startsWith(".")) return packageBreach(layer, specifier, declared);
  const target = resolve(path, specifier, sources);
  if (target === undefined) return `${specifier} is no file of src`;
  const targetLayer = layerOf(target);
  if (targetLayer === layer || allowedBelow(layer).has(targetLayer)) return undefined;
  if (kind === "dynamic" && ONLY_DYNAMIC.some(([from, to]) => from === layer && to === targetLayer)) {
    return undefined;
  }
  return `${layer} imports ${targetLayer}`;
}

function packageBreach(layer: string, specifier: string, declared: readonly string[]): string | undefined {
  const owned = OWNED_PACKAGES.find(([pattern]) => pattern.test(specifier));
  if (owned !== undefined && owned[1] !== layer) return `${specifier} belongs to ${owned[1]}`;
  const parts = specifier.split("/");
  const name = parts.slice(0, specifier.startsWith("@") ? 2 : 1).join("/");
  return declared.includes(name) ? undefined : `${specifier} is not declared in package.json`;
}

/** The folder of a path, or the file itself at the root. */
function layerOf(path: string): string {
  return path.split("/")[0] as string;
}

function allowedBelow(layer: string): Set<string> {
  const below = new Set<string>();
  const pending = [...(BUILDS_ON[layer] ?? [])];
  for (let next = pending.pop(); next !== undefined; next = pending.pop()) {
    if (below.has(next)) continue;
    below.add(next);
    pending.push(...(BUILDS_ON[next] ?? []));
  }
  if (layer === "index.ts") for (const name of NOT_IN_ROOT) below.delete(name);
  return below;
}

/** The source a relative specifier means: NodeNext names the `.js` that a `.ts` or a generated `.d.ts` becomes. */
function resolve(from: string, specifier: string, sources: Sources): string | undefined {
  const target = posix.join(dirname(from), specifier);
  const candidates = [target, target.replace(/\.js$/, ".ts"), target.replace(/\.js$/, ".d.ts")];
  return candidates.find((candidate) => sources.has(candidate));
}

function staticallyReached(entry: string, sources: Sources): Set<string> {
  const reached = new Set<string>();
  const pending = sources.has(entry) ? [entry] : [];
  for (let path = pending.pop(); path !== undefined; path = pending.pop()) {
    if (reached.has(path)) continue;
    reached.add(path);
    for (const { specifier, kind } of importsOf(path, sources.get(path) as string)) {
      if (kind !== "static" || specifier === undefined || !specifier.startsWith(".")) continue;
      const target = resolve(path, specifier, sources);
      if (target !== undefined) pending.push(target);
    }
  }
  return reached;
}

/** Every import of a source: `import`, `export from`, `import =`, `import()`, `require()`, `import("x").T`. */
export function importsOf(path: string, text: string): Import[] {
  const source = ts.createSourceFile(path, text, ts.ScriptTarget.Latest, true);
  const imports: Import[] = [];
  const add = (node: ts.Node, specifier: ts.Node | undefined, kind: Kind): void => {
    const line = source.getLineAndCharacterOfPosition(node.getStart(source)).line + 1;
    const isText = specifier !== undefined && ts.isStringLiteralLike(specifier);
    imports.push({ specifier: isText ? specifier.text : undefined, kind, line });
  };
  const visit = (node: ts.Node): void => {
    if (ts.isImportDeclaration(node)) {
      add(node, node.moduleSpecifier, isTypeOnly(node) ? "type" : "static");
    } else if (ts.isExportDeclaration(node) && node.moduleSpecifier !== undefined) {
      add(node, node.moduleSpecifier, isTypeOnly(node) ? "type" : "static");
    } else if (ts.isImportEqualsDeclaration(node) && ts.isExternalModuleReference(node.moduleReference)) {
      add(node, node.moduleReference.expression, node.isTypeOnly ? "type" : "static");
    } else if (ts.isImportTypeNode(node)) {
      add(node, ts.isLiteralTypeNode(node.argument) ? node.argument.literal : undefined, "type");
    } else if (ts.isCallExpression(node) && isDynamicImport(node)) {
      add(node, node.arguments[0], "dynamic");
    }
    ts.forEachChild(node, visit);
  };
  visit(source);
  return imports;
}

/** Whether nothing of the module is loaded: under verbatimModuleSyntax only a `type` before the braces does that. */
function isTypeOnly(node: ts.ImportDeclaration | ts.ExportDeclaration): boolean {
  if (ts.isExportDeclaration(node)) return node.isTypeOnly;
  return node.importClause?.phaseModifier === ts.SyntaxKind.TypeKeyword;
}

function isDynamicImport({ expression }: ts.CallExpression): boolean {
  if (expression.kind === ts.SyntaxKind.ImportKeyword) return true;
  return ts.isIdentifier(expression) && expression.text === "require";
}
