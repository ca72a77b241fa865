// How many steps of a tag TensorBoard keeps, by dashboard and loader, and that it keeps all when it is told to.
import { beforeAll, describe, expect, test } from "vitest";
import { addAudio } from "../../../src/summary/dashboards/audio.js";
import { addHistogram } from "../../../src/summary/dashboards/histogram.js";
import { addImage } from "../../../src/summary/dashboards/images.js";
import { addMesh } from "../../../src/summary/dashboards/mesh.js";
import { addPrCurve } from "../../../src/summary/dashboards/pr-curve.js";
import { addText } from "../../../src/summary/dashboards/text.js";
import { bytes } from "../../helpers/bytes.js";
import { describeWithPython } from "../../helpers/python.js";
import { useTempDir } from "../../helpers/temp-dir.js";
import { LOADERS, startTensorBoard, type TensorBoard } from "../../helpers/tensorboard.js";
import { T, writeRun } from "./boards.js";

const GIF = bytes("474946383961 0100 0100 80 00 00 ff0000 000000 2c 0000 0000 0100 0100 00 02 02 4401 00 3b");
/** More than any loader keeps of the dashboards here, unless told. */
const STEPS = 600;

/** The steps that are shown of the tag `a`, by dashboard. */
const ROUTES = {
  images: "images/images?run=.&tag=a%2Fimages&sample=0",
  audio: "audio/audio?run=.&tag=a%2Faudio&sample=0",
  text: "text/text?run=.&tag=a%2Ftext",
  mesh: "mesh/meshes?run=.&tag=a%2Fmesh",
  pr_curves: "pr_curves/pr_curves?run=.&tag=a%2Fpr",
  // Distributions are histograms of more steps.
  histograms: "distributions/distributions?run=.&tag=a%2Fhistograms",
} as const;
type Dashboard = keyof typeof ROUTES;

async function stepsOf(board: TensorBoard, dashboard: Dashboard): Promise<number[]> {
  type Point = { readonly step: number } | readonly [number, number];
  const found = await board.json<Point[] | Record<string, Point[]>>(`data/plugin/${ROUTES[dashboard]}`);
  const all = Array.isArray(found) ? found : Object.values(found)[0]!;
  return all.map((point) => ("step" in point ? point.step : point[1]));
}

describeWithPython("how many steps of a tag are kept", () => {
  const tempDir = useTempDir("sampling-rules");
  let logdir: string;
  beforeAll(() => {
    logdir = tempDir();
    writeRun(logdir, (sink) => {
      for (let step = 0; step < STEPS; step++) {
        const options = { wallTime: T + step };
        addImage(sink, "a/images", GIF, step, options);
        addAudio(sink, "a/audio", [0], step, options);
        addText(sink, "a/text", "b", step, options);
        addMesh(sink, "a/mesh", [[0, 1, 2]], step, options);
        addPrCurve(sink, "a/pr", [1], [1], step, { ...options, numThresholds: 2 });
        addHistogram(sink, "a/histograms", [0, 1], step, { ...options, bins: 1 });
      }
    });
  });

  const ask = async (loader: (typeof LOADERS)[number], samplesPerPlugin?: string) => {
    const board = await startTensorBoard(logdir, {
      loader,
      ...(samplesPerPlugin !== undefined && { samplesPerPlugin }),
    });
    try {
      const counts: Partial<Record<Dashboard, number>> = {};
      for (const dashboard of Object.keys(ROUTES) as Dashboard[]) {
        // The last step is always among them.
        const isLoaded = async () => (await stepsOf(board, dashboard)).at(-1) === STEPS - 1;
        await board.waitFor(isLoaded);
        counts[dashboard] = (await stepsOf(board, dashboard)).length;
      }
      return counts;
    } finally {
      await board.stop();
    }
  };

  describe.each(LOADERS)("with the %s loader", (loader) => {
    test("unless it is told", async () => {
      const some =
        loader === "rust"
          ? { text: 100, mesh: 100, histograms: 100 }
          : { text: 10, mesh: 10, histograms: 500 };
      expect(await ask(loader)).toEqual({ images: 10, audio: 10, pr_curves: 100, ...some });
    });

    test("and all, if it is told to", async () => {
      const names = ["images", "audio", "text", "mesh", "pr_curves", "histograms", "distributions"];
      const counts = await ask(loader, names.map((name) => `${name}=${STEPS}`).join());
      const all = { images: STEPS, audio: STEPS, text: STEPS, mesh: STEPS, pr_curves: STEPS };
      // No answer has more than 501 distributions.
      expect(counts).toEqual({ ...all, histograms: 501 });
    });
  });
});
