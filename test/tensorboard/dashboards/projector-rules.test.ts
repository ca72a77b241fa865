// Where TensorBoard's projector looks for embeddings, and what takes all of them: why ours are text, and a broken configuration is an error.
import { mkdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { expect, test } from "vitest";
import { LogdirError } from "../../../src/errors.js";
import { SummaryWriter } from "../../../src/summary/summary-writer.js";
import { errorOf } from "../../helpers/errors.js";
import { describeWithPython } from "../../helpers/python.js";
import { useTempDir } from "../../helpers/temp-dir.js";
import type { TensorBoard } from "../../helpers/tensorboard.js";
import { inBoth } from "./boards.js";

const tempDir = useTempDir("projector-rules");
const PLUGIN_FOLDER = "plugins/org_tensorflow_tensorboard_projector";
const CONFIG = "projector_config.pbtxt";

function put(path: string, content: string | Uint8Array): void {
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, content);
}

/** A run of ours with an embedding of zeros, and what other programs may leave there. */
function logZeros(dir: string): void {
  const writer = new SummaryWriter(dir);
  writer.addScalar("a", 1, 1);
  writer.addEmbedding([
    [0, 0],
    [0, 0],
  ]);
  writer.closeSync();
}

const ask = (board: TensorBoard, route: string, query: Record<string, string>) =>
  board.bytes(`data/plugin/projector/${route}?${new URLSearchParams(query).toString()}`);
const runs = (board: TensorBoard) => board.json<string[]>("data/plugin/projector/runs");

describeWithPython("the projector", () => {
  test("looks in the run and in the plugin's folder of it, and shows zeros as text, not as bytes", async () => {
    const logdir = tempDir();
    logZeros(join(logdir, "ours"));
    const folder = join(logdir, "folder");
    const other = new SummaryWriter(folder);
    other.addScalar("a", 1, 1);
    other.closeSync();
    const binary =
      'embeddings { tensor_name: "zeros" tensor_path: "zeros.bytes" tensor_shape: 2 tensor_shape: 2 }\n';
    const named = 'embeddings { tensor_name: "text:0" tensor_path: "text.tsv" metadata_path: "words.tsv" }\n';
    put(join(folder, PLUGIN_FOLDER, CONFIG), binary + named);
    put(join(folder, PLUGIN_FOLDER, "zeros.bytes"), new Uint8Array(16));
    put(join(folder, PLUGIN_FOLDER, "text.tsv"), "1\t2\n3\t4\n");
    put(join(folder, PLUGIN_FOLDER, "words.tsv"), "no header\nb\n");
    await inBoth(logdir, async (board) => {
      await board.waitFor(async () => (await runs(board)).length === 2);
      expect((await runs(board)).toSorted()).toEqual(["folder", "ours"]);
      expect((await ask(board, "tensor", { run: "ours", name: "default:00000" })).length).toBe(16);
      // Bytes that are a text are taken for one.
      await expect(ask(board, "tensor", { run: "folder", name: "zeros" })).rejects.toThrow("500");
      // Of a name the end :0 is cut off.
      expect((await ask(board, "tensor", { run: "folder", name: "text" })).length).toBe(16);
      const words = await ask(board, "metadata", { run: "folder", name: "text" });
      expect(new TextDecoder().decode(words)).toBe("no header\nb\n");
    });
  });

  test("answers nothing, for any run, where one configuration is broken; addEmbedding says which, and leaves it", async () => {
    const logdir = tempDir();
    logZeros(join(logdir, "ours"));
    const broken = join(logdir, "broken");
    put(join(broken, CONFIG), "embeddings {\n");
    const writer = new SummaryWriter(broken);
    const error = errorOf(LogdirError, () => writer.addEmbedding([[1]]));
    expect(error.path).toBe(join(broken, CONFIG));
    writer.addScalar("a", 1, 1);
    writer.closeSync();
    await inBoth(logdir, async (board) => {
      await board.waitFor(async () => (await board.runs()).length === 2);
      await expect(ask(board, "tensor", { run: "ours", name: "default:00000" })).rejects.toThrow("500");
    });
  });
});
