// The programs of docs/compatibility.md with their versions: those that the tests install, and those that wrote the fixtures.
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

const TESTS = join(import.meta.dirname, "..");
const INSTALLED = ["tensorboard", "tensorboard-data-server", "tensorboardX"];
const NAMES: Readonly<Record<string, string>> = {
  tensorboard: "TensorBoard",
  "tensorboard-data-server": "TensorBoard's data server",
  tensorflow: "TensorFlow",
  keras: "Keras",
  "tfjs-layers": "TensorFlow.js",
};

/** Such as `TensorBoard 2.21.0`; the fixtures' programs by name. */
export function programVersions(): string[] {
  const requirements = readFileSync(join(TESTS, "requirements.txt"), "utf8").split("\n");
  const installed = INSTALLED.map((name) => {
    const line = requirements.find((each) => each.startsWith(`${name}==`));
    if (line === undefined) throw new Error(`test/requirements.txt pins no ${name}`);
    return line.replace("==", " ");
  });
  const fixtures = readdirSync(join(TESTS, "fixtures"))
    .filter((file) => /^(peer|model)-.*\.json$/.test(file))
    .map((file) => {
      const text = readFileSync(join(TESTS, "fixtures", file), "utf8");
      return (JSON.parse(text) as { readonly program: string }).program;
    });
  return [...new Set([...installed, ...fixtures.toSorted()])].map((program) => {
    const [name, version] = program.split(" ");
    return `${NAMES[name!] ?? name} ${version}`;
  });
}
