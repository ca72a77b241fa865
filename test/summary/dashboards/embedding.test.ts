// Embeddings: the files in a run's directory.
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { ArgumentError, LogdirError, WriteError } from "../../../src/errors.js";
import { EventFileWriter } from "../../../src/events/event-file-writer.js";
import { noopEventSink } from "../../../src/events/event-sink.js";
import { addEmbedding, type EmbeddingOptions } from "../../../src/summary/dashboards/embedding.js";
import { decodeProjectorConfig } from "../../../src/summary/projector-config.js";
import { errorOf } from "../../helpers/errors.js";
import { eventsOf } from "../../helpers/events.js";
import { useTempDir } from "../../helpers/temp-dir.js";

const tempDir = useTempDir("embedding");
const MATRIX = [
  [1, 2],
  [3, 4.5],
];

function add(dir: string, options: EmbeddingOptions = {}): void {
  addEmbedding(noopEventSink, dir, MATRIX, options);
}

/** Every file below a directory, by path. */
function filesBelow(dir: string): Record<string, string> {
  const entries = readdirSync(dir, { recursive: true, withFileTypes: true }).filter((entry) =>
    entry.isFile(),
  );
  const paths = entries.map((entry) => join(entry.parentPath, entry.name));
  return Object.fromEntries(paths.map((path) => [path.slice(dir.length + 1), readFileSync(path, "latin1")]));
}

const configOf = (dir: string) =>
  decodeProjectorConfig(readFileSync(join(dir, "projector_config.pbtxt"), "utf8"));

describe("addEmbedding", () => {
  it("writes torch's files, at step 0 and under default unless told", () => {
    const dir = tempDir();
    add(dir);
    expect(filesBelow(dir)).toEqual({
      "00000/default/tensors.tsv": "1\t2\n3\t4.5\n",
      "projector_config.pbtxt":
        'embeddings {\n  tensor_name: "default:00000"\n  tensor_path: "00000/default/tensors.tsv"\n  tensor_shape: 2\n  tensor_shape: 2\n}\n',
    });
  });

  it("writes labels and pictures beside them", () => {
    const dir = tempDir();
    const labelImages = { shape: [2, 1, 1, 2], data: Uint8Array.of(0, 1, 2, 3) };
    add(dir, { tag: "words", step: 123_456, metadata: ["a", "b"], labelImages });
    const files = filesBelow(dir);
    expect(Object.keys(files).toSorted()).toEqual([
      "123456/words/metadata.tsv",
      "123456/words/sprite.png",
      "123456/words/tensors.tsv",
      "projector_config.pbtxt",
    ]);
    expect(files["123456/words/metadata.tsv"]).toBe("a\nb\n");
    expect(files["123456/words/sprite.png"]).toMatch(/^\x89PNG/);
    expect(configOf(dir).embeddings).toEqual([
      {
        tensorName: "words:123456",
        tensorPath: "123456/words/tensors.tsv",
        tensorShape: [2, 2],
        metadataPath: "123456/words/metadata.tsv",
        sprite: { imagePath: "123456/words/sprite.png", singleImageDim: [2, 1] },
      },
    ]);
  });

  it("adds to those that are there, also another program's, and replaces those of the same tag and step", () => {
    const dir = tempDir();
    const torch = 'embeddings {\ntensor_name: "default:00007"\ntensor_path: "00007/default/tensors.tsv"\n}\n';
    writeFileSync(join(dir, "projector_config.pbtxt"), `model_checkpoint_path: "m"\n${torch}`);
    add(dir, { metadata: ["a", "b"] });
    add(dir, { tag: "b" });
    add(dir, { tag: "b", step: 1 });
    add(dir);
    const { embeddings, ...rest } = configOf(dir);
    expect(rest).toEqual({ modelCheckpointPath: "m" });
    expect(embeddings.map(({ tensorName, metadataPath }) => [tensorName, metadataPath])).toEqual([
      ["default:00007", undefined],
      ["b:00000", undefined],
      ["b:00001", undefined],
      ["default:00000", undefined],
    ]);
  });

  it("gives every tag a directory of its own, inside of the run's, whatever it is called", () => {
    const dir = tempDir();
    const tags = ["a/b", "a%2Fb", "..", "../x", ".", "größe 🙂", "tfevents", "v1.0", "\\"];
    for (const tag of tags) add(dir, { tag });
    expect(readdirSync(join(dir, "00000")).toSorted()).toEqual([
      "%2E",
      "%2E.",
      "%2E.%2Fx",
      "%5C",
      "a%252Fb",
      "a%2Fb",
      "gr%C3%B6%C3%9Fe%20%F0%9F%99%82",
      "tfevents",
      "v1.0",
    ]);
    expect(configOf(dir).embeddings.map(({ tensorName }) => tensorName)).toEqual(
      tags.map((tag) => `${tag}:00000`),
    );
    const tfevents = Object.keys(filesBelow(dir)).filter((path) => /tfevents[^/]*$/.test(path));
    expect(tfevents).toEqual([]);
  });

  it("adds an event, so that the directory is a run", () => {
    const sink = new EventFileWriter(tempDir());
    addEmbedding(sink, sink.dir, MATRIX, { step: 3, wallTime: 5 });
    sink.closeSync();
    expect(eventsOf(sink.path!)).toEqual([{ wallTime: 5, step: 3, summary: [] }]);
  });

  it("without a directory checks and writes nothing", () => {
    addEmbedding({ ...noopEventSink, write: () => expect.unreachable() }, undefined, MATRIX);
    expect(() => addEmbedding(noopEventSink, undefined, [])).toThrow(ArgumentError);
  });

  it.each<[string, EmbeddingOptions, string]>([
    [
      "a tag without letters",
      { tag: "" },
      'Expected `tag` to be a string that is not empty, got "" (string)',
    ],
    ["a step before 0", { step: -1 }, "Expected `step` to be an integer from 0, got -1 (number)"],
    ["a step with a fraction", { step: 0.5 }, "Expected `step` to be a safe integer, got 0.5 (number)"],
    [
      "a wall time that is none",
      { wallTime: Number.NaN },
      "Expected `wallTime` to be a finite number of seconds, got NaN (number)",
    ],
    [
      "a label too many",
      { metadata: ["a", "b", "c"] },
      "Expected `metadata` to be one entry for each of 2 points, got 3",
    ],
    [
      "a picture too few",
      { labelImages: [[[[1]]]] },
      "Expected `labelImages` to be a picture for each of 2 points, got 1",
    ],
  ])("refuses %s, and writes nothing", (_, options, message) => {
    const dir = tempDir();
    expect(errorOf(ArgumentError, () => add(dir, options)).message).toBe(message);
    expect(readdirSync(dir)).toEqual([]);
  });

  it("leaves a configuration alone that it cannot read", () => {
    const dir = tempDir();
    const path = join(dir, "projector_config.pbtxt");
    writeFileSync(path, "embeddings {\n$");
    expect(errorOf(LogdirError, () => add(dir))).toMatchObject({
      code: "LOGDIR_NOT_READABLE",
      message: `${path} is no configuration of the projector: unexpected "$" in line 2`,
    });
    expect(filesBelow(dir)).toEqual({ "projector_config.pbtxt": "embeddings {\n$" });
    const other = tempDir();
    mkdirSync(join(other, "projector_config.pbtxt"));
    expect(errorOf(LogdirError, () => add(other)).message).toContain("Cannot read");
  });

  it("says what cannot be written, and leaves what was there", () => {
    const dir = tempDir();
    add(dir);
    const before = filesBelow(dir);
    // A file where a directory must be; and a directory where a file must be, which fails only when the rest is written.
    writeFileSync(join(dir, "00001"), "");
    expect(errorOf(WriteError, () => add(dir, { step: 1 }))).toMatchObject({ errno: "ENOTDIR" });
    mkdirSync(join(dir, "00000", "default", "metadata.tsv"));
    const error = errorOf(WriteError, () => add(dir, { metadata: ["a", "b"] }));
    expect(error.path).toBe(join(dir, "00000/default/metadata.tsv"));
    expect(filesBelow(dir)).toEqual({ ...before, "00001": "" });
    expect(readdirSync(dir).filter((name) => name.startsWith("."))).toEqual([]);
  });
});
