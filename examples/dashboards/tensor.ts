// Logs a tensor, and a value of a plugin of one's own, for programs that read the file; and reads them back.
//
//   npx tsx examples/dashboards/tensor.ts

import { EventFileReader, SummaryWriter } from "tensorboard-node-logger";
import { decodeTensor } from "tensorboard-node-logger/summary";

const writer = new SummaryWriter("logs/dashboards/tensor");
writer.addTensor(
  "gradient",
  [
    [0.5, -1],
    [2, 0],
  ],
  1,
  { dtype: "float32" },
);
writer.addSummary(
  {
    tag: "state",
    // What a plugin of TensorBoard asks for: its name, and that there is one tensor a step.
    metadata: { pluginName: "my_plugin", dataClass: 2 },
    tensor: { dtype: 7, shape: [1], stringVal: [new TextEncoder().encode("warm")] },
  },
  1,
);
writer.closeSync();

for (const { step, summary = [] } of new EventFileReader(writer.path!)) {
  for (const value of summary) console.log(step, value.tag, decodeTensor(value) ?? value.tensor);
}
