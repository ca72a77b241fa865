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
});

it("mentions the protobuf library in no public type", () => {
  const files = program
    .getSourceFiles()
    .map(({ fileName }) => relative(root, fileName).replaceAll("\\", "/"));
  expect(files).toContain("dist/index.d.ts");
  expect(files.filter((file) => /node_modules\/(protobufjs|long)\/|^dist\/wire\/proto\//.test(file))).toEqual(
    [],
  );
});

/** The exported names of a declaration file with what each is, sorted by name. */
function exportsOf(path: string): { kind: string; name: string }[] {
  const checker = program.getTypeChecker();
  const source = program.getSourceFile(path);
  const module = source && checker.getSymbolAtLocation(source);
  if (module === undefined) throw new Error(`${path} is not a module`);
  return checker
    .getExportsOfModule(module)
    .map((symbol) => ({ kind: kindOf(checker, symbol), name: symbol.name }))
    .toSorted((a, b) => (a.name < b.name ? -1 : 1));
}

function kindOf(checker: ts.TypeChecker, symbol: ts.Symbol): string {
  const { flags } = symbol.flags & ts.SymbolFlags.Alias ? checker.getAliasedSymbol(symbol) : symbol;
  if (flags & ts.SymbolFlags.Class) return "class";
  if (flags & ts.SymbolFlags.Function) return "function";
  if (flags & ts.SymbolFlags.Value) return "value";
  return "type";
}
