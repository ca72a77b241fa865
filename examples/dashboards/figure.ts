// Logs figures for the Images dashboard: SVG, drawn by this package or by any other. It needs `npm install @resvg/resvg-js`.
//
//   npx tsx examples/dashboards/figure.ts
//   npx tnl tensorboard

import { SummaryWriter } from "tensorboard-node-logger";
import { Figure, renderSvg } from "tensorboard-node-logger/plot";

const writer = new SummaryWriter("logs/dashboards/figure");

for (let epoch = 1; epoch <= 3; epoch++) {
  const figure = new Figure({ title: `Calibration, epoch ${epoch}`, xLabel: "predicted", yLabel: "seen" });
  const [perfect, model] = [figure.series("perfect"), figure.series("model")];
  for (let p = 0; p <= 1; p += 0.05) {
    perfect.push(p, p);
    model.push(p, p ** (1 + 1 / epoch));
  }
  writer.addFigure("calibration", renderSvg(figure), epoch, { width: 960 });
}
writer.closeSync();
