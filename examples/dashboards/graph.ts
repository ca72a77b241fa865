// Logs a graph of operations for TensorBoard's Graphs page.
//
//   npx tsx examples/dashboards/graph.ts
//   npx tnl tensorboard

import { SummaryWriter } from "tensorboard-node-logger";

const writer = new SummaryWriter("logs/graph");
// A slash in a name makes a group, which opens at a double click.
writer.addGraph([
  { name: "input", op: "Placeholder", outputShapes: [[null, 784]] },
  { name: "dense/weights", op: "Variable", attributes: { trainable: true }, outputShapes: [[784, 10]] },
  { name: "dense/matmul", op: "MatMul", inputs: ["input", "dense/weights"], outputShapes: [[null, 10]] },
  { name: "dense/bias", op: "Variable", outputShapes: [[10]] },
  { name: "dense/add", op: "Add", inputs: ["dense/matmul", "dense/bias"], outputShapes: [[null, 10]] },
  { name: "softmax", op: "Softmax", inputs: ["dense/add"], outputShapes: [[null, 10]] },
]);
// The layers of a model, as model.toJSON(null, false) of TensorFlow.js or Keras's model.to_json() describe them.
const dense = (name: string, units: number) => ({
  class_name: "Dense",
  config: { name, units, dtype: "float32" },
});
writer.addKerasModel({
  class_name: "Sequential",
  config: { name: "classifier", layers: [dense("hidden", 128), dense("output", 10)] },
});
writer.closeSync();
