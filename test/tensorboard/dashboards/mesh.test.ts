// Meshes as the real TensorBoard serves them in both loaders, beside torch's and tensorboardX's of the same call.
import { copyFileSync, mkdirSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { EventFileWriter } from "../../../src/events/event-file-writer.js";
import { addMesh } from "../../../src/summary/dashboards/mesh.js";
import { decodeMesh } from "../../../src/summary/mesh.js";
import { forPeer, forUs, judged, proves } from "../../compatibility/proves.js";
import { eventFilesIn, eventsOf } from "../../helpers/events.js";
import { fixtures } from "../../helpers/fixtures.js";
import { describeWithPython, runPython } from "../../helpers/python.js";
import { useTempDir } from "../../helpers/temp-dir.js";
import { LOADERS, startTensorBoard, type TensorBoard } from "../../helpers/tensorboard.js";

const tempDir = useTempDir("mesh");

const VERTICES = [
  [1, 1, 1],
  [-1, -1, 1],
  [1, -1, -1],
  [-1, 1, -1],
];
const COLORS = [
  [255, 0, 0],
  [0, 255, 0],
  [0, 0, 255],
  [255, 0, 255],
];
const FACES = [
  [0, 2, 3],
  [0, 3, 1],
  [0, 1, 2],
  [1, 3, 2],
];
const CONFIG = { camera: { cls: "PerspectiveCamera", fov: 75 } };

const TENSORBOARDX = `
import json, sys, numpy, tensorboardX
vertices, colors, faces, config, logdir = *map(json.loads, sys.argv[1:5]), sys.argv[5]
with tensorboardX.SummaryWriter(logdir) as writer:
    writer.add_mesh("tetrahedron", numpy.float32([vertices]), numpy.int32([colors]), numpy.int32([faces]), config, 3)
`;

interface Part {
  readonly step: number;
  readonly content_type: number;
  readonly components: number;
  readonly config: string;
  readonly data_shape: readonly number[];
}

const TYPES = { VERTEX: Float32Array, FACE: Int32Array, COLOR: Uint8Array } as const;

describeWithPython("meshes", () => {
  const logdir = tempDir();
  const boards: Partial<Record<string, TensorBoard>> = {};

  async function log(): Promise<void> {
    const sink = new EventFileWriter(join(logdir, "ours"));
    addMesh(sink, "tetrahedron", VERTICES, 3, { colors: COLORS, faces: FACES, config: CONFIG });
    // A cloud of two, with other numbers of points at each step.
    for (let step = 0; step < 3; step++) {
      const shape = [2, step + 1, 3];
      const data = Float32Array.from({ length: 6 * (step + 1) }, (_, i) => i / 8 + step);
      addMesh(sink, "wolke/größe", { shape, data }, step);
    }
    sink.closeSync();
    const arrays = [VERTICES, COLORS, FACES, CONFIG].map((each) => JSON.stringify(each));
    await runPython(TENSORBOARDX, [...arrays, join(logdir, "tensorboardX")]);
    const torch = fixtures.find(({ name }) => name === "peer-torch-plugins")!;
    mkdirSync(join(logdir, "torch"));
    copyFileSync(torch.path, join(logdir, "torch", torch.file!));
  }

  beforeAll(async () => {
    await log();
    await Promise.all(
      LOADERS.map(async (loader) => (boards[loader] = await startTensorBoard(logdir, { loader }))),
    );
  });
  afterAll(() => Promise.all(Object.values(boards).map((board) => board?.stop())));

  test("tensorboardX's file is read as ours", () => {
    proves(forPeer("tensorboardX", "addMesh", "read"));
    const partsIn = (run: string) =>
      eventFilesIn(join(logdir, run))
        .flatMap((path) => eventsOf(path).flatMap(({ summary = [] }) => summary))
        .map((value) => decodeMesh(value)!)
        .filter(({ name }) => name === "tetrahedron");
    expect(partsIn("tensorboardX")).toHaveLength(3);
    expect(partsIn("tensorboardX")).toEqual(partsIn("ours"));
  });

  describe.each(LOADERS)("in the %s loader", (loader) => {
    const ready = (): Promise<TensorBoard> => {
      const board = boards[loader]!;
      return board.waitFor(async () => {
        const tags = await board.json<object>("data/plugin/mesh/tags");
        return ["ours", "tensorboardX", "torch"].every((run) => run in tags) && board;
      });
    };
    const partsOf = async (run: string, tag: string): Promise<Part[]> => {
      const board = await ready();
      const parts = await board.json<Part[]>(
        `data/plugin/mesh/meshes?${new URLSearchParams({ run, tag }).toString()}`,
      );
      return parts.toSorted((a, b) => a.content_type - b.content_type || a.step - b.step);
    };
    const elementsOf = async (
      run: string,
      tag: string,
      type: keyof typeof TYPES,
      step: number,
      sample = 0,
    ) => {
      const board = await ready();
      const query = new URLSearchParams({
        run,
        tag,
        content_type: type,
        sample: `${sample}`,
        step: `${step}`,
      });
      const bytes = await board.bytes(`data/plugin/mesh/data?${query.toString()}`);
      return Array.from(new TYPES[type](bytes.slice().buffer));
    };

    test("every part is there, with the view, as torch's and tensorboardX's", async () => {
      proves(
        forUs("addMesh", loader),
        judged("addMesh", "TensorBoard: every element, as of torch and tensorboardX"),
        forPeer(["torch", "tensorboardX"], "addMesh", loader),
      );
      expect(await (await ready()).json("data/plugin/mesh/tags")).toEqual({
        ours: { tetrahedron: { samples: 1 }, "wolke/größe": { samples: 2 } },
        tensorboardX: { tetrahedron: { samples: 1 } },
        torch: { tetrahedron: { samples: 1 } },
      });
      for (const run of ["ours", "tensorboardX", "torch"]) {
        const parts = await partsOf(run, "tetrahedron");
        expect(parts.map(({ content_type: type, step }) => [type, step])).toEqual([
          [1, 3],
          [2, 3],
          [3, 3],
        ]);
        for (const { components, config, data_shape: shape } of parts) {
          expect([components, shape, JSON.parse(config)]).toEqual([14, [1, 4, 3], CONFIG]);
        }
        expect(await elementsOf(run, "tetrahedron", "VERTEX", 3)).toEqual(VERTICES.flat());
        expect(await elementsOf(run, "tetrahedron", "FACE", 3)).toEqual(FACES.flat());
        expect(await elementsOf(run, "tetrahedron", "COLOR", 3)).toEqual(COLORS.flat());
      }
    });

    test("a cloud of points alone has one part, and its points may be more at a later step", async () => {
      proves(forUs("addMesh", loader));
      const tag = "wolke/größe";
      const parts = await partsOf("ours", tag);
      expect(parts.map(({ step, components, config }) => [step, components, config])).toEqual([
        [0, 2, "{}"],
        [1, 2, "{}"],
        [2, 2, "{}"],
      ]);
      for (let step = 0; step < 3; step++) {
        const size = 3 * (step + 1);
        for (const sample of [0, 1]) {
          const expected = Array.from({ length: size }, (_, i) => (i + sample * size) / 8 + step);
          expect(await elementsOf("ours", tag, "VERTEX", step, sample)).toEqual(expected);
        }
      }
    });
  });
});
