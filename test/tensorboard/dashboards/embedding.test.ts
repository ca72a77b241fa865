// Embeddings as the real TensorBoard's projector serves them, beside tensorboardX's of the same call.
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { EventFileWriter } from "../../../src/events/event-file-writer.js";
import { addEmbedding, type EmbeddingOptions } from "../../../src/summary/dashboards/embedding.js";
import { decodeLabels, decodeVectors } from "../../../src/summary/embedding-files.js";
import { decodeProjectorConfig } from "../../../src/summary/projector-config.js";
import { forPeer, forUs, judged, proves } from "../../compatibility/proves.js";
import { describeWithPython, runPython } from "../../helpers/python.js";
import { useTempDir } from "../../helpers/temp-dir.js";
import { LOADERS, startTensorBoard, type TensorBoard } from "../../helpers/tensorboard.js";

const tempDir = useTempDir("embedding");

const [ROWS, COLUMNS] = [200, 7];
/** From tiny to large, in a way that another program can repeat exactly. */
const valueAt = (i: number): number =>
  Math.fround((((i * 7919) % 20011) - 10000) / 1024) * 2 ** ((i % 40) - 20);
const DATA = Float32Array.from({ length: ROWS * COLUMNS }, (_, i) => valueAt(i));
const LABELS = Array.from({ length: ROWS }, (_, i) => `größe ${i}`);
const IMAGES = { shape: [ROWS, 1, 4, 4], data: Uint8Array.from({ length: ROWS * 16 }, (_, i) => i % 251) };

const TENSORBOARDX = `
import sys, numpy, tensorboardX
rows, columns = ${ROWS}, ${COLUMNS}
i = numpy.arange(rows * columns)
data = (((i * 7919) % 20011 - 10000) / 1024).astype(numpy.float32) * numpy.float32(2.0) ** (i % 40 - 20)
images = (numpy.arange(rows * 16) % 251 / 255).astype(numpy.float32).reshape(rows, 1, 4, 4)
with tensorboardX.SummaryWriter(sys.argv[1]) as writer:
    writer.add_embedding(data.astype(numpy.float32).reshape(rows, columns), [f"größe {i}" for i in range(rows)],
                         numpy.repeat(images, 3, axis=1), global_step=3)
    writer.add_embedding(numpy.float32([[1, 2, 3], [4, 5, 6]]), metadata=["", "b"], tag="empty label")
    writer.add_scalar("loss", 1, 1)
`;

interface Config {
  readonly embeddings: readonly {
    readonly tensorName: string;
    readonly tensorShape: readonly number[];
    readonly metadataPath?: string;
    readonly sprite?: { readonly singleImageDim: readonly number[] };
  }[];
}

const ask = (board: TensorBoard, route: string, query: Record<string, string>) =>
  board.bytes(`data/plugin/projector/${route}?${new URLSearchParams(query).toString()}`);

async function vectorsOf(board: TensorBoard, query: Record<string, string>): Promise<Float32Array> {
  const bytes = await ask(board, "tensor", query);
  return new Float32Array(bytes.buffer, bytes.byteOffset, bytes.length / 4);
}

describeWithPython("embeddings", () => {
  const logdir = tempDir();
  const boards: Partial<Record<string, TensorBoard>> = {};

  async function log(): Promise<void> {
    const run = (
      name: string,
      ...embeddings: (EmbeddingOptions & { matrix: Parameters<typeof addEmbedding>[2] })[]
    ): void => {
      const sink = new EventFileWriter(join(logdir, name));
      for (const { matrix, ...options } of embeddings) addEmbedding(sink, sink.dir, matrix, options);
      sink.closeSync();
    };
    run(
      "ours",
      {
        matrix: { shape: [ROWS, COLUMNS], data: DATA },
        metadata: LABELS,
        labelImages: IMAGES,
        step: 3,
        format: "NCHW",
      },
      {
        matrix: [
          [1, 2, 3],
          [4, 5, 6],
        ],
        metadata: ["", "b"],
        tag: "empty label",
      },
      {
        matrix: [
          [0, 0],
          [0, 0],
        ],
        metadata: [
          { word: "", count: "" },
          { word: "b", count: 2 },
        ],
        tag: 'all "zero" \\ größe:0',
      },
      { matrix: [[0.5]], tag: "../x", step: 123_456 },
    );
    // Without one of the run's own before it, as only the directory of the logs itself may be.
    mkdirSync(join(logdir, "no events"));
    addEmbedding(new EventFileWriter(join(logdir, "no events")), join(logdir, "no events"), [[1]]);
    run(".", { matrix: [[7, 8]] });
    await runPython(TENSORBOARDX, [join(logdir, "theirs")]);
    // What the format of the configuration allows, and TensorBoard does not.
    const outside = 'embeddings { tensor_name: "a" tensor_path: "../ours/00003/default/tensors.tsv" }\n';
    mkdirSync(join(logdir, "outside"));
    writeFileSync(join(logdir, "outside", "projector_config.pbtxt"), outside);
    const sink = new EventFileWriter(join(logdir, "outside"));
    sink.write({ summary: [] });
    sink.closeSync();
  }

  beforeAll(async () => {
    await log();
    await Promise.all(
      LOADERS.map(async (loader) => (boards[loader] = await startTensorBoard(logdir, { loader }))),
    );
  });
  afterAll(() => Promise.all(Object.values(boards).map((board) => board?.stop())));

  test("tensorboardX's files are read as its vectors and labels", () => {
    proves(forPeer("tensorboardX", "addEmbedding", "read"));
    const read = (path: string): string => readFileSync(join(logdir, "theirs", path), "utf8");
    const [found] = decodeProjectorConfig(read("projector_config.pbtxt")).embeddings;
    expect(decodeVectors(read(found!.tensorPath!)).data).toEqual(DATA);
    expect(decodeLabels(read(found!.metadataPath!))).toEqual(LABELS);
  });

  describe.each(LOADERS)("in the %s loader", (loader) => {
    const ready = (): Promise<TensorBoard> => {
      const board = boards[loader]!;
      return board.waitFor(async () => {
        const runs = await board.json<string[]>("data/plugin/projector/runs");
        return [".", "no events", "ours", "theirs"].every((run) => runs.includes(run)) && board;
      });
    };
    const configOf = async (run: string): Promise<Config> => {
      const board = await ready();
      return board.json<Config>(`data/plugin/projector/info?${new URLSearchParams({ run }).toString()}`);
    };

    test("a run lists all, also one that has nothing else; and the page is there", async () => {
      proves(forUs("addEmbedding", loader));
      const board = await ready();
      await board.waitFor(async () => {
        const plugins = await board.json<Record<string, { enabled: boolean }>>("data/plugins_listing");
        return plugins["projector"]!.enabled;
      });
      const { embeddings } = await configOf("ours");
      expect(embeddings.map(({ tensorName, tensorShape }) => [tensorName, tensorShape])).toEqual([
        ["default:00003", [ROWS, COLUMNS]],
        ["empty label:00000", [2, 3]],
        ['all "zero" \\ größe:0:00000', [2, 2]],
        ["../x:123456", [1, 1]],
      ]);
      expect((await board.runs()).toSorted()).toEqual([".", "no events", "ours", "outside", "theirs"]);
      expect((await configOf(".")).embeddings.map(({ tensorName }) => tensorName)).toEqual(["default:00000"]);
    });

    test("vectors are the same float32, ours and tensorboardX's", async () => {
      proves(
        forUs("addEmbedding", loader),
        judged("addEmbedding", "TensorBoard: tensorboardX's vectors, labels and pictures"),
        forPeer("tensorboardX", "addEmbedding", loader),
      );
      const board = await ready();
      for (const run of ["ours", "theirs"]) {
        expect(await vectorsOf(board, { run, name: "default:00003" })).toEqual(DATA);
        const rows = await vectorsOf(board, { run, name: "default:00003", num_rows: "3" });
        expect(rows).toEqual(DATA.subarray(0, 3 * COLUMNS));
      }
      const zeros = await vectorsOf(board, { run: "ours", name: 'all "zero" \\ größe:0:00000' });
      expect(zeros).toEqual(new Float32Array(4));
      expect(await vectorsOf(board, { run: "ours", name: "../x:123456" })).toEqual(Float32Array.of(0.5));
    });

    test("labels are tensorboardX's, and an empty one does not move those behind it", async () => {
      proves(
        forUs("addEmbedding", loader),
        forPeer("tensorboardX", "addEmbedding", loader, "an empty label as an empty line"),
      );
      const board = await ready();
      const labels = async (run: string, name: string) =>
        new TextDecoder().decode(await ask(board, "metadata", { run, name }));
      expect(await labels("ours", "default:00003")).toBe(LABELS.map((label) => `${label}\n`).join(""));
      expect(await labels("theirs", "default:00003")).toBe(await labels("ours", "default:00003"));
      expect(await labels("theirs", "empty label:00000")).toBe("\nb\n");
      expect(await labels("ours", "empty label:00000")).toBe("\u200b\nb\n");
      expect(await labels("ours", 'all "zero" \\ größe:0:00000')).toBe("word\tcount\n\u200b\t\nb\t2\n");
    });

    test("pictures are tensorboardX's", async () => {
      proves(forUs("addEmbedding", loader), forPeer("tensorboardX", "addEmbedding", loader));
      const board = await ready();
      const pixels = async (run: string) => {
        const { embeddings } = await configOf(run);
        expect(embeddings[0]!.sprite!.singleImageDim).toEqual([4, 4]);
        const png = await ask(board, "sprite_image", { run, name: "default:00003" });
        const path = join(tempDir(), "sprite.png");
        writeFileSync(path, png);
        const script =
          "import sys\nfrom PIL import Image\nimage = Image.open(sys.argv[1])\nprint(image.size, image.convert('L').tobytes().hex())";
        return runPython(script, [path]);
      };
      const [ours, theirs] = [await pixels("ours"), await pixels("theirs")];
      expect(ours).toMatch(/^\(60, 60\) [\da-f]{7200}\n$/);
      expect(theirs).toBe(ours);
    });

    test("a path outside of the run's directory is refused, as the documentation tells", async () => {
      const board = await ready();
      await expect(ask(board, "tensor", { run: "outside", name: "a" })).rejects.toThrow("400");
    });
  });
});
