// Meshes: their values, those of other programs, and what is refused.
import { describe, expect, it } from "vitest";
import { ArgumentError } from "../../src/errors.js";
import { decodeMesh, encodeMesh, type MeshParts } from "../../src/summary/mesh.js";
import { decodeEvent, encodeEvent } from "../../src/wire/event.js";
import { decodeMeshData } from "../../src/wire/mesh-data.js";
import { forPeer, proves } from "../compatibility/proves.js";
import { bytes, hex } from "../helpers/bytes.js";
import { errorOf } from "../helpers/errors.js";
import { fixtures } from "../helpers/fixtures.js";
import { TETRAHEDRON } from "../helpers/peer-content.js";

const torch = fixtures
  .find(({ name }) => name === "peer-torch-plugins")!
  .events.flatMap(({ summary = [] }) => summary)
  .filter(({ tag }) => tag.startsWith("tetrahedron"));

describe("encodeMesh", () => {
  it("says of its tags what torch 2.15.0 says, and their class", () => {
    const { vertices, ...parts } = TETRAHEDRON;
    const ours = encodeMesh("tetrahedron", vertices, parts);
    expect(ours.map(({ tag }) => tag)).toEqual(torch.map(({ tag }) => tag));
    for (const [i, { metadata }] of ours.entries()) {
      expect(metadata).toMatchObject({ pluginName: "mesh", dataClass: 2 });
      const [our, their] = [metadata, torch[i]!.metadata].map((each) => decodeMeshData(each!.pluginContent!));
      expect({ ...our, jsonConfig: JSON.parse(our!.jsonConfig) as unknown }).toEqual({
        ...their,
        jsonConfig: JSON.parse(their!.jsonConfig) as unknown,
      });
      expect(our!.jsonConfig).toBe('{"camera":{"cls":"PerspectiveCamera","fov":75}}');
    }
  });

  it("writes real numbers, whole numbers and bytes", () => {
    const { vertices, colors, faces } = TETRAHEDRON;
    const [points, triangles, hues] = encodeMesh("m", vertices.slice(0, 3), {
      colors: colors.slice(0, 3),
      faces: faces.slice(2, 3),
    });
    expect(points!.tensor).toMatchObject({ dtype: 1, shape: [1, 3, 3] });
    expect(hex(points!.tensor!.content!)).toBe(
      "0000803f0000803f0000803f000080bf000080bf0000803f0000803f000080bf000080bf",
    );
    expect(triangles!.tensor).toEqual({
      dtype: 3,
      shape: [1, 1, 3],
      content: bytes("00000000 01000000 02000000"),
    });
    expect(hues!.tensor).toEqual({ dtype: 4, shape: [1, 3, 3], content: bytes("ff0000 00ff00 0000ff") });
  });

  it("writes the content byte for byte", () => {
    const [points] = encodeMesh("a", [[0, 0, 0]]);
    // name, content type, configuration, shape, components
    expect(hex(points!.metadata!.pluginContent!)).toBe(hex(bytes("120161 1801 2a027b7d 3203010103 3802")));
    const parts = encodeMesh("a", [[0, 0, 0]], { faces: [[0, 0, 0]] });
    expect(parts.map(({ metadata }) => decodeMeshData(metadata!.pluginContent!).components)).toEqual([6, 6]);
  });

  it("takes several meshes, typed arrays with a shape, display name and description", () => {
    const data = Float32Array.from({ length: 24 }, (_, i) => i);
    const hues = { shape: [2, 4, 3], data: new Uint8Array(24).fill(9) };
    const values = encodeMesh(
      "m",
      { shape: [2, 4, 3], data },
      { colors: hues },
      { displayName: "M", description: "d" },
    );
    expect(values.map(({ tag, tensor }) => [tag, tensor!.shape])).toEqual([
      ["m_VERTEX", [2, 4, 3]],
      ["m_COLOR", [2, 4, 3]],
    ]);
    expect(values[0]!.metadata).toMatchObject({ displayName: "M", description: "d" });
  });

  const { vertices } = TETRAHEDRON;
  it.each<[string, unknown, object, string]>([
    [
      "points in a plane",
      [[1, 2]],
      {},
      "Expected `vertices` to be of shape [rows, 3] or [meshes, rows, 3], not empty, got an array of shape [1, 2]",
    ],
    [
      "one point",
      [1, 2, 3],
      {},
      "Expected `vertices` to be of shape [rows, 3] or [meshes, rows, 3], not empty, got an array of shape [3]",
    ],
    [
      "no points",
      [],
      {},
      "Expected `vertices` to be of shape [rows, 3] or [meshes, rows, 3], not empty, got an array of shape [0]",
    ],
    [
      "four dimensions",
      [[[[1, 2, 3]]]],
      {},
      "Expected `vertices` to be of shape [rows, 3] or [meshes, rows, 3], not empty, got an array of shape [1, 1, 1, 3]",
    ],
    [
      "a coordinate that is NaN",
      [
        [
          [1, 2, 3],
          [1, Number.NaN, 3],
        ],
      ],
      {},
      "Expected `vertices[0][1][1]` to be a number that is finite as float32, got NaN (number)",
    ],
    [
      "a colour for fewer points",
      vertices,
      { colors: [[1, 2, 3]] },
      "Expected `colors` to be an array of shape [1, 4, 3], as the vertices have, got an array of shape [1, 1, 3]",
    ],
    [
      "colours from 0 to 1",
      [[1, 2, 3]],
      { colors: [[1, 0.5, 0]] },
      "Expected `colors[0][0][1]` to be a whole number from 0 to 255, got 0.5 (number)",
    ],
    [
      "a colour that is too bright",
      [[1, 2, 3]],
      { colors: [[256, 0, 0]] },
      "Expected `colors[0][0][0]` to be a whole number from 0 to 255, got 256 (number)",
    ],
    [
      "a face that names no point",
      vertices,
      { faces: [[0, 1, 4]] },
      "Expected `faces[0][0][2]` to be the number of a point, below 4, got 4 (number)",
    ],
    [
      "a face that names a point before the first",
      vertices,
      {
        faces: [
          [0, 1, 2],
          [-1, 0, 1],
        ],
      },
      "Expected `faces[0][1][0]` to be the number of a point, below 4, got -1 (number)",
    ],
    [
      "faces of other meshes",
      vertices,
      { faces: [[[0, 1, 2]], [[0, 1, 2]]] },
      "Expected `faces` to be an array of shape [1, 1, 3], as the vertices have, got an array of shape [2, 1, 3]",
    ],
    [
      "a configuration that is a text",
      vertices,
      { config: "{}" },
      'Expected `config` to be an object, got "{}" (string)',
    ],
    [
      "a configuration that is no JSON",
      vertices,
      { config: { a: 1n } },
      "Expected `config` to be an object that is JSON, got Do not know how to serialize a BigInt",
    ],
  ])("refuses %s", (_, points, parts, message) => {
    const body = () => encodeMesh("m", points as number[][], parts as MeshParts);
    expect(errorOf(ArgumentError, body).message).toBe(message);
  });
});

describe("decodeMesh", () => {
  it("reads torch's, whose elements are all real numbers, as ours", () => {
    proves(forPeer("torch", "addMesh", "read"));
    const { vertices, ...parts } = TETRAHEDRON;
    const summary = encodeMesh("tetrahedron", vertices, parts);
    const ours = decodeEvent(encodeEvent({ wallTime: 1, summary })).summary!.map((value) =>
      decodeMesh(value),
    );
    expect(ours).toEqual(torch.map((value) => decodeMesh(value)));
    expect(ours[1]).toEqual({
      name: "tetrahedron",
      part: "faces",
      shape: [1, 4, 3],
      data: Float64Array.from(TETRAHEDRON.faces.flat()),
      config: TETRAHEDRON.config,
    });
  });

  it("reads a value without metadata with those of the tag's first", () => {
    const [first] = encodeMesh("m", [[1, 2, 3]]);
    const { metadata, ...later } = first!;
    expect(decodeMesh(later, metadata)).toEqual(decodeMesh(first!));
    expect(decodeMesh(later)).toBeUndefined();
  });

  it("gives nothing for other values", () => {
    const [first] = encodeMesh("m", [[1, 2, 3]]);
    const withContent = (content: string) => ({
      ...first!,
      metadata: { pluginName: "mesh", pluginContent: bytes(content) },
    });
    expect(decodeMesh({ tag: "a", simpleValue: 1 })).toBeUndefined();
    expect(decodeMesh(withContent("ff"))).toBeUndefined();
    expect(decodeMesh(withContent("1809"))).toBeUndefined();
    expect(decodeMesh({ ...first!, tensor: { dtype: 1, shape: [9] } })).toBeUndefined();
    // Configuration that is no JSON is text.
    expect(decodeMesh(withContent("1801 2a0161"))).toMatchObject({ config: "a" });
  });
});
