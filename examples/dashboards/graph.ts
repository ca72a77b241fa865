// Logs a graph of operations for TensorBoard's Graphs page.
//
//   npx tsx examples/dashboards/graph.ts
//   npx tnl tensorboard

import { SummaryWriter } from "tensorboard-node-logger";

const writer = new SummaryWriter("logs/dashboards/graph");
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
writer.addKerasModel({
  class_name: "Sequential",
  config: {
    name: "classifier",
    layers: [
      { class_name: "Dense", config: { name: "hidden", units: 128, dtype: "float32" } },
      { class_name: "Dropout", config: { name: "dropout", rate: 0.5, dtype: "float32" } },
      { class_name: "Dense", config: { name: "output", units: 10, dtype: "float32" } },
    ],
  },
});
writer.closeSync();
