// Graphs as the real TensorBoard serves them in both loaders, beside torch's, and models as Keras and TensorFlow.js describe them.
import { copyFileSync, mkdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { EventFileWriter } from "../../../src/events/event-file-writer.js";
import { addGraph, addKerasModel } from "../../../src/summary/dashboards/graph.js";
import { decodeGraph, type OperationNode } from "../../../src/summary/graph.js";
import type { KerasLayer } from "../../../src/summary/keras-model.js";
import { encodeGraphDef } from "../../../src/wire/graph.js";
import { forPeer, forUs, judged, proves } from "../../compatibility/proves.js";
import { fixtures } from "../../helpers/fixtures.js";
import { describeWithPython } from "../../helpers/python.js";
import { useTempDir } from "../../helpers/temp-dir.js";
import { LOADERS, startTensorBoard, type TensorBoard } from "../../helpers/tensorboard.js";

const tempDir = useTempDir("graph");

const NODES: OperationNode[] = [
  { name: "input/größe", op: "Placeholder", outputShapes: [[null, 3]], device: "/device:CPU:0" },
  {
    name: "layer/w",
    op: "Const",
    attributes: { value: new Float64Array(5000).fill(0.5).join(" "), trainable: true },
  },
  {
    name: "layer/mul",
    op: "MatMul",
    inputs: ["input/größe", "layer/w", "^layer/init"],
    outputShapes: [[2, 2]],
  },
  { name: "layer/init", op: "NoOp" },
];

const models = (file: string) =>
  JSON.parse(
    readFileSync(join(import.meta.dirname, "..", "..", "fixtures", `model-${file}.json`), "utf8"),
  ) as Record<"two" | "outer", KerasLayer>;

/** The names of the nodes of a graph in text form, each with its inputs. */
function nodesIn(pbtxt: string): Record<string, string[]> {
  const nodes: Record<string, string[]> = {};
  let inputs: string[] = [];
  for (const [, key, value] of pbtxt.matchAll(/^ {2}(name|input): "(.*)"$/gm)) {
    if (key === "name") nodes[value!] = inputs = [];
    else inputs.push(value!);
  }
  return nodes;
}

async function graphOf(board: TensorBoard, query: Record<string, string>): Promise<string> {
  const bytes = await board.bytes(`data/plugin/graphs/graph?${new URLSearchParams(query).toString()}`);
  return new TextDecoder().decode(bytes);
}

describeWithPython("graphs", () => {
  const logdir = tempDir();
  const boards: Partial<Record<string, TensorBoard>> = {};

  function log(): void {
    const run = (name: string, body: (sink: EventFileWriter) => void): void => {
      const sink = new EventFileWriter(join(logdir, name));
      body(sink);
      sink.closeSync();
    };
    run("ours", (sink) => addGraph(sink, NODES));
    run("two graphs", (sink) => {
      addGraph(sink, [{ name: "first", op: "Op" }]);
      addGraph(sink, [{ name: "second", op: "Op" }], { step: 1 });
    });
    run("models", (sink) => {
      for (const program of ["keras", "tfjs"] as const) {
        for (const name of ["two", "outer"] as const) {
          addKerasModel(sink, models(program)[name], { tag: `${program}/${name}`, step: 3 });
        }
      }
    });
    run("as they are", (sink) => {
      for (const program of ["keras", "tfjs"] as const) {
        for (const name of ["two", "outer"] as const) {
          // As TensorFlow writes it: without data class, and of rank 0.
          const stringVal = [new TextEncoder().encode(JSON.stringify(models(program)[name]))];
          const metadata = { pluginName: "graph_keras_model", pluginContent: Uint8Array.of(0x31) };
          const tensor = { dtype: 7, shape: [], stringVal };
          sink.write({ step: 3, summary: [{ tag: `${program}/${name}`, metadata, tensor }] });
        }
      }
    });
    const torch = fixtures.find(({ name }) => name === "peer-torch-plugins")!;
    mkdirSync(join(logdir, "torch"));
    copyFileSync(torch.path, join(logdir, "torch", torch.file!));
    const { graphDef } = torch.events.find((event) => event.graphDef !== undefined)!;
    run("torch's nodes", (sink) =>
      sink.write({
        graphDef: encodeGraphDef(
          decodeGraph({ graphDef: graphDef! })!.map(({ outputShapes = [], ...node }) => ({
            ...node,
            attributes: {
              ...node.attributes,
              ...(outputShapes.length > 0 && { _output_shapes: outputShapes.map((shape) => ({ shape })) }),
            },
          })),
        ),
      }),
    );
  }

  beforeAll(async () => {
    log();
    await Promise.all(
      LOADERS.map(async (loader) => (boards[loader] = await startTensorBoard(logdir, { loader }))),
    );
  });
  afterAll(() => Promise.all(Object.values(boards).map((board) => board?.stop())));

  describe.each(LOADERS)("in the %s loader", (loader) => {
    const RUNS = ["as they are", "models", "ours", "torch", "torch's nodes", "two graphs"];
    const ready = (): Promise<TensorBoard> => {
      const board = boards[loader]!;
      return board.waitFor(async () => {
        const info = await board.json<object>("data/plugin/graphs/info");
        return RUNS.every((run) => run in info) && board;
      });
    };

    test("a run's graph has all nodes, edges, shapes and devices", async () => {
      proves(forUs("addGraph", loader));
      const board = await ready();
      const info = await board.json<Record<string, { run_graph: boolean }>>("data/plugin/graphs/info");
      expect(info["ours"]).toMatchObject({ run_graph: true });
      const graph = await graphOf(board, { run: "ours" });
      const input = "input/größe";
      expect(nodesIn(graph)).toEqual({
        [input]: [],
        "layer/w": [],
        "layer/mul": [input, "layer/w", "^layer/init"],
        "layer/init": [],
      });
      expect(graph).toContain('device: "/device:CPU:0"');
      expect(graph.replaceAll(/\s+/g, " ")).toContain(
        'key: "_output_shapes" value { list { shape { dim { size: -1 } dim { size: 3 } } } }',
      );
    });

    test("a large constant is not in the file, and listed as the page lists those it leaves out itself", async () => {
      proves(forUs("addGraph", loader));
      const board = await ready();
      const query = { run: "ours", limit_attr_size: "1024", large_attrs_key: "_too_large_attrs" };
      const graph = (await graphOf(board, query)).replaceAll(/\s+/g, " ");
      expect(graph).toContain('key: "_too_large_attrs" value { list { s: "value" } }');
      expect(graph).toContain('key: "trainable" value { b: true }');
      expect(graph).not.toContain("0.5 0.5");
    });

    test("of two graphs of a run the last is shown", async () => {
      proves(forUs("addGraph", loader));
      expect(Object.keys(nodesIn(await graphOf(await ready(), { run: "two graphs" })))).toEqual(["second"]);
    });

    test("torch's graph, written by us, is served as torch's", async () => {
      proves(
        forUs("addGraph", loader),
        judged("addGraph", "TensorBoard: torch's graph, line for line"),
        forPeer("torch", "addGraph", loader),
      );
      const board = await ready();
      const [theirs, ours] = [
        await graphOf(board, { run: "torch" }),
        await graphOf(board, { run: "torch's nodes" }),
      ];
      expect(nodesIn(ours)).toEqual(nodesIn(theirs));
      expect(Object.keys(nodesIn(ours))).toHaveLength(9);
      // The attributes of a node have no order.
      expect(ours.split("\n").toSorted()).toEqual(theirs.split("\n").toSorted());
    });

    test("a model is a conceptual graph, and has edges also where TensorBoard finds none in its own program's form", async () => {
      proves(
        forUs("addKerasModel", loader),
        judged("addKerasModel", "TensorBoard: the nodes and edges of Keras and TensorFlow.js"),
        forPeer("Keras", "addKerasModel", loader, "no edges into an inner model"),
        forPeer("TensorFlow.js", "addKerasModel", loader, "no edges"),
      );
      const board = await ready();
      const info =
        await board.json<Record<string, { tags: Record<string, object> }>>("data/plugin/graphs/info");
      expect(info["models"]!.tags["tfjs/two"]).toMatchObject({ conceptual_graph: true, op_graph: false });
      const graph = async (run: string, tag: string) =>
        nodesIn(await graphOf(board, { run, tag, conceptual: "true" }));
      const two = {
        "two/left": [],
        "two/right": [],
        "two/shared": ["two/left", "two/right"],
        "two/joined": ["two/shared", "two/shared"],
        "two/out": ["two/joined"],
      };
      const outer = {
        "outer/x": [],
        "outer/y": [],
        "outer/inner/a": ["outer/x"],
        "outer/inner/b": ["outer/y"],
        "outer/inner/sum": ["outer/inner/a", "outer/inner/b"],
        "outer/seq/second": ["outer/seq/first"],
      };
      // Edges into a list of layers come from the model as a whole. Keras has a layer more in the list.
      const ofTfjs = { ...outer, "outer/seq/first": ["outer/inner"] };
      const ofKeras = {
        ...outer,
        "outer/seq/input_layer": ["outer/inner"],
        "outer/seq/first": ["outer/seq/input_layer"],
      };
      for (const program of ["keras", "tfjs"]) {
        expect(await graph("models", `${program}/two`)).toEqual(two);
        expect(await graph("models", `${program}/outer`)).toEqual(program === "keras" ? ofKeras : ofTfjs);
      }
      // As Keras 3 and TensorFlow.js have it.
      expect(await graph("as they are", "keras/two")).toEqual(two);
      expect((await graph("as they are", "keras/outer"))["outer/inner/a"]).toEqual([]);
      expect((await graph("as they are", "tfjs/two"))["two/joined"]).toEqual([]);
    });
  });
});
