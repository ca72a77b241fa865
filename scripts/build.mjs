// Builds dist from src, unless its stamp says that nothing changed. `--check` builds nothing and exits 1 when dist is stale.
import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { chmodSync, cpSync, existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join, relative, sep } from "node:path";
import { fileURLToPath } from "node:url";

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const dist = join(root, "dist");
const stampFile = join(dist, ".stamp");
const bin = join(dist, "cli", "bin.js");

const stamp = stampOf(sources());
const isFresh = existsSync(stampFile) && readFileSync(stampFile, "utf8").trim() === stamp;

if (isFresh) process.exit(0);
if (process.argv.includes("--check")) {
  process.stderr.write("dist is stale; run npm run build\n");
  process.exit(1);
}

rmSync(dist, { recursive: true, force: true });
compile();
copyGeneratedCodecs();
if (existsSync(bin)) chmodSync(bin, 0o755);
// Last, so that a build that was cut off is never taken for a whole one.
writeFileSync(stampFile, `${stamp}\n`);

/** Every file the build depends on, as paths from the root with `/`, in an order that is the same everywhere. */
function sources() {
  const isSetting = (name) => name === "package.json" || /^tsconfig.*\.json$/.test(name);
  return [
    ...readdirSync(root).filter(isSetting),
    "scripts/build.mjs",
    ...["src", "proto"].flatMap((folder) => filesBelow(join(root, folder))),
  ].toSorted();
}

function filesBelow(folder) {
  if (!existsSync(folder)) return [];
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => relative(root, join(entry.parentPath, entry.name)).split(sep).join("/"));
}

/** SHA-256 over names, lengths and contents, so that moving bytes from one file to the next changes it too. */
function stampOf(paths) {
  const hash = createHash("sha256");
  for (const path of paths) {
    const content = readFileSync(join(root, path));
    hash.update(`${path}\0${content.length}\0`).update(content);
  }
  return hash.digest("hex");
}

function compile() {
  const tsc = join(root, "node_modules", "typescript", "bin", "tsc");
  const { status, signal, error } = spawnSync(
    process.execPath,
    [tsc, "-p", join(root, "tsconfig.build.json"), "--noEmitOnError"],
    { cwd: root, stdio: "inherit" },
  );
  if (error) throw error;
  if (status !== 0) {
    if (signal) process.stderr.write(`The TypeScript compiler was stopped by ${signal}\n`);
    process.exit(status ?? 1);
  }
}

/** tsc reads the codecs' declarations but copies neither them nor the code. */
function copyGeneratedCodecs() {
  const from = join(root, "src", "wire", "proto");
  const isCodec = (name) => name.endsWith(".js") || name.endsWith(".d.ts");
  if (!existsSync(from)) return;
  for (const name of readdirSync(from).filter(isCodec))
    cpSync(join(from, name), join(dist, "wire", "proto", name));
}
