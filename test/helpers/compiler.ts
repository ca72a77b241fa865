// What the compiler says about a file, by the project's own settings.
import { join } from "node:path";
import ts from "typescript";

const root = join(import.meta.dirname, "..", "..");

/** The errors of the program that begins at `file`, as `path:line: message`. */
export function compilerErrors(file: string): string[] {
  const { config } = ts.readConfigFile(join(root, "tsconfig.json"), (path) => ts.sys.readFile(path)) as {
    config: { compilerOptions: object };
  };
  const { options } = ts.convertCompilerOptionsFromJson(config.compilerOptions, root);
  const program = ts.createProgram([file], options);
  return ts.getPreEmitDiagnostics(program).map(({ file: place, start, messageText }) => {
    const line = place && start !== undefined ? place.getLineAndCharacterOfPosition(start).line + 1 : 0;
    return `${place?.fileName ?? ""}:${line}: ${ts.flattenDiagnosticMessageText(messageText, "\n")}`;
  });
}
