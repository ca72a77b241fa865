// Hyperparameters: the bytes of their metadata, and those of other programs.
import { describe, expect, it } from "vitest";
import {
  decodeHParams,
  encodeHParamsExperiment,
  encodeSessionEnd,
  encodeSessionStart,
} from "../../src/summary/hparams.js";
import { decodeEvent, encodeEvent } from "../../src/wire/event.js";
import type { HParamsExperiment } from "../../src/wire/hparams.js";
import type { SummaryValue } from "../../src/wire/summary.js";
import { forPeer, forUs, proves } from "../compatibility/proves.js";
import { bytes, hex } from "../helpers/bytes.js";
import { fixtures } from "../helpers/fixtures.js";
import { describeWithPython, runPython } from "../helpers/python.js";

/** As it comes out of a file. */
function written(value: SummaryValue): SummaryValue {
  return decodeEvent(encodeEvent({ wallTime: 1, summary: [value] })).summary![0]!;
}

const EXPERIMENT: HParamsExperiment = {
  name: "sweep",
  description: "*all*",
  user: "me",
  timeCreated: 1_700_000_000.5,
  hparams: [
    {
      name: "lr",
      displayName: "Rate",
      description: "of learning",
      type: 3,
      domain: { min: 0, max: 1 },
      differs: true,
    },
    { name: "optimizer", type: 1, domain: ["adam", "sgd"], differs: true },
    { name: "bn", type: 2, domain: [true, false], differs: false },
    { name: "layers", type: 3, domain: [0, 2, 4], differs: true },
    { name: "note", type: 1, differs: false },
  ],
  metrics: [
    { tag: "loss" },
    { tag: "acc", group: "val", displayName: "Accuracy", description: "best", datasetType: 2 },
  ],
};

describe("encodeSessionStart", () => {
  it("has the bytes that torch 2.15.0 writes for the same values; but torch writes a boolean as a number", () => {
    const { tag, metadata } = encodeSessionStart({
      hparams: { layers: 3, name: "größe", lr: 0.125, bn: true },
    });
    const [torch] = contents("peer-torch-hparams").filter((value) => value.tag === tag);
    const entries = [
      "0a13 0a066c6179657273 1209 110000000000000840",
      "0a11 0a046e616d65 1209 1a076772c3b6c39f65",
      "0a0f 0a026c72 1209 11000000000000c03f",
    ];
    const bn = { number: "0a0f 0a02626e 1209 11000000000000f03f", boolean: "0a08 0a02626e 1202 2001" };
    expect(tag).toBe("_hparams_/session_start_info");
    expect(hex(metadata!.pluginContent!)).toBe(hex(bytes("1a43", ...entries, bn.boolean)));
    // Its entries have no certain order.
    const theirs = hex(torch!.metadata!.pluginContent!);
    expect(theirs).toHaveLength(hex(bytes("1a4a", ...entries, bn.number)).length);
    for (const entry of ["1a4a", ...entries, bn.number]) expect(theirs).toContain(hex(bytes(entry)));
  });

  it("is a null tensor with explicit data class under hparams", () => {
    const value = encodeSessionStart({ hparams: {} });
    expect(value).toMatchObject({
      metadata: { pluginName: "hparams", dataClass: 2 },
      tensor: { dtype: 1, shape: [0] },
    });
  });

  it("keeps every kind of value, zero, false and the empty text too, and every field", () => {
    const start = {
      hparams: { a: 0, b: -0.1, c: false, d: true, e: "", f: "größe 中", ["__proto__"]: 1, "": 2 },
      groupName: "g",
      modelUri: "file:///m",
      monitorUrl: "http://m",
      startTime: 1_700_000_000.25,
    };
    expect(decodeHParams(written(encodeSessionStart(start)))).toStrictEqual({ sessionStart: start });
  });

  it("writes half a surrogate pair as U+FFFD", () => {
    const value = written(encodeSessionStart({ hparams: { "a\ud800": "b\udc00" }, groupName: "\ud800" }));
    expect(decodeHParams(value)).toStrictEqual({
      sessionStart: { hparams: { "a\ufffd": "b\ufffd" }, groupName: "\ufffd" },
    });
  });
});

describe("encodeSessionEnd", () => {
  it("is torch's, with the time", () => {
    const { tag, metadata } = encodeSessionEnd({ status: 1 });
    const [torch] = contents("peer-torch-hparams").filter((value) => value.tag === tag);
    expect(tag).toBe("_hparams_/session_end_info");
    expect(metadata!.pluginContent).toEqual(torch!.metadata!.pluginContent);
    const failed = { status: 2, endTime: 3.5 };
    expect(decodeHParams(written(encodeSessionEnd(failed)))).toStrictEqual({ sessionEnd: failed });
  });
});

describe("decodeHParams", () => {
  it("reads what torch writes", () => {
    proves(forPeer("torch", ["addHParams", "endHParams"], "read"));
    expect(contents("peer-torch-hparams").map(decodeHParams)).toStrictEqual([
      {
        experiment: {
          hparams: [
            { name: "lr", type: 3, differs: false },
            { name: "layers", type: 3, differs: false },
            { name: "bn", type: 3, differs: false },
            { name: "name", type: 1, domain: ["größe", "b"], differs: false },
          ],
          metrics: [{ tag: "accuracy" }, { tag: "loss" }],
        },
      },
      { sessionStart: { hparams: { layers: 3, name: "größe", lr: 0.125, bn: 1 } } },
      { sessionEnd: { status: 1 } },
    ]);
  });

  it("reads what tensorboardX writes", () => {
    proves(forPeer("tensorboardX", "addHParams", "read"));
    expect(contents("tensorboardx-dashboards").flatMap((value) => decodeHParams(value) ?? [])).toStrictEqual([
      { sessionStart: { hparams: { lr: 0.1 } } },
    ]);
  });

  it("leaves values out that are no number, boolean or string", () => {
    // a: null, b: [1], c: 2
    const pluginContent = bytes(
      "1a 27 0a07 0a0161 12020800 0a12 0a0162 120d 320b 0a09 11 000000000000f03f 0a08 0a0163 1203 1a0132",
    );
    const value = { tag: "t", metadata: { pluginName: "hparams", pluginContent } };
    expect(decodeHParams(value)).toStrictEqual({ sessionStart: { hparams: { c: "2" } } });
  });

  it("gives nothing for other values and for what cannot be parsed", () => {
    expect(decodeHParams({ tag: "a", simpleValue: 1 })).toBeUndefined();
    expect(
      decodeHParams({ tag: "a", metadata: { pluginName: "text", pluginContent: bytes("2200") } }),
    ).toBeUndefined();
    expect(decodeHParams({ tag: "a", metadata: { pluginName: "hparams" } })).toBeUndefined();
    expect(
      decodeHParams({ tag: "a", metadata: { pluginName: "hparams", pluginContent: bytes("22ff") } }),
    ).toBeUndefined();
  });

  it("reads an experiment back", () => {
    proves(forUs("addHParamsExperiment", "read"));
    expect(decodeHParams(written(encodeHParamsExperiment(EXPERIMENT)))).toStrictEqual({
      experiment: EXPERIMENT,
    });
  });
});

describeWithPython("TensorBoard's own hparams summaries", () => {
  const ASK = `
import json, sys
from tensorboard.plugins.hparams import summary_v2 as api
from tensorboard.plugins.hparams import plugin_data_pb2 as pb
from google.protobuf import json_format

ours = [pb.HParamsPluginData.FromString(bytes.fromhex(line)) for line in sys.argv[1].split(",")]
value = lambda summary: summary.value[0].metadata.plugin_data.content.hex()
print(json.dumps({
    "ours": [json_format.MessageToDict(each) for each in ours],
    "start": value(api.hparams_pb({"lr": 0.5, "bn": True, "name": "a"}, trial_id="t", start_time_secs=5.0)),
    "experiment": value(api.hparams_config_pb(
        hparams=[api.HParam("lr", api.RealInterval(0.0, 1.0), "Rate", "of learning"), api.HParam("bn", api.Discrete([True, False]))],
        metrics=[api.Metric("acc", group="val", display_name="Accuracy", dataset_type=api.Metric.VALIDATION)],
        time_created_secs=7.0)),
}))
`;

  it("are read, and ours are read by its protobuf", async () => {
    const values = [
      encodeSessionStart({ hparams: { lr: 0, bn: false, name: "a" }, groupName: "g", startTime: 2.5 }),
      encodeSessionEnd({ status: 2, endTime: 3 }),
      encodeHParamsExperiment(EXPERIMENT),
    ];
    const line = values
      .map(({ metadata }) => Buffer.from(metadata!.pluginContent!).toString("hex"))
      .join(",");
    const answer = JSON.parse(await runPython(ASK, [line])) as Record<string, never>;
    const decoded = (content: string) =>
      decodeHParams({ tag: "t", metadata: { pluginName: "hparams", pluginContent: bytes(content) } });
    expect(decoded(answer.start!)).toStrictEqual({
      sessionStart: { hparams: { lr: 0.5, bn: true, name: "a" }, groupName: "t", startTime: 5 },
    });
    expect(decoded(answer.experiment!)).toStrictEqual({
      experiment: {
        timeCreated: 7,
        hparams: [
          {
            name: "lr",
            displayName: "Rate",
            description: "of learning",
            type: 3,
            domain: { min: 0, max: 1 },
            differs: false,
          },
          { name: "bn", type: 2, domain: [false, true], differs: false },
        ],
        metrics: [{ tag: "acc", group: "val", displayName: "Accuracy", datasetType: 2 }],
      },
    });
    expect(answer.ours).toEqual([
      { sessionStartInfo: { hparams: { lr: 0, bn: false, name: "a" }, groupName: "g", startTimeSecs: 2.5 } },
      { sessionEndInfo: { status: "STATUS_FAILURE", endTimeSecs: 3 } },
      {
        experiment: {
          name: "sweep",
          description: "*all*",
          user: "me",
          timeCreatedSecs: 1_700_000_000.5,
          hparamInfos: [
            {
              name: "lr",
              displayName: "Rate",
              description: "of learning",
              type: "DATA_TYPE_FLOAT64",
              domainInterval: { maxValue: 1 },
              differs: true,
            },
            { name: "optimizer", type: "DATA_TYPE_STRING", domainDiscrete: ["adam", "sgd"], differs: true },
            { name: "bn", type: "DATA_TYPE_BOOL", domainDiscrete: [true, false] },
            { name: "layers", type: "DATA_TYPE_FLOAT64", domainDiscrete: [0, 2, 4], differs: true },
            { name: "note", type: "DATA_TYPE_STRING" },
          ],
          metricInfos: [
            { name: { tag: "loss" } },
            {
              name: { tag: "acc", group: "val" },
              displayName: "Accuracy",
              description: "best",
              datasetType: "DATASET_VALIDATION",
            },
          ],
        },
      },
    ]);
  });
});

function contents(fixture: string): SummaryValue[] {
  const { events } = fixtures.find(({ name }) => name === fixture)!;
  return events.flatMap(({ summary = [] }) => summary).filter((value) => value.metadata !== undefined);
}
