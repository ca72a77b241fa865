// The projector's configuration: its text, that of other programs, and protobuf's own text form.
import { describe, expect, it } from "vitest";
import {
  decodeProjectorConfig,
  encodeProjectorConfig,
  type ProjectorConfig,
} from "../../src/summary/projector-config.js";
import { parseTextMessage, type TextValue } from "../../src/summary/text-format.js";
import { describeWithPython, runPython } from "../helpers/python.js";

const CONFIG: ProjectorConfig = {
  modelCheckpointPath: "model.ckpt",
  embeddings: [
    {
      tensorName: 'größe "a"\\b\n\t\u0001\u007f\u0085 🙂',
      metadataPath: "m.tsv",
      bookmarksPath: "b.json",
      tensorShape: [10, 3],
      sprite: { imagePath: "s.png", singleImageDim: [8, 4] },
      tensorPath: "t.tsv",
    },
    { tensorName: "plain", tensorPath: "u.tsv" },
    {},
  ],
  modelCheckpointDir: "dir",
};

describe("encodeProjectorConfig", () => {
  it("writes one field a line", () => {
    const sprite = { imagePath: "s.png", singleImageDim: [8, 4] };
    const info = { tensorName: "a:00001", tensorPath: "00001/a/tensors.tsv", tensorShape: [2, 3], sprite };
    expect(encodeProjectorConfig({ embeddings: [info, { tensorName: '"\\\n', metadataPath: "m" }] })).toBe(
      [
        "embeddings {",
        '  tensor_name: "a:00001"',
        '  tensor_path: "00001/a/tensors.tsv"',
        "  tensor_shape: 2",
        "  tensor_shape: 3",
        "  sprite {",
        '    image_path: "s.png"',
        "    single_image_dim: 8",
        "    single_image_dim: 4",
        "  }",
        "}",
        "embeddings {",
        String.raw`  tensor_name: "\"\\\012"`,
        '  metadata_path: "m"',
        "}",
        "",
      ].join("\n"),
    );
  });

  it("is read back as it was", () => {
    expect(decodeProjectorConfig(encodeProjectorConfig(CONFIG))).toStrictEqual(CONFIG);
    expect(decodeProjectorConfig(encodeProjectorConfig({ embeddings: [] }))).toStrictEqual({
      embeddings: [],
    });
    expect(
      decodeProjectorConfig(encodeProjectorConfig({ embeddings: [{ tensorName: "\ud800" }] })),
    ).toStrictEqual({
      embeddings: [{ tensorName: "\ufffd" }],
    });
  });
});

describe("decodeProjectorConfig", () => {
  it("leaves out what it does not know, and takes the last of what is there twice", () => {
    const text =
      'new: 1 embeddings { other { a: 1 } tensor_name: "a" tensor_name: "b" sprite: {} tensor_path: 5 }';
    expect(decodeProjectorConfig(text)).toStrictEqual({
      embeddings: [{ tensorName: "b", sprite: { imagePath: "", singleImageDim: [] } }],
    });
  });
});

describe("parseTextMessage", () => {
  const plain = (value: TextValue | undefined): unknown =>
    value instanceof Map
      ? Object.fromEntries([...value].map(([name, values]) => [name, (values as TextValue[]).map(plain)]))
      : value;

  it.each([
    ["", {}],
    ["# only a remark", {}],
    [
      "a: 1 # one\nb:2;c: 3,d:-4.5e-1 e: 0x1F f: 1.5f g: .5 h: - 2",
      { a: [1], b: [2], c: [3], d: [-0.45], e: [31], f: [1.5], g: [0.5], h: [-2] },
    ],
    ["a: [1, 2] a: 3 b: []", { a: [1, 2, 3], b: [] }],
    [
      "a { b < c: 1 > } d: { e: 2 } f [{ g: 1 }, { g: 2 }]",
      { a: [{ b: [{ c: [1] }] }], d: [{ e: [2] }], f: [{ g: [1] }, { g: [2] }] },
    ],
    ["a: true b: STATUS c: inf", { a: [{ word: "true" }], b: [{ word: "STATUS" }], c: [{ word: "inf" }] }],
    [`a: "x" 'y'\n "z" b: "#{" c: 'it"s'`, { a: ["xyz"], b: ["#{"], c: ['it"s'] }],
    [String.raw`a: "\n\t\\\"\'\x41\101\u00e9\303\274\?\r\0019"`, { a: ["\n\t\\\"'AAéü?\r\u00019"] }],
  ])("reads %j", (text, expected) => {
    expect(plain(parseTextMessage(text))).toEqual(expected);
  });

  it.each([
    ["a", "unexpected the end in line 1"],
    ["a:\n\nb {", "unexpected { in line 3"],
    ["a {", "unexpected the end in line 1"],
    ["a { ]", "unexpected ] in line 1"],
    ["a 1", "unexpected 1 in line 1"],
    ['a: "x', 'unexpected "\\"" in line 1'],
    ["\n\na: $", 'unexpected "$" in line 3'],
    ["}", "unexpected } in line 1"],
    ["a: [1 2]", "unexpected 2 in line 1"],
    ["1: 2", "unexpected 1 in line 1"],
  ])("refuses %j", (text, message) => {
    expect(() => parseTextMessage(text)).toThrow(message);
  });
});

describeWithPython("protobuf's text form", () => {
  const SCRIPT = `
import json, sys
from google.protobuf import json_format, text_format
from tensorboard.plugins.projector.projector_config_pb2 import ProjectorConfig
ours = text_format.Parse(sys.argv[1], ProjectorConfig())
forms = [text_format.MessageToString(ours, **options) for options in ({}, {"as_one_line": True}, {"as_utf8": True, "pointy_brackets": True, "use_short_repeated_primitives": True})]
print(json.dumps({"ours": json_format.MessageToDict(ours), "forms": forms}))
`;

  it("is what we write, and we read all of its forms", async () => {
    const answer = JSON.parse(await runPython(SCRIPT, [encodeProjectorConfig(CONFIG)])) as {
      ours: object;
      forms: string[];
    };
    expect(answer.ours).toEqual(CONFIG);
    expect(answer.forms).toHaveLength(3);
    for (const form of answer.forms) expect(decodeProjectorConfig(form)).toStrictEqual(CONFIG);
  });
});
