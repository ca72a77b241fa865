// What the mesh plugin says of a tag (tensorboard/plugins/mesh/plugin_data.proto).

import { tensorboard } from "./proto/messages.js";
import { wellFormed } from "./text.js";

/** The parts of a mesh, by name, with their numbers in the file. */
export const MeshPart = { VERTEX: 1, FACE: 2, COLOR: 3 } as const;

/** One part of a mesh. */
export interface MeshData {
  /** The mesh's name, which its parts share. */
  readonly name: string;
  /** One of `MeshPart`. */
  readonly contentType: number;
  /** Camera, lights and material, as JSON. */
  readonly jsonConfig: string;
  /** Meshes, points, coordinates. */
  readonly shape: readonly number[];
  /** The parts there are: bit n for the part n. */
  readonly components: number;
}

/** Serializes the content. */
export function encodeMeshData({ name, contentType, jsonConfig, shape, components }: MeshData): Uint8Array {
  const message = {
    name: wellFormed(name),
    contentType,
    jsonConfig: wellFormed(jsonConfig),
    shape: [...shape],
    components,
  };
  return Uint8Array.from(tensorboard.MeshPluginData.encode(message).finish());
}

/** Parses the content. Throws the codec's error when `bytes` is none. */
export function decodeMeshData(bytes: Uint8Array): MeshData {
  const { name, contentType, jsonConfig, shape, components } = tensorboard.MeshPluginData.decode(bytes);
  return {
    name: name ?? "",
    contentType: contentType ?? 0,
    jsonConfig: jsonConfig ?? "",
    shape: shape ?? [],
    components: components ?? 0,
  };
}
