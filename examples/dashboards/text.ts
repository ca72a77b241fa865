// Logs text for the Text dashboard: Markdown, and a table of what a model got wrong.
//
//   npx tsx examples/dashboards/text.ts
//   npx tnl tensorboard

import { SummaryWriter } from "tensorboard-node-logger";

const writer = new SummaryWriter("logs/dashboards/text");

writer.addText("config", "**optimizer**: Adam\n\n| lr | beta |\n|---|---|\n| 0.01 | 0.9 |", 0);

for (let epoch = 0; epoch < 5; epoch++) {
  // The rows of a table; a flat list would be a column.
  const mistakes = [
    ["input", "label", "prediction"],
    ["a grey cat", "cat", epoch < 3 ? "dog" : "cat"],
    ["a small dog", "dog", epoch < 1 ? "cat" : "dog"],
  ];
  writer.addText("mistakes", mistakes, epoch);
}
writer.closeSync();
