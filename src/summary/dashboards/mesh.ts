// Meshes and clouds of points.

import type { EventSink } from "../../events/event-sink.js";
import type { ArrayInput } from "../arrays.js";
import { encodeMesh, type MeshParts } from "../mesh.js";
import { withSameForm } from "./same-form.js";
import { checkCall, writeValues, type DashboardOptions } from "./write.js";

/** Colours, faces and view of a mesh, and what is said of its tag. */
export interface MeshOptions extends DashboardOptions, MeshParts {}

/**
 * Logs points in space, with `faces` a mesh: `vertices` is a list of `[x, y, z]`, or of such lists for several meshes under one tag. How many
 * meshes there are, and whether they have faces and colours, is the same at every step: TensorBoard takes it, and the view, from a tag's
 * first step. Corners of a face go round against the clock, seen from the side that is drawn; a mesh with faces has at most 65,536
 * points, or TensorBoard draws other faces. Of the steps its Python loader keeps 10. After torch's `add_mesh(tag, vertices, colors, faces,
 * config_dict, global_step)`.
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
  const values = encodeMesh(tag, vertices, options, options);
  const count = values[0]?.tensor?.shape[0] ?? 0;
  const form = {
    vertices: count === 1 ? "1 mesh" : `${count} meshes`,
    colors: options.colors === undefined ? "nothing" : "values",
    faces: options.faces === undefined ? "nothing" : "values",
  };
  withSameForm(sink, tag, form, () => writeValues(sink, values, step, options.wallTime));
}
