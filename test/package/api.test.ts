// The public interface: the names of every subpath, as a stored list, so that none appears or goes unnoticed.
import { join, relative } from "node:path";
import ts from "typescript";
import { beforeAll, describe, expect, it } from "vitest";
import manifest from "../../package.json" with { type: "json" };
import { runOrThrow } from "./process.js";
import { root } from "./project.js";

const subpaths = Object.entries(manifest.exports).flatMap(([subpath, target]) =>
  typeof target === "string" ? [] : [{ subpath, types: join(root, target.types) }],
);

let program: ts.Program;
let runtimeNames: Record<string, string[]>;

beforeAll(async () => {
  program = ts.createProgram(
    subpaths.map(({ types }) => types),
    {
      module: ts.ModuleKind.NodeNext,
      target: ts.ScriptTarget.ES2022,
      types: ["node"],
      typeRoots: [join(root, "node_modules", "@types")],
    },
  );
  const specifiers = subpaths.map(({ subpath }) => `${manifest.name}${subpath.slice(1)}`);
  const importer = join(import.meta.dirname, "consumer", "import.mjs");
  const { stdout } = await runOrThrow(process.execPath, [importer, ...specifiers], { cwd: root });
  runtimeNames = JSON.parse(stdout) as Record<string, string[]>;
}, 60_000);

describe.each(subpaths)("$subpath", ({ subpath, types }) => {
  it("exports the names of the stored list", async () => {
    const lines = exportsOf(types).map(({ kind, name }) => `${kind} ${name}`);
    const file = subpath === "." ? "root" : subpath.slice(2);
    await expect(`${lines.join("\n")}\n`).toMatchFileSnapshot(`api/${file}.txt`);
  });

  it("declares the values that it has when it runs", () => {
    const declared = exportsOf(types).filter(({ kind }) => kind !== "type");
    expect(declared.map(({ name }) => name).toSorted()).toEqual(
      runtimeNames[`${manifest.name}${subpath.slice(1)}`],
    );
  });

  it("mentions the protobuf library in no public type", () => {
    const checker = program.getTypeChecker();
    const files = filesMentionedBy(exportedSymbols(types), checker);
    expect(files).toContain(relative(root, types).replaceAll("\\", "/"));
    expect(
      files.filter((file) => /node_modules\/(protobufjs|long)\/|^dist\/wire\/proto\//.test(file)),
    ).toEqual([]);
  });
});

function exportedSymbols(path: string): ts.Symbol[] {
  const checker = program.getTypeChecker();
  const source = program.getSourceFile(path);
  const module = source && checker.getSymbolAtLocation(source);
  if (module === undefined) throw new Error(`${path} is not a module`);
  return checker.getExportsOfModule(module);
}

/** The exported names of a declaration file with what each is, sorted by name. */
function exportsOf(path: string): { kind: string; name: string }[] {
  const checker = program.getTypeChecker();
  return exportedSymbols(path)
    .map((symbol) => ({ kind: kindOf(symbol, checker), name: symbol.name }))
    .toSorted((a, b) => (a.name < b.name ? -1 : 1));
}

function kindOf(symbol: ts.Symbol, checker: ts.TypeChecker): string {
  const { flags } = unaliased(symbol, checker);
  if (isTypeOnly(symbol, checker) || !(flags & ts.SymbolFlags.Value)) return "type";
  if (flags & ts.SymbolFlags.Class) return "class";
  return flags & ts.SymbolFlags.Function ? "function" : "value";
}

/** Whether an `export type` on the way takes the value away. */
function isTypeOnly(symbol: ts.Symbol, checker: ts.TypeChecker): boolean {
  if (symbol.declarations?.some(ts.isTypeOnlyImportOrExportDeclaration)) return true;
  if (!(symbol.flags & ts.SymbolFlags.Alias)) return false;
  const next = checker.getImmediateAliasedSymbol(symbol);
  return next !== undefined && isTypeOnly(next, checker);
}

function unaliased(symbol: ts.Symbol, checker: ts.TypeChecker): ts.Symbol {
  return symbol.flags & ts.SymbolFlags.Alias ? checker.getAliasedSymbol(symbol) : symbol;
}

/** The files, from the root, that declare the symbols, what these mention, and so on as far as dist goes. */
function filesMentionedBy(symbols: readonly ts.Symbol[], checker: ts.TypeChecker): string[] {
  const seen = new Set<ts.Node>();
  const files = new Set<string>();
  const visit = (node: ts.Node): void => {
    if (ts.isIdentifier(node)) mention(checker.getSymbolAtLocation(node));
    ts.forEachChild(node, visit);
  };
  const mention = (symbol: ts.Symbol | undefined): void => {
    for (const declaration of symbol?.declarations ?? []) {
      if (seen.has(declaration)) continue;
      seen.add(declaration);
      const file = relative(root, declaration.getSourceFile().fileName).replaceAll("\\", "/");
      files.add(file);
      if (file.startsWith("dist/") && !file.startsWith("dist/wire/proto/")) visit(declaration);
    }
    if (symbol !== undefined && symbol.flags & ts.SymbolFlags.Alias)
      mention(checker.getAliasedSymbol(symbol));
  };
  for (const symbol of symbols) mention(symbol);
  return [...files];
}
