// Generates the protobuf codecs in src/wire/proto from proto/*.proto. With --check it writes nothing and exits 1 when they are stale.
import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync, mkdirSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const target = join(root, "src", "wire", "proto");
const sources = readdirSync(join(root, "proto"))
  .filter((name) => name.endsWith(".proto"))
  .toSorted();

const scratch = mkdtempSync(join(tmpdir(), "tnl-proto-"));
try {
  // Twice: the declarations are made from the comments, and the code is half the size without them.
  generate("messages.js", "--no-comments");
  generate("declarations.js", "-d");
  const generated = [
    ["messages.js", "messages.js"],
    ["declarations.d.ts", "messages.d.ts"],
  ].map(([from, to]) => ({
    path: join(target, to),
    text: `// Generated from proto/*.proto by scripts/generate-proto.mjs. Do not edit.\n${readFileSync(join(scratch, from), "utf8")}`,
  }));
  if (process.argv.includes("--check")) {
    const stale = generated.filter(({ path, text }) => !sameFile(path, text)).map(({ path }) => path);
    if (stale.length > 0) {
      process.stderr.write(`stale: ${stale.join(", ")}; run npm run proto\n`);
      process.exitCode = 1;
    }
  } else {
    mkdirSync(target, { recursive: true });
    for (const { path, text } of generated) writeFileSync(path, text);
  }
} finally {
  rmSync(scratch, { recursive: true });
}

function generate(name, ...flags) {
  execFileSync(
    process.execPath,
    [
      join(root, "node_modules", "protobufjs-cli", "bin", "pbjs"),
      ...["-t", "static-module", "-w", "esm", "--es6", "--dependency", "protobufjs/minimal.js"],
      ...["--no-service", "--no-typeurl", "--no-delimited", "--no-verify", "--no-convert"],
      ...["-r", "tensorboard-node-logger", ...flags, "-o", join(scratch, name)],
      ...["-p", join(root, "proto"), ...sources.map((source) => join(root, "proto", source))],
    ],
    { stdio: ["ignore", "inherit", "inherit"] },
  );
}

function sameFile(path, text) {
  try {
    return readFileSync(path, "utf8") === text;
  } catch (error) {
    if (error.code === "ENOENT") return false;
    throw error;
  }
}
