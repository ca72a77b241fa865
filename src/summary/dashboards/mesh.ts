// Meshes and clouds of points.

import type { EventSink } from "../../events/event-sink.js";
import type { ArrayInput } from "../arrays.js";
import { encodeMesh, type MeshParts } from "../mesh.js";
import { checkCall, writeValues, type DashboardOptions } from "./write.js";

/** Colours, faces and view of a mesh, and what is said of its tag. */
export interface MeshOptions extends DashboardOptions, MeshParts {}

/**
 * Logs points in space, with `faces` a mesh: `vertices` is a list of `[x, y, z]`, or of such lists for several meshes under one tag, as many
 * at every step. Corners of a face go round against the clock, seen from the side that is drawn; a mesh with faces has at most 65,536 points, or
 * TensorBoard draws other faces. It keeps the view, and how many meshes there are, from a tag's first step; of the steps its Python
 * loader keeps 10. After torch's `add_mesh(tag, vertices, colors, faces, config_dict, global_step)`.
 *
 * Throws an `ArgumentError`, or a `WriteError` when the event file cannot be written.
 */
export function addMesh(
  sink: EventSink,
  tag: string,
  vertices: ArrayInput,
  step: number,
  options: MeshOptions = {},
): void {
  checkCall(tag, step, options);
  writeValues(sink, encodeMesh(tag, vertices, options, options), step, options.wallTime);
}
