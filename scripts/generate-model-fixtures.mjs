// Writes test/fixtures/model-tfjs.json: models as TensorFlow.js itself describes them, in the form of Keras 2.
//
//   npm install --prefix .tfjs @tensorflow/tfjs-core@4.22.0 @tensorflow/tfjs-backend-cpu@4.22.0 @tensorflow/tfjs-layers@4.22.0
//   node scripts/generate-model-fixtures.mjs .tfjs
//
// The packages are in a directory of their own, since no test needs them.
import { writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { resolve } from "node:path";

const [directory] = process.argv.slice(2);
if (directory === undefined) throw new Error("usage: generate-model-fixtures.mjs DIRECTORY");
const require = createRequire(resolve(directory, "package.json"));
require("@tensorflow/tfjs-backend-cpu");
const { input, layers, model, sequential, version_layers: version } = require("@tensorflow/tfjs-layers");

function shared() {
  const [left, right] = ["left", "right"].map((name) => input({ shape: [4], name }));
  const dense = layers.dense({ units: 3, activation: "relu", name: "shared" });
  const joined = layers.concatenate({ name: "joined" }).apply([dense.apply(left), dense.apply(right)]);
  const outputs = layers.dense({ units: 1, name: "out" }).apply(joined);
  return model({ inputs: [left, right], outputs, name: "two" });
}

function nested() {
  const [a, b, x, y] = ["a", "b", "x", "y"].map((name) => input({ shape: [4], name }));
  const sum = layers.add({ name: "sum" }).apply([a, b]);
  const inner = model({ inputs: [a, b], outputs: sum, name: "inner" });
  const dense = sequential({ name: "seq" });
  dense.add(layers.dense({ units: 2, inputShape: [4], name: "first" }));
  dense.add(layers.dense({ units: 1, name: "second" }));
  return model({ inputs: [x, y], outputs: dense.apply(inner.apply([x, y])), name: "outer" });
}

const models = [shared(), nested()].map((each) => [each.name, each.toJSON(null, false)]);
const content = { program: `tfjs-layers ${version}`, ...Object.fromEntries(models) };
writeFileSync(new URL("../test/fixtures/model-tfjs.json", import.meta.url), `${JSON.stringify(content)}\n`);
