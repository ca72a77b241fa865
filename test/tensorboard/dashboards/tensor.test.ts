// Tensors and values of any plugin, as TensorBoard's own data providers give them to plugins, from both loaders.
import { copyFileSync, mkdirSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { EventFileWriter } from "../../../src/events/event-file-writer.js";
import { addSummary, addTensor } from "../../../src/summary/dashboards/tensor.js";
import { forPeer, forUs, judged, proves } from "../../compatibility/proves.js";
import { fixtures } from "../../helpers/fixtures.js";
import { describeWithPython, runPython } from "../../helpers/python.js";
import { useTempDir } from "../../helpers/temp-dir.js";

const tempDir = useTempDir("tensor");

const SCRIPT = `
import json, sys
from tensorboard import context
from tensorboard.backend.event_processing import data_provider, plugin_event_multiplexer
from tensorboard.data import server_ingester
from tensorboard.util import grpc_util

logdir = sys.argv[1]
multiplexer = plugin_event_multiplexer.EventMultiplexer()
multiplexer.AddRunsFromDirectory(logdir)
multiplexer.Reload()
ingester = server_ingester.SubprocessServerDataIngester(
    server_binary=server_ingester.get_server_binary(), logdir=logdir, reload_interval=0,
    channel_creds_type=grpc_util.ChannelCredsType.LOCAL)
ingester.start()
providers = {"python": data_provider.MultiplexerDataProvider(multiplexer, logdir), "rust": ingester.data_provider}

def answer(provider):
    ctx = context.RequestContext()
    found = {}
    for plugin in ("tensor", "mine"):
        series = provider.list_tensors(ctx, experiment_id="", plugin_name=plugin)
        read = provider.read_tensors(ctx, experiment_id="", plugin_name=plugin, downsample=100)
        found[plugin] = {run: {tag: {
            "content": info.plugin_content.hex(), "description": info.description, "displayName": info.display_name,
            "points": [[p.step, str(p.numpy.dtype), list(p.numpy.shape), [x.decode() if isinstance(x, bytes) else str(x) for x in p.numpy.flatten()]]
                       for p in read[run][tag]]} for tag, info in tags.items()} for run, tags in series.items()}
    return found

def loaded(provider):
    return provider.list_tensors(context.RequestContext(), experiment_id="", plugin_name="mine")

import time
for _ in range(300):
    if loaded(providers["rust"]):
        break
    time.sleep(0.1)
print(json.dumps({name: answer(provider) for name, provider in providers.items()}))
`;

describeWithPython("tensors and values of any plugin", () => {
  test("both loaders have them; torch's tensors, which have no data class, neither has", async () => {
    proves(
      forUs(["addTensor", "addSummary"], ["rust", "python"]),
      judged(["addTensor", "addSummary"], "TensorBoard's data providers, as numpy arrays"),
      forPeer("torch", "addTensor", ["rust", "python"], "hidden"),
    );
    const logdir = tempDir();
    const sink = new EventFileWriter(join(logdir, "ours"));
    addTensor(sink, "double", [[0.1, -2, 65504]], 4, { description: "d", displayName: "D" });
    addTensor(sink, "long", [2n ** 53n + 1n, -1n], 4);
    addTensor(sink, "half", [0.5, -2], 4, { dtype: "float16" });
    addTensor(sink, "flags", [[true], [false]], 4);
    addTensor(sink, "none", { shape: [0, 3], data: [] }, 4, { dtype: "float32" });
    const metadata = { pluginName: "mine", pluginContent: Uint8Array.of(1, 2), dataClass: 2 };
    const text = { dtype: 7, shape: [2], stringVal: [Buffer.from("größe"), Buffer.from("")] };
    addSummary(sink, { tag: "text", metadata, tensor: text }, 1);
    addSummary(sink, { tag: "text", tensor: { ...text, shape: [], stringVal: [Buffer.from("b")] } }, 2);
    sink.closeSync();
    const torch = fixtures.find(({ name }) => name === "peer-torch-plugins")!;
    mkdirSync(join(logdir, "torch"));
    copyFileSync(torch.path, join(logdir, "torch", torch.file!));

    const described = { content: "", description: "", displayName: "" };
    const expected = {
      tensor: {
        ours: {
          double: {
            ...described,
            description: "d",
            displayName: "D",
            points: [[4, "float64", [1, 3], ["0.1", "-2.0", "65504.0"]]],
          },
          long: { ...described, points: [[4, "int64", [2], ["9007199254740993", "-1"]]] },
          half: { ...described, points: [[4, "float16", [2], ["0.5", "-2.0"]]] },
          flags: { ...described, points: [[4, "bool", [2, 1], ["True", "False"]]] },
          none: { ...described, points: [[4, "float32", [0, 3], []]] },
        },
      },
      mine: {
        ours: {
          text: {
            ...described,
            content: "0102",
            points: [
              [1, "object", [2], ["größe", ""]],
              [2, "object", [], ["b"]],
            ],
          },
        },
      },
    };
    expect(JSON.parse(await runPython(SCRIPT, [logdir]))).toEqual({ python: expected, rust: expected });
  });
});
